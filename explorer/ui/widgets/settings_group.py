"""A group of settings under a heading that opens and closes; its lines are made when needed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.messages.settings import Setting
from explorer.ui import theme
from explorer.ui.widgets.setting_row import SettingRow

Visit = Callable[[SettingRow], None]
Found = frozenset[str] | None
"""Paths of the settings that a search has found; None while nobody searches."""


class SettingsGroup(QWidget):
    """A heading and, once opened or found, a line for each setting."""

    edited = Signal(str, object)
    applied = Signal(str)

    def __init__(
        self, title: str, settings: Sequence[Setting], show: Visit, judge: Visit, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.settings = tuple(settings)
        self.rows: dict[str, SettingRow] = {}
        self._show, self._judge = show, judge
        self._found: Found = None
        self._body: QWidget | None = None
        self.heading = self._make_heading()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.SPACE // 2)
        self._layout.addWidget(self.heading)
        self.count_changes(0)

    def _make_heading(self) -> QToolButton:
        heading = QToolButton(self)
        heading.setCheckable(True)
        heading.setProperty("heading", True)
        heading.setArrowType(Qt.ArrowType.RightArrow)
        heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        heading.setFont(theme.font("body", bold=True))
        heading.setAccessibleName(f"Group of settings: {self.title}")
        heading.setToolTip(f"Show or hide the settings “{self.title}”.")
        heading.toggled.connect(self._toggle)
        return heading

    def add_to_heading(self, widget: QWidget) -> None:
        """Put a control at the heading's right end."""
        row = QHBoxLayout(self.heading)
        row.setContentsMargins(0, 2, 0, 0)
        row.addStretch(1)
        row.addWidget(widget)

    def count_changes(self, count: int) -> None:
        """Say in the heading how many settings inside differ from the preset."""
        self.heading.setText(f"{self.title} · {count} changed" if count else self.title)

    def open(self) -> None:
        """Show the lines."""
        self.heading.setChecked(True)

    def seek(self, found: Found) -> None:
        """Show what a search has found and nothing else; None: as before the search."""
        self._found = None if found is None else found & {s.path for s in self.settings}
        self.setVisible(found is None or bool(self._found))
        if found is None and self.heading.isChecked():
            self.make_rows(len(self.settings))
        self._show_body()

    def shows(self, setting: Setting) -> bool:
        """Whether a line is in its place, were it of any effect."""
        return self._found is None or setting.path in self._found

    def _toggle(self, opened: bool) -> None:
        if opened and self._found is None:
            self.make_rows(len(self.settings))
        self._show_body()

    def _show_body(self) -> None:
        opened = self.heading.isChecked() if self._found is None else bool(self._found)
        self.heading.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        for row in self.rows.values():
            self._judge(row)
        if self._body is not None:
            self._body.setVisible(opened)

    def make_rows(self, most: int) -> bool:
        """Make up to so many of the lines that are missing; whether all are there then.

        Lines come to be unseen, so that a form can be made a little at a time; while somebody
        searches, only what was found is made.
        """
        missing = [s for s in self.settings if s.path not in self.rows and self.shows(s)]
        if missing:
            self._body = self._body or self._make_body()
        for setting in missing[:most]:
            self._make_row(setting)
        if self._found and missing:
            self._show_body()
        return len(missing) <= most

    def _make_row(self, setting: Setting) -> None:
        row = SettingRow(setting, self._body or self)
        row.edited.connect(self.edited)
        row.applied.connect(self.applied)
        self.rows[setting.path] = row
        made = [s.path for s in self.settings if s.path in self.rows]
        self._lines.insertWidget(made.index(setting.path), row)
        self._show(row)
        self._keep_tab_order(made, setting.path)
        for part in (row, row.name, row.editor.widget):
            part.ensurePolished()  # Else all of them when they are shown, at one go.

    def _keep_tab_order(self, made: list[str], path: str) -> None:
        """Let Tab come to a line after the one above it, however late it was made."""
        at = made.index(path)
        above = self.rows[made[at - 1]].editor.widget if at else self.heading
        QWidget.setTabOrder(above, self.rows[path].editor.widget)

    def _make_body(self) -> QWidget:
        body = QWidget(self)
        body.hide()
        self._lines = QVBoxLayout(body)
        self._lines.setContentsMargins(0, 0, 0, theme.SPACE // 2)
        self._lines.setSpacing(theme.SPACE // 2)
        self._layout.addWidget(body)
        return body

"""A group of settings under a heading that opens and closes; its lines are made when it opens."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.messages.settings import Setting
from explorer.ui import theme
from explorer.ui.widgets.setting_row import SettingRow

Prepare = Callable[[SettingRow], None]


class SettingsGroup(QWidget):
    """A heading and, once opened, a line for each setting."""

    edited = Signal(str, object)

    def __init__(
        self, title: str, settings: Sequence[Setting], prepare: Prepare, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.settings = tuple(settings)
        self.rows: dict[str, SettingRow] = {}
        self._prepare = prepare
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
        heading.setAccessibleName(f"{self.title} settings")
        heading.setToolTip(f"Show or hide the settings {self.title.lower()}.")
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

    def holds(self, path: str) -> bool:
        """Whether a setting belongs to this group."""
        return any(setting.path == path for setting in self.settings)

    def _toggle(self, opened: bool) -> None:
        self.heading.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        if opened:
            self.make_rows(len(self.settings))
        if self._body is not None:
            self._body.setVisible(opened)

    def make_rows(self, most: int) -> bool:
        """Make up to so many of the lines that are missing; whether all are there then.

        Lines come to be unseen, so that a form can be made a little at a time.
        """
        body = self._body = self._body or self._make_body()
        for setting in self.settings[len(self.rows) :][:most]:
            row = SettingRow(setting, body)
            row.edited.connect(self.edited)
            self._lines.addWidget(row)
            self.rows[setting.path] = row
            self._prepare(row)
            for part in (row, row.name, row.editor.widget):
                part.ensurePolished()  # Else all of them when they are shown, at one go.
        return len(self.rows) == len(self.settings)

    def _make_body(self) -> QWidget:
        body = QWidget(self)
        body.hide()
        self._lines = QVBoxLayout(body)
        self._lines.setContentsMargins(0, 0, 0, theme.SPACE // 2)
        self._lines.setSpacing(theme.SPACE // 2)
        self._layout.addWidget(body)
        return body

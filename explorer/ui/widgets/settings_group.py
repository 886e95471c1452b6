"""A group of settings under a heading that opens and closes; its lines are made when it opens."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

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
        if opened and self._body is None:
            self._make_rows()
        if self._body is not None:
            self._body.setVisible(opened)

    def _make_rows(self) -> None:
        self._body = QWidget(self)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, theme.SPACE // 2)
        column.setSpacing(theme.SPACE // 2)
        for setting in self.settings:
            row = SettingRow(setting, self._body)
            row.edited.connect(self.edited)
            column.addWidget(row)
            self.rows[setting.path] = row
            self._prepare(row)
        self._layout.addWidget(self._body)

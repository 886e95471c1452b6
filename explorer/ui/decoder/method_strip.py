"""How the model writes: the method in sight, and its own settings behind a button."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.messages.config import RunConfig
from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.settings import Setting, all_settings
from explorer.ui import theme
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.widgets.setting_editor import SettingEditor
from explorer.ui.widgets.setting_row import RowState, SettingRow
from explorer.ui.widgets.settings_draft import SettingsDraft

_METHOD = "decoding.method"
_TWO_COLUMNS = 560
"""Pixels from which on the settings stand in two columns."""


class MethodStrip(QWidget):
    """The settings are those of `DecodingConfig`, in its order; those without effect are left out.

    `beside` is the row in which other controls may stand, to the right of the button.
    """

    changed = Signal(object)
    """The `DecodingConfig` that a person chose; None: the model's own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = SettingsDraft(RunConfig())
        self._settings = [s for s in all_settings() if s.section == "decoding"]
        self._rows: dict[str, SettingRow] = {}
        self._columns = 1
        self.method = SettingEditor(next(s for s in self._settings if s.path == _METHOD), self)
        self.more, self.reset = QToolButton(), QToolButton()
        self._body = QWidget()
        self._dress_buttons()
        self._arrange()
        self.method.edited.connect(self._edit)
        self.more.toggled.connect(self._open)
        self.reset.clicked.connect(self._take_back)
        self._say()

    def _dress_buttons(self) -> None:
        self.method.widget.setFont(theme.font("small"))
        self.more.setCheckable(True)
        self.more.setText("Settings")
        self.more.setAccessibleName("Settings of the method")
        for button in (self.more, self.reset):
            button.setFont(theme.font("small"))
        self.reset.setText("As the model's own")
        self.reset.setAccessibleName("Method and settings as the model's own")
        self.reset.setToolTip(
            "Take back all changes of method and settings; what was forced stays."
        )

    def _arrange(self) -> None:
        half = theme.SPACE // 2
        self.beside = QHBoxLayout()
        self.beside.setSpacing(half)
        self.beside.addWidget(self.method.widget)
        self.beside.addWidget(self.more)
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, half, 0, half)
        self._grid.setHorizontalSpacing(2 * theme.SPACE)
        self._grid.setVerticalSpacing(half)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self.beside)
        box.addWidget(self._body)
        self._body.hide()

    @property
    def rows(self) -> dict[str, SettingRow]:
        """The lines of settings that have an effect, by path."""
        return {path: row for path, row in self._rows.items() if self._matters(row.setting)}

    def use_model(self, config: RunConfig) -> None:
        """Another model is here, with settings of its own."""
        self._draft = SettingsDraft(config)
        self._show_values()

    def show_config(self, config: DecodingConfig | None) -> None:
        """These settings are in force; None: the model's own."""
        now = self._draft.config
        if config == (None if now is None else self._chosen(now)) and not self._draft.errors:
            return
        self._draft.reset()
        if config is not None:
            values = config.model_dump()
            self._draft.give({s.path: values[s.name] for s in self._settings})
        self._show_values()

    def _chosen(self, config: RunConfig) -> DecodingConfig | None:
        return None if config.decoding == self._draft.base.decoding else config.decoding

    def _edit(self, path: str, value: object) -> None:
        self._draft.give({path: value})
        self._say()
        if self._draft.config is not None:
            self.changed.emit(self._chosen(self._draft.config))

    def _take_back(self) -> None:
        self._draft.reset()
        self._show_values()
        self.changed.emit(None)

    def _show_values(self) -> None:
        self.method.show_value(self._draft.value(_METHOD))
        for path, row in self._rows.items():
            row.show_value(self._draft.value(path))
        self._say()

    def _matters(self, setting: Setting) -> bool:
        return self._draft.matters(setting)

    def _say(self) -> None:
        """Mark what is changed or wrong, and leave out what has no effect."""
        draft = self._draft
        changed = [s for s in self._settings if s.path in draft.changed and draft.matters(s)]
        self.more.setText(f"Settings · {len(changed)}" if changed else "Settings")
        told = ", ".join(f"{s.title} {draft.value(s.path)}" for s in changed)
        self.more.setToolTip(
            "The settings of this method. A change goes on from what stands before the cursor."
            + (f"<br>Changed: {told}" if told else "")
        )
        self.reset.setEnabled(bool(draft.changed))
        for path, row in self._rows.items():
            error = draft.errors.get(path, "")
            row.show_state(RowState(changed=path in draft.changed, error=error))
            row.setVisible(self._matters(row.setting))
        self._place()

    def _open(self, opened: bool) -> None:
        if opened and not self._rows:
            self._make_rows()
        self._body.setVisible(opened)

    def _make_rows(self) -> None:
        for setting in self._settings:
            if setting.path == _METHOD:
                continue
            row = SettingRow(setting, self._body)
            if isinstance(row.editor.widget, NumberBox):
                row.editor.widget.setKeyboardTracking(False)  # 1 on the way to 12 is no wish.
            row.edited.connect(self._edit)
            row.show_value(self._draft.value(setting.path))
            self._rows[setting.path] = row
        self._say()

    def _place(self) -> None:
        """Share the lines out among the columns, in their order."""
        shown = [row for row in self._rows.values() if self._matters(row.setting)]
        self._grid.removeWidget(self.reset)
        for row in self._rows.values():
            self._grid.removeWidget(row)
        for place, row in enumerate(shown):
            self._grid.addWidget(row, place // self._columns, place % self._columns)
        for column in range(2):
            self._grid.setColumnStretch(column, int(column < self._columns))
        self._grid.addWidget(self.reset, len(shown) + 1, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where there is room."""
        super().resizeEvent(event)
        columns = 2 if self.width() >= _TWO_COLUMNS else 1
        if columns != self._columns:
            self._columns = columns
            self._place()

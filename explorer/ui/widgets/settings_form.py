"""Every setting as a form: the common ones in sight, the others in groups that open."""

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from explorer.messages.config import SECTIONS
from explorer.messages.settings import Setting, all_settings
from explorer.ui import theme
from explorer.ui.widgets.setting_row import SettingRow
from explorer.ui.widgets.settings_draft import SettingsDraft
from explorer.ui.widgets.settings_group import SettingsGroup

COMMON = (
    "model.encoder_layers",
    "model.decoder_layers",
    "model.heads",
    "model.width",
    "training.steps",
    "training.batch_size",
    "training.learning_rate",
)
"""The settings that are in sight from the start."""
ELSEWHERE = ("task.name",)
"""Settings that have a control of their own outside the form."""
_TITLES = {
    "model": "More of the model",
    "task": "Task and vocabulary",
    "training": "More of training",
    "decoding": "Writing",
}


class SettingsForm(QWidget):
    """Shows a draft and passes on what is typed; `edited` fires after the draft has changed."""

    edited = Signal()

    def __init__(self, draft: SettingsDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        settings = {setting.path: setting for setting in all_settings()}
        common = [settings.pop(path) for path in COMMON]
        for path in ELSEWHERE:
            settings.pop(path)
        self.groups = [self._group("Settings", common)]
        for section in SECTIONS:
            rest = [s for s in settings.values() if s.section == section]
            self.groups.append(self._group(_TITLES[section], rest))
        self.reset = self._make_reset()
        self.groups[0].add_to_heading(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        for group in self.groups:
            column.addWidget(group)

    def _group(self, title: str, settings: list[Setting]) -> SettingsGroup:
        group = SettingsGroup(title, settings, self._show_row, self)
        group.edited.connect(self._edit)
        return group

    def _make_reset(self) -> QPushButton:
        button = QPushButton("Reset", self)
        button.setProperty("quiet", True)
        button.setFont(theme.font("small"))
        button.setAccessibleName("Reset settings")
        button.setToolTip("<b>Reset</b><br>Go back to all the settings of the preset.")
        button.setEnabled(False)
        button.clicked.connect(self._reset)
        return button

    def _reset(self) -> None:
        self.draft.reset()
        self.refresh()
        self.edited.emit()

    def rows(self) -> Iterator[SettingRow]:
        """The lines made so far; those of a closed group come to be when it opens."""
        for group in self.groups:
            yield from group.rows.values()

    def row(self, path: str) -> SettingRow:
        """The line of a setting; opens its group."""
        group = self._group_of(path)
        group.open()
        return group.rows[path]

    def _group_of(self, path: str) -> SettingsGroup:
        return next(group for group in self.groups if group.holds(path))

    def refresh(self) -> None:
        """Show the draft as it is now."""
        for row in self.rows():
            self._show_row(row)
        self._judge()

    def _edit(self, path: str, value: object) -> None:
        self.draft.give({path: value})
        self._judge()
        self.edited.emit()

    def _show_row(self, row: SettingRow) -> None:
        path = row.setting.path
        row.show_value(self.draft.value(path), path in self.draft.changed)
        row.complain(self.draft.errors.get(path, ""))

    def _judge(self) -> None:
        """Mark what was changed and what does not fit, without touching what is being typed."""
        for path in self.draft.errors:
            if path and path not in ELSEWHERE:
                self._group_of(path).open()
        for row in self.rows():
            path = row.setting.path
            row.name.set_changed(path in self.draft.changed)
            row.complain(self.draft.errors.get(path, ""))
        self.reset.setEnabled(bool(self.draft.changed))
        for group in self.groups:
            group.count_changes(sum(group.holds(path) for path in self.draft.changed))

"""Every setting as a form: the common ones in sight, the others in groups that open."""

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from explorer.messages.settings import Setting
from explorer.messages.tasks import TASK_INFO
from explorer.ui import theme
from explorer.ui.widgets.running_settings import RunningSettings
from explorer.ui.widgets.setting_row import RowState, SettingRow
from explorer.ui.widgets.setting_topics import ELSEWHERE, answers, common, topics, when
from explorer.ui.widgets.settings_draft import SettingsDraft, flat
from explorer.ui.widgets.settings_group import Found, SettingsGroup

_SLICE = 6
"""Lines that are made in one turn of the event loop while somebody searches."""
_SEARCH_TIP = (
    "<b>Find a setting</b><br>By its name, its explanation, its symbol or its path; all words that "
    "you type must occur. Settings that have no effect at present are found too."
)


class SettingsForm(QWidget):
    """Shows a draft and passes on what is typed; `edited` fires after the draft has changed."""

    edited = Signal()
    applied = Signal(str, float)
    """A path and a value that shall go to the run that trains now."""

    def __init__(self, draft: SettingsDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self.running = RunningSettings()
        self._found: Found = None
        self.groups = [self._group("Settings", common())]
        self.groups += [self._group(title, settings) for title, settings in topics()]
        self._homes = {s.path: group for group in self.groups for s in group.settings}
        self.reset = self._make_reset()
        self.groups[0].add_to_heading(self.reset)
        self.search = self._make_search()
        self.nothing = QLabel("No setting has all these words.", self)
        self.nothing.hide()
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._make_found)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        for part in (self.search, self.nothing, *self.groups):
            column.addWidget(part)

    def _group(self, title: str, settings: list[Setting]) -> SettingsGroup:
        group = SettingsGroup(title, settings, self._show_row, self._judge_row, self)
        group.edited.connect(self._edit)
        group.applied.connect(self._apply)
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

    def _make_search(self) -> QLineEdit:
        line = QLineEdit(self)
        line.setPlaceholderText("Find a setting")
        line.setAccessibleName("Find a setting")
        line.setToolTip(_SEARCH_TIP)
        line.setClearButtonEnabled(True)
        line.textChanged.connect(self._seek)
        return line

    def _reset(self) -> None:
        self.draft.reset()
        self.refresh()
        self.edited.emit()

    # Lines

    def rows(self) -> Iterator[SettingRow]:
        """The lines made so far; those of a closed group come to be when it opens."""
        for group in self.groups:
            yield from group.rows.values()

    def row(self, path: str) -> SettingRow:
        """The line of a setting; opens its group, and ends a search that hides it."""
        group = self._homes[path]
        if self._found is not None and path not in self._found:
            self.search.clear()
        group.open()
        group.make_rows(len(group.settings))
        return group.rows[path]

    def _seek(self, text: str) -> None:
        """Show the settings that have all the words; without words, the form as it was."""
        words = text.lower().split()
        every = [setting for group in self.groups for setting in group.settings]
        found = frozenset(s.path for s in every if answers(s, words)) if words else None
        if found == self._found:
            return
        self._found = found
        for group in self.groups:
            group.seek(found)
        self.nothing.setVisible(found is not None and not found)
        self._make_found()

    def _make_found(self) -> None:
        """Make some of the lines that were found and are missing; the others in the next turn."""
        if self._found is None:
            return
        if not all(group.make_rows(_SLICE) for group in self.groups):
            self._later.start(0)

    # The draft and what is seen of it

    def refresh(self) -> None:
        """Show the draft as it is now."""
        for row in self.rows():
            row.show_value(self.draft.value(row.setting.path))
        self.judge()

    def _edit(self, path: str, value: object) -> None:
        self.draft.give({path: value})
        self.judge()
        self.edited.emit()

    def _apply(self, path: str) -> None:
        if self.draft.config is not None:
            self.applied.emit(path, float(flat(self.draft.config)[path]))

    def _show_row(self, row: SettingRow) -> None:
        row.show_value(self.draft.value(row.setting.path))
        self._judge_row(row)

    def judge(self) -> None:
        """Mark what was changed and what does not fit, without touching what is being typed."""
        for path in self.draft.errors:
            if path and path not in ELSEWHERE:
                self._homes[path].open()
        for row in self.rows():
            self._judge_row(row)
        self.reset.setEnabled(bool(self.draft.changed))
        for group in self.groups:
            changed = (self._homes.get(path) is group for path in self.draft.changed)
            group.count_changes(sum(changed))

    def _judge_row(self, row: SettingRow) -> None:
        """Say how a setting stands; hide it where it has no effect, unless it was searched for."""
        setting = row.setting
        state = self._state_of(setting)
        row.show_state(state)
        group = self._homes[setting.path]
        wanted = self._found is not None or not state.idle or bool(state.error)
        row.setVisible(wanted and group.shows(setting))

    def _state_of(self, setting: Setting) -> RowState:
        path, draft = setting.path, self.draft
        idle, error = not draft.matters(setting), draft.errors.get(path, "")
        changed = path in draft.changed
        hint, live = "", False
        if idle:
            hint = f"Has an effect when {when(setting)}." if self._found is not None else ""
        elif changed and not error:
            hint = self.running.hint(setting, self._parsed(path))
            live = bool(hint) and setting.live and draft.config is not None
        return RowState(changed, idle, error, hint, live, self._fitting(path))

    def _parsed(self, path: str) -> object:
        config = self.draft.config
        return self.draft.value(path) if config is None else flat(config)[path]

    def _fitting(self, path: str) -> tuple[str, ...]:
        """The architectures that can learn the task, where not all of them can."""
        task = str(self.draft.value("task.name"))
        if path != "model.architecture":
            return ()
        found = next((info.architectures for name, info in TASK_INFO.items() if name == task), ())
        return tuple(found)

"""Going on from a kept step of a run with something changed."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.head_names import heads_named
from explorer.messages.runs import ForkRun, RunInfo
from explorer.messages.settings import Setting, SettingsError, all_settings, with_values
from explorer.ui import theme
from explorer.ui.runs.head_choice import HeadChoice
from explorer.ui.runs.step_pick import StepPick
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.setting_editor import SettingEditor, written

_OFFERED = (
    "training.learning_rate", "model.dropout", "training.batch_size", "training.seed",
    "task.min_length", "task.max_length", "training.steps",
)  # fmt: skip
_FROZEN = "Heads that stay as they are at this step, while the rest learns on."
_FRESH = (
    "Heads whose weights are drawn anew at this step, and whose memory in the optimizer is "
    "forgotten: will they learn the same again?"
)


class ForkDialog(QDialog):
    """Shows the parent, its kept steps, and what can be changed; says what will happen."""

    requested = Signal(object)
    """A `ForkRun` for the worker."""

    def __init__(self, run: RunInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Fork of {run.name}")
        self._run = run
        self._values: dict[str, Any] = {}
        self.step = StepPick(run, self)
        model = run.config.model
        self.frozen = HeadChoice(model, "Frozen heads", _FROZEN, self)
        self.frozen.choose(*heads_named(run.config.training.frozen_heads))
        self.fresh = HeadChoice(model, "Heads drawn anew", _FRESH, self)
        self.editors = {s.path: SettingEditor(s, self) for s in _offered(run)}
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What will happen")
        self.trouble = NoteLine("What does not fit", self)
        self._arrange()
        self.step.picked.connect(self._judge)
        for editor in self.editors.values():
            editor.edited.connect(self._edit)
        for choice in (self.frozen, self.fresh):
            choice.edited.connect(self._judge)
        self._leave_room()
        self._judge()

    def _arrange(self) -> None:
        self.buttons = QDialogButtonBox(self)
        role = QDialogButtonBox.ButtonRole
        cancel = self.buttons.addButton("Cancel", role.RejectRole)
        cancel.setToolTip("Make no fork.")
        self.paused = self.buttons.addButton("Make it, paused", role.ActionRole)
        self.paused.setToolTip("The fork stands ready at this step; Resume or Step goes on.")
        self.train = QPushButton("Train the fork")
        self.train.setToolTip("Make the fork and train it at once.")
        self.train.setProperty("primary", True)
        self.train.setDefault(True)
        self.buttons.addButton(self.train, role.AcceptRole)
        self.buttons.rejected.connect(self.reject)
        self.buttons.accepted.connect(lambda: self._begin(paused=False))
        self.paused.clicked.connect(lambda: self._begin(paused=True))
        form = QFormLayout()
        form.setHorizontalSpacing(2 * theme.SPACE)
        for path, editor in self.editors.items():
            form.addRow(editor.setting.title, editor.widget)
            editor.show_value(_value(self._run, path))
        form.addRow("Frozen heads", self.frozen)
        form.addRow("Heads drawn anew", self.fresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE] * 4)
        column.setSpacing(theme.SPACE + theme.SPACE // 2)
        column.addWidget(self.step)
        column.addLayout(form)
        column.addWidget(self.words)
        column.addWidget(self.trouble)
        column.addWidget(self.buttons)

    def _leave_room(self) -> None:
        """A run that has taken all its steps gets as many again."""
        if self.step.step.step >= self._run.steps:
            self.editors["training.steps"].show_value(self._run.step + self._run.steps)
            self._edit("training.steps", self._run.step + self._run.steps)

    def _edit(self, path: str, value: object) -> None:
        self._values[path] = value
        self._judge()

    def values(self) -> dict[str, str]:
        """What is otherwise than in the parent, by path."""
        given = {path: written(value) for path, value in self._values.items()}
        given["training.frozen_heads"] = self.frozen.names
        same = {path for path, value in given.items() if value == written(_value(self._run, path))}
        return {path: value for path, value in given.items() if path not in same}

    def _judge(self) -> None:
        """Say what will happen, or what does not fit."""
        values, trouble = self.values(), ""
        try:
            config = with_values(self._run.config, values)
            if config.training.steps <= self.step.step.step:
                trouble = f"Steps: more than {count(self.step.step.step)} are needed to go on."
        except SettingsError as error:
            trouble = str(error)
        self.trouble.say(trouble, "bad")
        for button in (self.train, self.paused):
            button.setEnabled(not trouble)
        self.words.setText(self._plan(values))

    def _plan(self, values: dict[str, str]) -> str:
        kept = self.step.step
        said = [f"{_title(p)} {written(_value(self._run, p)) or 'none'} → {v or 'none'}"
                for p, v in values.items()]  # fmt: skip
        if self.fresh.names:
            said.append(f"drawn anew: {self.fresh.text()}")
        begin = f"A new run goes on from step {count(kept.step)} of {self._run.name}"
        first = f"{begin} with " + "; ".join(said) + "." if said else f"{begin}, nothing changed."
        if not kept.whole or self._run.kind == "sample":
            second = "Only weights are kept of this step: the optimizer begins anew."
        elif not said:
            second = "It will be the same as its parent, bit for bit."
        else:
            second = "Up to there its past is the parent's; the parent stays as it is."
        return f"{first} {second}"

    def _begin(self, *, paused: bool) -> None:
        values = tuple(self.values().items())
        step = self.step.step.step
        self.requested.emit(ForkRun(self._run.path, step, values, self.fresh.names, paused))
        self.accept()


def _offered(run: RunInfo) -> list[Setting]:
    """What a fork of this run can change, in the order of `_OFFERED`."""
    known = {setting.path: setting for setting in all_settings()}
    offered = [known[path] for path in _OFFERED]
    return [
        setting
        for setting in offered
        if all(str(_value(run, path)) in fitting for path, fitting in setting.needs.items())
    ]


def _value(run: RunInfo, path: str) -> Any:
    section, _, name = path.partition(".")
    return getattr(getattr(run.config, section), name)


def _title(path: str) -> str:
    return next(setting.title for setting in all_settings() if setting.path == path).lower()

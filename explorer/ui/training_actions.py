"""Train, pause, step and stop: actions that menu and toolbar share, enabled as the run allows."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from explorer.messages.commands import (
    PauseTraining,
    ResumeTraining,
    SaveRun,
    StepTraining,
    StopTraining,
)
from explorer.messages.events import Event, ModelOpened, TrainingChanged, TrainingState
from explorer.ui import theme
from explorer.ui.icons import icon

State = TrainingState | Literal["idle", "opened"]
_LIVE = ("running", "paused")


class TrainingActions(QObject):
    """The actions of a run. `requested` carries commands; `train` and `step` ask for a new run."""

    requested = Signal(object)
    train = Signal()
    step = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._state: State = "idle"
        self.start = self._action("&Train", "F5", self.train.emit)
        self.start.setToolTip("Train a new model with the settings of the left panel  (F5)")
        self.hold = self._action("&Pause", "F6", self._hold_or_go_on)
        self.single = self._action("Single s&tep", "F7", self._take_step)
        self.single.setIconText("Step")
        self.single.setToolTip("Learn from one batch, then hold  (F7)")
        self.end = self._action("St&op", "Shift+F5", lambda: self.requested.emit(StopTraining()))
        self.end.setToolTip("Save the run and end it; it can be continued later  (Shift+F5)")
        self.save = self._action("&Save run", "Ctrl+S", lambda: self.requested.emit(SaveRun()))
        self.save.setToolTip("Write a checkpoint now  (Ctrl+S)")
        theme.theme().changed.connect(self._dress)
        self._show()

    def _action(self, text: str, shortcut: str, act: object) -> QAction:
        action = QAction(text, self)
        action.setShortcut(shortcut)
        action.setIconVisibleInMenu(False)  # Its colour is made for the toolbar.
        action.triggered.connect(act)
        return action

    @property
    def state(self) -> State:
        """Where the run stands; `opened` is a run from disk that could go on."""
        return self._state

    def receive(self, events: Sequence[Event]) -> None:
        """Follow the run."""
        before = self._state
        for event in events:
            self._follow(event)
        if self._state != before:
            self._show()

    def _follow(self, event: Event) -> None:
        if isinstance(event, TrainingChanged):
            self._state = event.state
        elif isinstance(event, ModelOpened):
            model = event.model
            more = model.history is not None and model.step < model.config.training.steps
            self._state = "opened" if more else "idle"

    def _hold_or_go_on(self) -> None:
        running = self._state == "running"
        self.requested.emit(PauseTraining() if running else ResumeTraining())

    def _take_step(self) -> None:
        if self._state == "paused":
            self.requested.emit(StepTraining())
        else:
            self.step.emit()

    def _show(self) -> None:
        state = self._state
        goes_on = state in ("paused", "stopped", "opened")
        self.start.setEnabled(state not in _LIVE)
        self.hold.setEnabled(state == "running" or goes_on)
        self.hold.setText("&Resume" if goes_on else "&Pause")
        self.hold.setToolTip(
            "Go on with this run from where it stands  (F6)"
            if goes_on
            else "Hold after the step in progress; nothing is lost  (F6)"
        )
        self.single.setEnabled(state != "running")
        self.end.setEnabled(state in _LIVE)
        self.save.setEnabled(state in _LIVE)
        self._dress()

    def _dress(self) -> None:
        c = theme.colors()
        self.start.setIcon(icon("train", c.on_accent, c.faint))
        paused = self.hold.text() == "&Resume"
        self.hold.setIcon(icon("resume" if paused else "pause", c.text, c.faint))
        self.single.setIcon(icon("step", c.text, c.faint))
        self.end.setIcon(icon("stop", c.text, c.faint))
        self.save.setIcon(icon("save", c.muted, c.faint))

"""Train, pause or resume, step, stop."""

from typing import Literal

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QPushButton, QToolButton, QWidget

from explorer.messages.events import TrainingState
from explorer.ui import theme
from explorer.ui.icons import icon

State = TrainingState | Literal["none", "starting"]

_TIPS = {
    "train": (
        "Start a new run with these settings. A run in progress is saved and stopped first; "
        "it can be continued later."
    ),
    "pause": "Hold the run after the step in progress.",
    "resume": "Go on with the run where it stood.",
    "step": (
        "Take one step: one batch forward, its loss, the gradients, and one move of every weight. "
        "Without a run, begins a paused one with these settings."
    ),
    "stop": "Save the run and end it. It can be continued later.",
}


class RunButtons(QWidget):
    """The four buttons in a row; they are enabled as the run's state allows."""

    train = Signal()
    pause = Signal()
    resume = Signal()
    step = Signal()
    stop = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.train_button = QPushButton("Train", self)
        self.train_button.setProperty("primary", True)
        self.train_button.setToolTip(_TIPS["train"])
        self.train_button.clicked.connect(self.train)
        self.pause_button = self._tool(self._pause_or_resume)
        self.step_button = self._tool(self.step.emit)
        self.stop_button = self._tool(self.stop.emit)
        self._resumes = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.train_button, 1)
        for button in (self.pause_button, self.step_button, self.stop_button):
            row.addWidget(button)
        self.show_state("none", fits=True, resumable=False)
        self._draw_icons()
        theme.theme().changed.connect(self._draw_icons)

    def _tool(self, action: object) -> QToolButton:
        button = QToolButton(self)
        button.setFixedSize(QSize(38, self.train_button.sizeHint().height()))
        button.clicked.connect(action)
        return button

    def _pause_or_resume(self) -> None:
        (self.resume if self._resumes else self.pause).emit()

    def show_state(self, state: State, *, fits: bool, resumable: bool) -> None:
        """Enable what can be done: `fits` when the settings do, `resumable` without a live run."""
        live = state in ("running", "paused")
        self.train_button.setEnabled(fits and state != "starting")
        self.train_button.setText("Starting…" if state == "starting" else "Train")
        resumes = state == "paused" or (state != "running" and resumable)
        self.pause_button.setEnabled(live or (resumable and state != "starting"))
        idle = state not in ("running", "starting")
        self.step_button.setEnabled(state == "paused" or (fits and idle))
        self.stop_button.setEnabled(live)
        self._name(self.pause_button, "resume" if resumes else "pause")
        self._name(self.step_button, "step")
        self._name(self.stop_button, "stop")
        if resumes != self._resumes:
            self._resumes = resumes
            self._draw_icons()

    def _name(self, button: QAbstractButton, name: str) -> None:
        button.setAccessibleName(name.capitalize())
        button.setToolTip(f"<b>{name.capitalize()}</b><br>{_TIPS[name]}")

    def _draw_icons(self) -> None:
        c = theme.colors()
        self.train_button.setIcon(icon("train", c.on_accent, c.faint))
        self.pause_button.setIcon(icon("resume" if self._resumes else "pause", c.text, c.faint))
        self.step_button.setIcon(icon("step", c.text, c.faint))
        self.stop_button.setIcon(icon("stop", c.text, c.faint))

"""The window's end of the two boxes: commands go down, events come up, nothing ever waits."""

import time
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.messages.commands import Command
from explorer.messages.events import Event, TrainingChanged
from explorer.messages.mailbox import Inbox, Outbox
from explorer.messages.race import RaceChanged

IDLE_FRAME = 16
"""Milliseconds between two looks into the outbox."""
TRAINING_FRAME = 80
"""The same while a run trains: what the window computes, training loses."""
TRAINING_TURN = 7
"""Milliseconds between two receivers while a run trains: Qt gathers repaints for five."""
EAGER_SECONDS = 0.5
"""After a command an answer is awaited: frames come as fast as when idle for so long."""


class Receiver(Protocol):
    """Whoever is told what happened."""

    def receive(self, events: Sequence[Event]) -> None:
        """Take in what happened since the last call, oldest first."""
        ...


class _Line:
    """A receiver and the events that wait for it."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.waiting: list[Event] = []

    def serve(self) -> None:
        events, self.waiting = self.waiting, []
        self.receiver.receive(events)


class Session(QObject):
    """Sends commands and hands events out, one receiver in each turn of the event loop.

    The worker's first event after a silence wakes it; an idle window does not poll.
    """

    _filled = Signal()

    def __init__(self, inbox: Inbox, outbox: Outbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inbox, self._outbox = inbox, outbox
        self._lines: list[_Line] = []
        self._training = False
        self._last_frame = self._last_command = 0.0
        self._frame = _single_shot(self, self._take_in)
        self._turn = _single_shot(self, self._serve_one)
        self._filled.connect(self._await_frame, Qt.ConnectionType.QueuedConnection)
        outbox.on_first = self._filled.emit
        self._frame.start(0)  # Whatever came before somebody listened.

    def attach(self, receiver: Receiver) -> None:
        """Tell this receiver of everything from now on."""
        self._lines.append(_Line(receiver))

    def close(self) -> None:
        """Tell nobody anything any more: those who were told are about to go."""
        self._frame.stop()
        self._turn.stop()
        self._lines.clear()

    def send(self, command: Command) -> None:
        """Leave a command for the worker."""
        self._last_command = time.monotonic()
        self._inbox.put(command)
        if self._frame.isActive():
            self._await_frame()

    def _await_frame(self) -> None:
        """Runs on the GUI thread when the outbox has filled: a frame after the last one, drain."""
        since = (time.monotonic() - self._last_frame) * 1000
        self._frame.start(max(0, round(self._interval() - since)))

    def _interval(self) -> int:
        return TRAINING_FRAME if self._calm() else IDLE_FRAME

    def _calm(self) -> bool:
        """Whether a run trains, and nobody waits for an answer."""
        return self._training and time.monotonic() - self._last_command >= EAGER_SECONDS

    def _take_in(self) -> None:
        self._last_frame = time.monotonic()
        events = self._outbox.drain()
        for event in events:
            if isinstance(event, TrainingChanged | RaceChanged):
                self._training = event.state == "running"
        if events:
            for line in self._lines:
                line.waiting.extend(events)
            self._turn.start(0)

    def _serve_one(self) -> None:
        """One receiver a turn: its repaint happens before the next one is told."""
        line = next((line for line in self._lines if line.waiting), None)
        if line is None:
            return
        self._lines.remove(line)
        self._lines.append(line)  # Behind the others, so that none can be starved.
        # First, so that an error in one receiver does not silence the others.
        self._turn.start(TRAINING_TURN if self._calm() else 0)
        line.serve()


def _single_shot(parent: QObject, action: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(action)
    return timer

"""The real window with the real worker, used as a person would use it."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TypeVar

from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from explorer.engine import loop
from explorer.messages.commands import Command, Inspect
from explorer.messages.events import Event, Inspected, TrainingChanged, TrainStep
from explorer.messages.mailbox import Inbox, Outbox
from explorer.messages.results import Trace
from explorer.ui.main_window import MainWindow
from explorer.ui.panel import Panel
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.panels.decoder_panel import DecoderPanel
from explorer.ui.panels.loss_panel import LossPanel
from explorer.ui.panels.model_panel import ModelPanel
from explorer.ui.session import Session

PATIENCE = 120_000
"""Milliseconds to wait for the worker, on a machine with much else to do."""
P = TypeVar("P", bound=Panel)
E = TypeVar("E", bound=Event)


class WatchedOutbox(Outbox):
    """Keeps all events from the moment they are told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Event] = []

    def put(self, event: Event) -> None:
        self.told.append(event)
        super().put(event)

    def all(self, kind: type[E]) -> list[E]:
        """Every event of a kind so far."""
        return [event for event in list(self.told) if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E | None:
        """The newest event of a kind."""
        return next((e for e in reversed(list(self.told)) if isinstance(e, kind)), None)

    @property
    def step(self) -> int:
        """Optimizer steps taken in this run."""
        newest = self.last(TrainStep)
        return 0 if newest is None else newest.step


class WatchedInbox(Inbox):
    """Notes at which training step each sentence was asked for."""

    def __init__(self, outbox: WatchedOutbox) -> None:
        super().__init__()
        self._outbox = outbox
        self.asked_at: dict[int, int] = {}

    def put(self, command: Command) -> None:
        if isinstance(command, Inspect):
            self.asked_at[command.request] = len(self._outbox.told)
        super().put(command)


class Desk:
    """The window, the worker, and a person before them.

    Whoever opens one closes it: pytest-qt would delete the window while the worker still talks.
    """

    def __init__(self, qtbot: QtBot, settings: Path, model: str = "") -> None:
        self.qtbot = qtbot
        self.outbox = WatchedOutbox()
        self.inbox = WatchedInbox(self.outbox)
        kept = QSettings(str(settings), QSettings.Format.IniFormat)
        self.session = Session(self.inbox, self.outbox)
        self.window = MainWindow(self.session, kept)
        self.window.resize(1440, 900)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.worker: Thread = loop.start(self.inbox, self.outbox, "cpu")
        self.attention = self.panel(AttentionPanel)
        self.decoder = self.panel(DecoderPanel)
        self.loss = self.panel(LossPanel)
        self.model = self.panel(ModelPanel)
        self.line = self.attention.source.edit
        self.wait(lambda: any(self.model.form.rows()))
        if model:
            self.window.open_model(model)
            self.wait(lambda: self.trace is not None and bool(self.answer))

    def panel(self, kind: type[P]) -> P:
        """The window's panel of a kind."""
        return next(panel for panel in self.window.panels if isinstance(panel, kind))

    def wait(self, until: Callable[[], bool], patience: int = PATIENCE) -> None:
        """Let the window live until something is true."""
        self.qtbot.waitUntil(until, timeout=patience)

    # What is seen

    @property
    def trace(self) -> Trace | None:
        """What the attention panel shows."""
        return self.attention.view.trace if self.attention.view.isVisible() else None

    @property
    def shown(self) -> str:
        """The sentence whose attention is on screen."""
        return self.trace.source_text if self.trace is not None else ""

    @property
    def answer(self) -> list[str]:
        """The tokens that the decoder panel shows."""
        strip = self.decoder.strip
        return strip.written if strip.isVisible() else []

    @property
    def state(self) -> str:
        """The run's state as it was last told."""
        changed = self.outbox.last(TrainingChanged)
        return "" if changed is None else changed.state

    # What is done

    def click(self, name: str) -> None:
        """Click a button of the toolbar."""
        buttons = self.window.toolbar.findChildren(QToolButton)
        (button,) = [b for b in buttons if b.accessibleName() == name]
        self.wait(button.isEnabled)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, text: str) -> None:
        """Press the keys of a text, in the line for the source."""
        self.qtbot.keyClicks(self.line, text)

    def clear(self) -> None:
        """Empty the line."""
        self.qtbot.keyClick(self.line, Qt.Key.Key_Escape)

    def paste(self, text: str) -> None:
        """Replace the line by what is on the clipboard."""
        QApplication.clipboard().setText(text)
        for key in (QKeySequence.StandardKey.SelectAll, QKeySequence.StandardKey.Paste):
            QTest.keySequence(self.line, QKeySequence(key))

    def drop(self, path: Path) -> None:
        """Let a file or folder fall on the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
        no_key = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(50, 50), *held, no_key))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(50, 50), *held, no_key))

    def close(self) -> None:
        """Close the window, and wait until the worker has gone home and the window knows."""
        ends: list[bool] = []
        self.window.finished.connect(lambda: ends.append(True))
        self.window.close()
        self.wait(lambda: bool(ends))
        self.worker.join()
        self.session.close()
        self.window.deleteLater()

    def steps_until_answered(self, request: int) -> int:
        """Training steps between a keystroke and its answer."""
        after = self.outbox.told[self.inbox.asked_at[request] :]
        steps = 0
        for event in after:
            if isinstance(event, Inspected) and event.request == request:
                return steps
            steps += isinstance(event, TrainStep)
        raise AssertionError(f"request {request} was not answered")

"""The session: who is told what, when, and that nothing polls or starves."""

import threading
import time
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Inspect, PauseTraining
from explorer.messages.events import Ended, Event, Progress, RunSaved, TrainingChanged
from explorer.messages.mailbox import Inbox, Outbox
from explorer.ui.session import TRAINING_FRAME, Session

RUNNING = TrainingChanged("running", "", 0, 10)


class Listener:
    """Keeps what it is told and when."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Event]] = []
        self.times: list[float] = []

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch]

    def receive(self, events: Sequence[Event]) -> None:
        self.batches.append(events)
        self.times.append(time.monotonic())


class CountingOutbox(Outbox):
    """Knows how often it was looked into."""

    looks = 0

    def drain(self) -> Sequence[Event]:
        self.looks += 1
        return super().drain()


@pytest.fixture
def outbox() -> CountingOutbox:
    return CountingOutbox()


@pytest.fixture
def session(outbox: Outbox, qapp: object) -> Session:
    return Session(Inbox(), outbox)


def saved(step: int) -> RunSaved:
    return RunSaved("", step)


def feed(outbox: Outbox, parent: Session) -> None:
    """An event every few milliseconds, as from a fast run."""
    timer = QTimer(parent)
    timer.timeout.connect(lambda: outbox.put(Progress("", 0, 0)))
    timer.start(3)


def test_that_events_from_another_thread_arrive_in_order(
    qtbot: QtBot, session: Session, outbox: Outbox
) -> None:
    first, second = Listener(), Listener()
    session.attach(first)
    session.attach(second)
    sent = [saved(step) for step in range(1000)]

    def work() -> None:
        for event in sent:
            outbox.put(event)

    worker = threading.Thread(target=work)
    worker.start()
    qtbot.waitUntil(lambda: len(first.events) == len(second.events) == 1000)
    worker.join()
    assert first.events == second.events == sent


def test_that_events_from_before_the_session_are_not_lost(qtbot: QtBot, outbox: Outbox) -> None:
    outbox.put(Ended())
    session, listener = Session(Inbox(), outbox), Listener()
    session.attach(listener)
    qtbot.waitUntil(lambda: listener.events == [Ended()])


def test_that_an_idle_session_does_not_poll(
    qtbot: QtBot, session: Session, outbox: CountingOutbox
) -> None:
    listener = Listener()
    session.attach(listener)
    outbox.put(Ended())
    qtbot.waitUntil(lambda: bool(listener.events))
    looks = outbox.looks
    qtbot.wait(200)
    assert outbox.looks == looks


def test_that_one_turn_of_the_event_loop_serves_one_receiver(
    qtbot: QtBot, session: Session, outbox: Outbox
) -> None:
    turns = [0]
    served: list[int] = []
    dispatcher = QAbstractEventDispatcher.instance()

    def count() -> None:
        turns[0] += 1

    class Turning(Listener):
        def receive(self, events: Sequence[Event]) -> None:
            served.append(turns[0])

    for _ in range(5):
        session.attach(Turning())
    dispatcher.awake.connect(count)
    outbox.put(Ended())
    qtbot.waitUntil(lambda: len(served) == 5)
    dispatcher.awake.disconnect(count)
    assert len(set(served)) == 5


def test_that_a_panel_is_painted_before_the_next_is_told(
    qtbot: QtBot, session: Session, outbox: Outbox
) -> None:
    paints: list[str] = []

    class Painting(QWidget):
        def receive(self, events: Sequence[Event]) -> None:
            self.repainted = False
            self.update()

        def paintEvent(self, event: QPaintEvent) -> None:
            paints.append("painted")

    class Next(Listener):
        def receive(self, events: Sequence[Event]) -> None:
            paints.append("next told")

    widget = Painting()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    qtbot.waitUntil(lambda: bool(paints))
    qtbot.wait(50)
    paints.clear()
    session.attach(widget)
    session.attach(Next())
    outbox.put(Ended())
    qtbot.waitUntil(lambda: "next told" in paints)
    assert paints == ["painted", "next told"]


def test_that_frames_come_slower_while_training(
    qtbot: QtBot, session: Session, outbox: Outbox
) -> None:
    listener = Listener()
    session.attach(listener)
    outbox.put(RUNNING)
    feed(outbox, session)
    qtbot.waitUntil(lambda: len(listener.times) > 5)
    gaps = [b - a for a, b in zip(listener.times[1:], listener.times[2:], strict=False)]
    assert sum(gaps) / len(gaps) > 0.8 * TRAINING_FRAME / 1000


def test_that_an_answer_does_not_wait_for_the_slow_frames_of_training(
    qtbot: QtBot, session: Session, outbox: Outbox
) -> None:
    listener = Listener()
    session.attach(listener)
    outbox.put(RUNNING)
    feed(outbox, session)
    qtbot.waitUntil(lambda: len(listener.times) > 2)
    began = time.monotonic()
    session.send(Inspect("a sentence"))
    qtbot.waitUntil(lambda: time.monotonic() - began > 0.4)
    frames = sum(at > began for at in listener.times)
    assert frames > 0.4 / (TRAINING_FRAME / 1000) + 1


def test_that_slow_receivers_do_not_starve_the_others(
    qtbot: QtBot, session: Session, outbox: Outbox
) -> None:
    class Slow(Listener):
        def receive(self, events: Sequence[Event]) -> None:
            super().receive(events)
            time.sleep(0.03)

    slow, other = Slow(), Listener()
    for receiver in (slow, Slow(), Slow(), other):
        session.attach(receiver)
    feed(outbox, session)
    qtbot.waitUntil(lambda: len(slow.batches) >= 6)
    assert len(other.batches) >= 4


def test_that_an_error_in_one_receiver_does_not_silence_the_others(
    qtbot: QtBot, session: Session, outbox: Outbox
) -> None:
    class Broken(Listener):
        def receive(self, events: Sequence[Event]) -> None:
            raise ValueError("broken panel")

    listener = Listener()
    session.attach(Broken())
    session.attach(listener)
    with qtbot.captureExceptions() as errors:
        outbox.put(Ended())
        qtbot.waitUntil(lambda: listener.events == [Ended()])
    assert [str(error) for _, error, _ in errors] == ["broken panel"]


def test_that_commands_reach_the_inbox(qapp: object) -> None:
    inbox = Inbox()
    Session(inbox, Outbox()).send(PauseTraining())
    assert inbox.take(wait=False) == PauseTraining()


def test_that_a_closed_session_tells_nobody(
    qtbot: QtBot, session: Session, outbox: CountingOutbox
) -> None:
    class Leaver(Listener):
        def receive(self, events: Sequence[Event]) -> None:
            super().receive(events)
            session.close()

    first, second = Leaver(), Listener()
    session.attach(first)
    session.attach(second)
    outbox.put(saved(1))
    qtbot.waitUntil(lambda: bool(first.events))
    looks = outbox.looks
    outbox.put(saved(2))
    qtbot.waitUntil(lambda: outbox.looks > looks)
    qtbot.wait(5)
    assert first.events == [saved(1)]
    assert second.events == []

"""The two boxes: what must never be lost, what must never wait, and both under many threads."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.messages.commands import (
    LATEST_WINS,
    Command,
    Decode,
    Inspect,
    OpenModel,
    PauseTraining,
    SaveRun,
    Shutdown,
)
from explorer.messages.events import Ended, Event, Failed, Progress
from explorer.messages.mailbox import Inbox, Outbox

PATIENCE = 10.0
commands = st.one_of(
    st.builds(Inspect, st.text(max_size=2), request=st.integers(0, 9)),
    st.builds(Decode, st.text(max_size=2), request=st.integers(0, 9)),
    st.builds(OpenModel, st.text(max_size=2)),
    st.sampled_from([PauseTraining(), SaveRun()]),
)


def take_all(inbox: Inbox) -> list[Command]:
    """Everything that waits."""
    return list(iter(lambda: inbox.take(wait=False), None))


def expected(put: Sequence[Command]) -> list[Command]:
    """What should wait after these were put: all, but of some kinds only the newest."""
    newest = {type(command): i for i, command in enumerate(put)}
    return [c for i, c in enumerate(put) if not isinstance(c, LATEST_WINS) or newest[type(c)] == i]


@given(st.lists(commands))
def test_that_only_elders_of_latest_wins_kinds_are_dropped(put: list[Command]) -> None:
    inbox = Inbox()
    for command in put:
        inbox.put(command)
    assert len(inbox) == len(expected(put))
    assert take_all(inbox) == expected(put)


@given(st.lists(st.lists(commands)))
def test_that_taking_in_between_loses_nothing(rounds: list[list[Command]]) -> None:
    inbox = Inbox()
    for put in rounds:
        for command in put:
            inbox.put(command)
        assert take_all(inbox) == expected(put)


def test_that_a_sentence_typed_fast_waits_once() -> None:
    inbox = Inbox()
    for end in range(1, 6):
        inbox.put(Inspect("hello"[:end]))
        inbox.put(Decode("hello"[:end]))
    assert take_all(inbox) == [Inspect("hello"), Decode("hello")]


def test_that_an_empty_inbox_gives_nothing_at_once() -> None:
    assert Inbox().take(wait=False) is None


def test_that_a_waiting_worker_wakes_for_a_command() -> None:
    inbox, taken = Inbox(), []
    worker = threading.Thread(target=lambda: taken.append(inbox.take(wait=True)))
    worker.start()
    inbox.put(Shutdown())
    worker.join(PATIENCE)
    assert taken == [Shutdown()]


def test_that_many_windows_at_once_lose_no_command() -> None:
    inbox, per_thread, threads = Inbox(), 500, 4
    taken: list[Command] = []

    def produce(name: int) -> None:
        for i in range(per_thread):
            inbox.put(OpenModel(f"{name}:{i}"))
            inbox.put(Inspect(f"{name}:{i}"))

    def consume() -> None:
        while not isinstance(command := inbox.take(wait=True), Shutdown):
            assert command is not None
            taken.append(command)

    consumer = threading.Thread(target=consume)
    consumer.start()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(produce, range(threads)))
    inbox.put(Shutdown())
    consumer.join(PATIENCE)
    assert not consumer.is_alive()
    opened = [c.reference for c in taken if isinstance(c, OpenModel)]
    assert len(opened) == threads * per_thread
    for name in range(threads):
        own = [int(text.split(":")[1]) for text in opened if text.startswith(f"{name}:")]
        assert own == sorted(own)
    inspected = [c.source for c in taken if isinstance(c, Inspect)]
    assert inspected[-1].endswith(f":{per_thread - 1}")


def test_that_events_come_out_in_their_order_and_once() -> None:
    outbox = Outbox()
    events: list[Event] = [Progress("a", i, 3) for i in range(3)]
    for event in events:
        outbox.put(event)
    assert list(outbox.drain()) == events
    assert list(outbox.drain()) == []


def test_that_the_window_is_called_once_for_each_filling() -> None:
    calls: list[int] = []
    outbox = Outbox(lambda: calls.append(1))
    outbox.put(Ended())
    outbox.put(Ended())
    assert len(calls) == 1
    outbox.drain()
    outbox.put(Ended())
    assert len(calls) == 2


def drain(outbox: Outbox) -> None:
    outbox.drain()


def put_another(outbox: Outbox) -> None:
    outbox.put(Failed("engine", "x"))


@pytest.mark.parametrize("action", [drain, put_another])
def test_that_whoever_is_called_may_use_the_outbox(action: Callable[[Outbox], None]) -> None:
    outbox = Outbox()
    outbox.on_first = lambda: action(outbox)
    worker = threading.Thread(target=outbox.put, args=(Ended(),), daemon=True)
    worker.start()
    worker.join(PATIENCE)
    assert not worker.is_alive(), "the outbox still held its lock"


def test_that_no_event_is_lost_between_worker_and_window() -> None:
    woken, ended = threading.Event(), threading.Event()
    outbox = Outbox(woken.set)
    got: list[Event] = []

    def window() -> None:
        while not (got and isinstance(got[-1], Ended)):
            assert woken.wait(PATIENCE), "the window was not woken"
            woken.clear()
            got.extend(outbox.drain())
        ended.set()

    reader = threading.Thread(target=window)
    reader.start()
    for i in range(20_000):
        outbox.put(Progress("x", i, 0))
    outbox.put(Ended())
    assert ended.wait(PATIENCE)
    reader.join(PATIENCE)
    assert [event.done for event in got[:-1] if isinstance(event, Progress)] == list(range(20_000))
    assert Counter(type(event) for event in got) == {Progress: 20_000, Ended: 1}

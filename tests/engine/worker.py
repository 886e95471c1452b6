"""The real worker on its thread, with its mailboxes held by a test instead of a window."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from explorer.engine.loop import start
from explorer.messages.commands import Command, Shutdown
from explorer.messages.events import EngineReady, Event
from explorer.messages.mailbox import Inbox, Outbox

Kind = TypeVar("Kind", bound=Event)
PATIENCE = 120.0


class WatchedOutbox(Outbox):
    """Shows every event to a watcher, on the worker's thread, the moment it is told."""

    def __init__(self, on_first: Callable[[], None], watch: Callable[[Event], None]) -> None:
        super().__init__(on_first)
        self._watch = watch

    def put(self, event: Event) -> None:
        super().put(event)
        self._watch(event)


class Worker:
    """Sends commands and collects events, in order; shuts the worker down at the end."""

    def __init__(
        self, device: str = "cpu", watch: Callable[[Event], None] = lambda _: None
    ) -> None:
        self.told: list[Event] = []
        self._inbox = Inbox()
        self._filled = threading.Event()
        self._outbox = WatchedOutbox(self._filled.set, watch)
        self.thread = start(self._inbox, self._outbox, device)

    def __enter__(self) -> Self:
        self.wait(EngineReady)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._inbox.put(Shutdown())
        self.thread.join(PATIENCE)
        self.told += self._outbox.drain()

    def send(self, *commands: Command) -> None:
        for command in commands:
            self._inbox.put(command)

    def wait(
        self, kind: type[Kind], fits: Callable[[Kind], bool] = lambda _: True, *, after: int = 0
    ) -> Kind:
        """The first event of a kind that fits, of those told from number `after` on."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self._filled.clear()
            self.told += self._outbox.drain()
            for event in self.told[after:]:
                if isinstance(event, kind) and fits(event):
                    return event
            left = deadline - time.monotonic()
            if left <= 0 or not self._filled.wait(left):
                raise AssertionError(f"no {kind.__name__} came; the last: {self.told[-5:]}")

    def all(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.told if isinstance(event, kind)]

"""The two boxes between the window and the worker; thread-safe, and nothing waits on the window."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from explorer.messages.commands import LATEST_WINS, Command
from explorer.messages.events import Event


class Inbox:
    """Commands for the worker, in order; of those in `LATEST_WINS` only the newest waits."""

    def __init__(self) -> None:
        self._waiting: deque[Command] = deque()
        self._arrived = threading.Condition()

    def put(self, command: Command) -> None:
        """Leave a command; a waiting elder of the same latest-wins kind is dropped."""
        with self._arrived:
            if isinstance(command, LATEST_WINS):
                elders = [c for c in self._waiting if type(c) is type(command)]
                for elder in elders:
                    self._waiting.remove(elder)
            self._waiting.append(command)
            self._arrived.notify()

    def take(self, *, wait: bool, patience: float | None = None) -> Command | None:
        """The eldest command; None when there is none and `wait` is False.

        With `patience` it waits so many seconds at most.
        """
        with self._arrived:
            if wait:
                self._arrived.wait_for(lambda: bool(self._waiting), patience)
            return self._waiting.popleft() if self._waiting else None

    def holds(self, *kinds: type) -> bool:
        """Whether a command of one of these kinds waits."""
        with self._arrived:
            return any(isinstance(command, kinds) for command in self._waiting)

    def __len__(self) -> int:
        with self._arrived:
            return len(self._waiting)


class Outbox:
    """Events for the window. `on_first` is called, on the worker's thread, when it fills."""

    def __init__(self, on_first: Callable[[], None] = lambda: None) -> None:
        self.on_first = on_first
        self._waiting: list[Event] = []
        self._lock = threading.Lock()

    def put(self, event: Event) -> None:
        """Leave an event."""
        with self._lock:
            first = not self._waiting
            self._waiting.append(event)
        if first:
            self.on_first()

    def drain(self) -> Sequence[Event]:
        """All events since the last call, oldest first."""
        with self._lock:
            events, self._waiting = self._waiting, []
        return events

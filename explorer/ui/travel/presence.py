"""Whether what the worker says is of the time that a person looks at; knows no Qt."""

from explorer.messages.events import Event, ModelOpened, WentTo


class Presence:
    """`at` is the kept step that is looked at, None being now; answers must come from there."""

    def __init__(self) -> None:
        self.at: int | None = None
        self._from: int | None = None

    def take(self, event: Event) -> None:
        """Follow where the worker is."""
        if isinstance(event, WentTo):
            self._from = event.step
        elif isinstance(event, ModelOpened):
            self._from = self.at = None

    @property
    def agrees(self) -> bool:
        """Whether the worker is where the person is."""
        return self._from == self.at

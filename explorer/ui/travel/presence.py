"""Whether what the worker says is of the time that a person looks at; knows no Qt."""

from explorer.messages.events import Event, ModelOpened, WentTo


class Presence:
    """`at` is the kept step that is looked at, None being now; answers must come from there.

    The bar of time and its panels are told of the worker's events in turns of their own, so one may
    know of another model before the other does. What the bar says is therefore taken with how many
    models it had seen opened: of an older model it means nothing, and of one that has yet to be
    seen opened here it stands when that comes.
    """

    def __init__(self) -> None:
        self.at: int | None = None
        self._from: int | None = None
        self._seen = self._told = 0
        """Models that were opened, as it is known here, and to the bar when it last spoke."""

    def look(self, step: int | None, openings: int) -> bool:
        """The bar is at a step of the model that was opened so manyth; whether that holds."""
        if openings < self._seen:
            return False
        self.at, self._told = step, openings
        return True

    def take(self, event: Event) -> None:
        """Follow where the worker is."""
        if isinstance(event, WentTo):
            self._from = event.step
        elif isinstance(event, ModelOpened):
            self._seen += 1
            self._from = None
            if self._told < self._seen:
                self.at = None

    @property
    def agrees(self) -> bool:
        """Whether the worker is where the person is."""
        return self._from == self.at

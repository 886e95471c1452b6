"""When it is asked what happened in a run, and what was found; knows no Qt."""

from explorer.messages.events import Event, ModelOpened, TrainingChanged
from explorer.messages.happenings import Happening
from explorer.messages.travel import FindHappenings, Finding, HappeningsFound, Moments

EXAMPLES = 16
"""Held-out examples that heads are measured on."""
FEWEST = 8
"""Kept steps from which on it is worth asking."""
FIRST = 1 << 42
"""Requests of ours count from here; another may ask too, and all take every answer."""


class Happened:
    """Asks by itself where a run is opened or has ended, not while it trains."""

    def __init__(self) -> None:
        self.marks: tuple[Happening, ...] = ()
        self.on = ""
        self.progress: tuple[int, int] | None = None
        """Examples looked at, of how many, while it is looked for."""
        self._request = FIRST
        self._training = False
        self._kept: tuple[int, ...] = ()
        self._asked: tuple[str, tuple[int, ...]] | None = None
        self._folder = ""

    def take(self, event: Event) -> bool:
        """Follow what happens; whether marks or progress are others now."""
        match event:
            case ModelOpened():
                self.marks, self.on, self.progress = (), "", None
                self._kept, self._asked = (), None
            case Moments(folder=folder, steps=steps):
                self._folder, self._kept = folder, steps
                return False
            case TrainingChanged(state=state):
                self._training = state in ("running", "paused", "following")
                return False
            case Finding(done=done, total=total):
                self.progress = done, total
            case HappeningsFound(happenings=found, on=on):
                self.marks, self.on, self.progress = found, on, None
            case _:
                return False
        return True

    def wanted(self) -> FindHappenings | None:
        """The command to send now, if any; it counts as sent."""
        about = self._folder, self._kept
        if self._training or len(self._kept) < FEWEST or about == self._asked:
            return None
        self._asked = about
        self._request += 1
        return FindHappenings(EXAMPLES, self._request)

"""How fast a run learns."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Meter:
    """Tokens per second over the last seconds of work; pauses do not count."""

    window: float = 2.0
    recent: deque[tuple[float, int]] = field(default_factory=deque)
    seconds: float = 0.0
    _spent: float = 0.0
    _tokens: int = 0

    def add(self, seconds: float, tokens: int) -> float:
        """Count a step; the rate over the window that ends with it."""
        self.seconds += seconds
        self.recent.append((seconds, tokens))
        self._spent += seconds
        self._tokens += tokens
        while len(self.recent) > 1 and self._spent - self.recent[0][0] > self.window:
            oldest, some = self.recent.popleft()
            self._spent -= oldest
            self._tokens -= some
        return self._tokens / self._spent if self._spent > 0 else 0.0

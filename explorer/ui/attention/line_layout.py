"""Where the two columns of tokens stand, and what is under a point; knows no Qt."""

from dataclasses import dataclass

from explorer.ui.attention.line_finding import Focus

LEAST_PITCH, MOST_PITCH = 20.0, 34.0
GAP = 8.0
"""Pixels between a label and where its lines begin."""
EDGE = 8.0


@dataclass(frozen=True, slots=True)
class LineLayout:
    """Two columns of rows of one height; the shorter column travels along with the scroll bar."""

    queries: int
    keys: int
    left: float
    """Where lines begin."""
    right: float
    """Where they end."""
    top: float
    pitch: float
    share: float
    """How much of the whole way the page is scrolled, 0 to 1."""

    def offset(self, count: int) -> float:
        """How far below the top a column of so many rows begins."""
        return (max(self.queries, self.keys) - count) * self.pitch * self.share

    def query_y(self, index: float) -> float:
        """The middle of a query's row."""
        return self.top + self.offset(self.queries) + (index + 0.5) * self.pitch

    def key_y(self, index: float) -> float:
        """The middle of a key's row."""
        return self.top + self.offset(self.keys) + (index + 0.5) * self.pitch

    def sight(self, top: float, bottom: float) -> tuple[slice, slice]:
        """The queries and the keys that are seen between two heights."""
        return self._between(self.queries, top, bottom), self._between(self.keys, top, bottom)

    def _between(self, count: int, top: float, bottom: float) -> slice:
        start = self.top + self.offset(count)
        first = min(max(int((top - start) // self.pitch), 0), count)
        past = min(max(int((bottom - start) // self.pitch) + 1, first), count)
        return slice(first, past)

    def at(self, x: float, y: float) -> Focus | None:
        """The token under a point, labels and what lies beside them."""
        middle = (self.left + self.right) / 2
        near = (self.right - self.left) * 0.12
        if x < min(self.left + near, middle):
            side, count = "query", self.queries
        elif x > max(self.right - near, middle):
            side, count = "key", self.keys
        else:
            return None
        row = int((y - self.top - self.offset(count)) // self.pitch)
        return Focus(side, row) if 0 <= row < count else None


def height(queries: int, keys: int, top: float) -> float:
    """How high the page is at least."""
    return top + max(queries, keys) * LEAST_PITCH + EDGE


def arrange(
    queries: int, keys: int, wide: tuple[float, float], size: tuple[float, float], top: float,
    share: float,
) -> LineLayout:  # fmt: skip
    """Columns as `wide` as their longest labels, where these leave a third to the lines."""
    width, high = size
    most = width * 0.32
    left = EDGE + min(wide[0], most) + GAP
    right = width - EDGE - min(wide[1], most) - GAP
    pitch = (high - top - EDGE) / max(queries, keys, 1)
    return LineLayout(
        queries, keys, left, max(right, left + 1), top,
        min(max(pitch, LEAST_PITCH), MOST_PITCH), share,
    )  # fmt: skip

"""Where levels, tokens and the map of flow stand; knows no Qt."""

from dataclasses import dataclass

import numpy as np

from explorer.ui.widgets.raster import Places

EDGE, GAP = 8.0, 8.0
NUMBER = 36.0
"""Room for the share beside an input token."""
TITLE = 20.0
PITCH = 22.0
_BESIDE = 620.0
"""From this width on the map stands beside the graph instead of below it."""
_LARGEST = 30.0
_LABEL = 110.0
_LEVEL = 44.0
"""Least distance of two levels."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens of the inputs (left) and of the queries (right), levels, and the widths of labels."""

    inputs: int
    queries: int
    keys: int
    levels: int
    left: float
    right: float
    turned: float
    """How high the turned labels of the map's columns are."""


@dataclass(frozen=True, slots=True)
class FlowLayout:
    """The graph runs from `left` to `right`, a level each `step`; rows are `PITCH` high."""

    counts: Counts
    left: float
    right: float
    top: float
    map_left: float
    map_top: float
    map_width: float
    beside: bool
    height: float

    def x(self, level: int) -> float:
        """Where a level stands."""
        return self.left + (self.right - self.left) * level / max(self.counts.levels - 1, 1)

    def y(self, row: float) -> float:
        """The middle of a token's row."""
        return self.top + (row + 0.5) * PITCH

    def rows_between(self, top: float, bottom: float) -> tuple[int, int]:
        """The first row of the graph seen between two heights, and the one after the last."""
        return max(int((top - self.top) // PITCH), 0), max(int((bottom - self.top) // PITCH) + 1, 0)

    def map_rows_between(self, top: float, bottom: float) -> tuple[int, int]:
        """The same of the map."""
        first, past = (int((edge - self.map_top) // PITCH) for edge in (top, bottom))
        return max(first, 0), min(max(past + 1, 0), self.counts.queries)

    @property
    def columns(self) -> Places:
        """The edges of the map's columns, in whole pixels."""
        keys = self.counts.keys
        return np.rint(self.map_left + self.map_width * np.arange(keys + 1) / max(keys, 1)).astype(
            np.intp
        )

    @property
    def rows(self) -> Places:
        """The edges of the map's rows."""
        count = self.counts.queries
        return np.rint(self.map_top + PITCH * np.arange(count + 1)).astype(np.intp)

    def query_at(self, x: float, y: float) -> int | None:
        """The query at a point: in the map, or right of the graph's middle."""
        top = self.top if x < self._graph_end or self.beside else self.map_top
        if not self.beside and y >= self.map_top - 1:
            top = self.map_top
        elif x < (self.left + self.right) / 2:
            return None
        row = int((y - top) // PITCH)
        return row if 0 <= row < self.counts.queries else None

    @property
    def _graph_end(self) -> float:
        return self.right + GAP + self.counts.right

    def key_at(self, x: float, y: float) -> int | None:
        """The key at a point: a column of the map, or an input token at the left."""
        columns = self.columns
        in_map = self.map_top <= y < self.map_top + PITCH * self.counts.queries
        if in_map and columns[0] <= x < columns[-1]:
            return int(columns.searchsorted(int(x), side="right")) - 1
        if x < (self.left + self.right) / 2 and (self.beside or y < self.map_top - GAP):
            row = int((y - self.top) // PITCH)
            return row if 0 <= row < self.counts.keys else None
        return None


def arrange(counts: Counts, width: float) -> FlowLayout:
    """Lay everything out for a width; the height follows."""
    left_room, right_room = min(counts.left, _LABEL), min(counts.right, _LABEL)
    beside = width >= _BESIDE
    left = EDGE + left_room + GAP + NUMBER + GAP
    end = width - EDGE
    least = _LEVEL * (counts.levels - 1)
    rows = max(counts.inputs, counts.queries)
    if beside:
        wanted = min(counts.keys * _LARGEST, (end - left - right_room) * 0.46)
        wanted = max(min(wanted, end - left - right_room - 3 * GAP - least), 80.0)
        map_left = end - wanted
        right = map_left - 2 * GAP - right_room - GAP
        top = EDGE + TITLE + counts.turned + GAP
        height = top + rows * PITCH + EDGE
        return FlowLayout(counts, left, right, top, map_left, top, wanted, True, height)
    right = end - right_room - GAP
    top = EDGE + TITLE
    map_left = EDGE + right_room + GAP
    map_top = top + rows * PITCH + 2 * GAP + TITLE + counts.turned
    wide = min(counts.keys * _LARGEST, end - map_left)
    height = map_top + counts.queries * PITCH + EDGE
    return FlowLayout(counts, left, right, top, map_left, map_top, wide, False, height)

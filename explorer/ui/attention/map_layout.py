"""Where a map stands that can be zoomed: cells in view, room for labels, scroll bars, key."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QRect, QSizeF
from PySide6.QtGui import QFontMetrics

from explorer.ui.widgets.raster import Places
from explorer.ui.widgets.token_axis import PAD

TITLE = 18
"""Room for an axis title."""
SCROLL = 12
"""Room for a scroll bar."""
BAR_GAP, BAR_WIDTH, TICK_WIDTH = 18, 12, 40
LARGEST_WIDTH, LARGEST_HEIGHT = 84, 52
"""The largest cell of a whole map."""
CLOSEST = 64.0
"""Pixels that a cell may take when zoomed in."""
_LEAST = 6.0
"""Pixels up to which a cell is not made narrower to be a square."""
_STEP = 16
"""Label room comes in steps, so that a letter more does not move the map."""


@dataclass(frozen=True, slots=True)
class Place:
    """What part is seen: how many times larger than the whole map, and the first row and column."""

    zoom: float = 1.0
    top: float = 0.0
    left: float = 0.0


WHOLE = Place()


@dataclass(frozen=True, slots=True)
class MapLayout:
    """Places in logical pixels; rows and columns are counted over the whole map.

    `angle` is by how many degrees the column labels are turned: 0, 45 or 90. `rows` and `columns`
    are the edges of the cells in view, the first of which are `first`.
    """

    shape: tuple[int, int]
    place: Place
    port: QRect
    body: QRect
    down: float
    across: float
    first: tuple[int, int]
    rows: Places
    columns: Places
    row_room: int
    column_room: int
    angle: int
    bar: QRect

    @property
    def in_view(self) -> tuple[slice, slice]:
        """Rows and columns of which something is seen."""
        (row, column), (rows, columns) = self.first, (len(self.rows), len(self.columns))
        return slice(row, row + rows - 1), slice(column, column + columns - 1)

    @property
    def label_length(self) -> int:
        """How long a column label may be along its own direction."""
        return round(self.column_room * 1.35) if self.angle == 45 else self.column_room

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """Query and key of the cell at a point."""
        if not self.body.contains(int(x), int(y)):
            return None
        row = int(self.rows.searchsorted(int(y), side="right")) - 1
        column = int(self.columns.searchsorted(int(x), side="right")) - 1
        return self.first[0] + row, self.first[1] + column

    def frame(self, query: int, key: int) -> QRect:
        """What is seen of a cell; empty when nothing is."""
        top, bottom = self._edges(query, self.first[0], self.rows)
        left, right = self._edges(key, self.first[1], self.columns)
        return QRect(left, top, right - left, bottom - top)

    def row_middle(self, query: int) -> float:
        """The height at which the middle of a row stands."""
        return self.body.top() + (query + 0.5 - self.place.top) * self.down

    def column_middle(self, key: int) -> float:
        """Where the middle of a column stands."""
        return self.body.left() + (key + 0.5 - self.place.left) * self.across

    @staticmethod
    def _edges(index: int, first: int, edges: Places) -> tuple[int, int]:
        here = min(max(index - first, -1), len(edges) - 1)
        if not 0 <= here < len(edges) - 1:
            edge = int(edges[0] if here < 0 else edges[-1])
            return edge, edge
        return int(edges[here]), int(edges[here + 1])

    # Moving

    def closest(self) -> float:
        """The largest zoom there is for this map."""
        return max(1.0, CLOSEST * self.place.zoom / max(min(self.down, self.across), 1e-6))

    def zoomed(self, times: float, x: float, y: float) -> Place:
        """That many times larger, what is at the point (x, y) staying there."""
        zoom = min(max(self.place.zoom * times, 1.0), self.closest())
        times = zoom / self.place.zoom
        x = min(max(x - self.body.left(), 0), self.body.width())
        y = min(max(y - self.body.top(), 0), self.body.height())
        left = self.place.left + x / self.across * (1 - 1 / times)
        top = self.place.top + y / self.down * (1 - 1 / times)
        return Place(zoom, top, left) if zoom > 1 else WHOLE

    def moved(self, x: float, y: float) -> Place:
        """What is seen further right and down by so many pixels."""
        place = self.place
        return replace(place, top=place.top + y / self.down, left=place.left + x / self.across)

    def showing(self, query: int, key: int) -> Place:
        """The nearest place in which the whole cell is seen."""
        rows, columns = self.body.height() / self.down, self.body.width() / self.across
        top = min(max(self.place.top, query + 1 - rows), query)
        left = min(max(self.place.left, key + 1 - columns), key)
        return replace(self.place, top=top, left=left)

    @property
    def furthest(self) -> tuple[float, float]:
        """The last row and column that can be the first in view."""
        rows, columns = self.shape
        return (
            max(rows - self.port.height() / self.down, 0.0),
            max(columns - self.port.width() / self.across, 0.0),
        )


def arrange(
    shape: tuple[int, int], widest: tuple[int, int], size: QSizeF, metrics: QFontMetrics,
    place: Place = WHOLE,
) -> MapLayout:  # fmt: skip
    """The largest cells that fit, close to squares, times the zoom.

    `widest` are the widths of the longest label of the rows and of the columns. The place is held
    inside the map.
    """
    (queries, keys), width, height = shape, int(size.width()), int(size.height())
    row_room = _stepped(widest[0], width * 3 // 10)
    left = TITLE + row_room + PAD
    free = max(width - left - BAR_GAP - BAR_WIDTH - TICK_WIDTH - PAD, 1)
    across = _pitch(free, keys, LARGEST_WIDTH)
    _, column_room = _turn(widest[1], across, metrics.height(), height // 4)
    top = TITLE + column_room + PAD
    room = max(height - top - SCROLL, 1)
    down = _pitch(room, queries, LARGEST_HEIGHT)
    # A map reads as a map while its cells stay near to squares.
    across = min(across, max(down * 1.8, _LEAST))
    down = min(down, max(across * 1.25, _LEAST))
    port = QRect(left, top, free, room)
    return _in_view(
        shape, place, port, down, across, row_room, column_room, widest[1], metrics.height()
    )  # fmt: skip


def _in_view(
    shape: tuple[int, int], place: Place, port: QRect, down: float, across: float,
    row_room: int, column_room: int, longest: int, high: int,
) -> MapLayout:  # fmt: skip
    zoom = max(place.zoom, 1.0)
    down, across = down * zoom, across * zoom
    top, body_height = _held(place.top, shape[0], down, port.height())
    left, body_width = _held(place.left, shape[1], across, port.width())
    body = QRect(port.left(), port.top(), body_width, body_height)
    rows, first_row = _edges(shape[0], top, down, body.top(), body_height)
    columns, first_column = _edges(shape[1], left, across, body.left(), body_width)
    angle, _ = _turn(longest, across, high, column_room)
    bar = QRect(body.right() + 1 + BAR_GAP, port.top(), BAR_WIDTH, max(body_height, 1))
    return MapLayout(
        shape, Place(zoom, top, left), port, body, down, across, (first_row, first_column),
        rows, columns, row_room, column_room, angle, bar,
    )  # fmt: skip


def _held(first: float, count: int, pitch: float, room: int) -> tuple[float, int]:
    """The first row or column in view, and the pixels that the map takes."""
    first = min(max(first, 0.0), max(count - room / pitch, 0.0))
    return first, max(1, min(round((count - first) * pitch), room))


def _edges(count: int, first: float, pitch: float, at: int, length: int) -> tuple[Places, int]:
    """Edges of the cells in view, and which is the first."""
    start = min(int(first), max(count - 1, 0))
    end = min(count, max(int(np.ceil(first + length / pitch - 1e-6)), start + 1))
    places = np.rint((np.arange(start, end + 1) - first) * pitch).clip(0, length)
    return at + places.astype(np.intp), start


def _turn(longest: int, across: float, high: int, most: int) -> tuple[int, int]:
    """The angle of the column labels and the height that they take."""
    if longest <= across - 4:
        return 0, high
    if across >= high * 1.2:
        return 45, min(_stepped(round(longest * 0.71) + high // 2, most), most)
    return 90, _stepped(longest, most)


def _stepped(needed: int, most: int) -> int:
    return min(-(-needed // _STEP) * _STEP, max(most, _STEP))


def _pitch(free: int, count: int, largest: int) -> float:
    """Pixels a cell: whole ones from 4 on."""
    pitch = min(max(free, 1) / max(count, 1), largest)
    return float(int(pitch)) if pitch >= 4 else pitch

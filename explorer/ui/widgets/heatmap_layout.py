"""How one large map is laid out: cells, room for the labels, and the colour bar beside it."""

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetrics

from explorer.ui.widgets import raster, token_axis
from explorer.ui.widgets.color_bar import BAR_WIDTH, TICK_WIDTH
from explorer.ui.widgets.raster import Places
from explorer.ui.widgets.token_axis import PAD, AxisLabel

TITLE = 18
"""Room for an axis title."""
BAR_GAP = 18
LARGEST_WIDTH, LARGEST_HEIGHT = 84, 52
"""The largest cell."""
_STEP = 16
"""Label room comes in steps, so that a letter more does not move the map."""


@dataclass(frozen=True, slots=True)
class HeatmapLayout:
    """Places in logical pixels: the map, its cells' edges, its labels and the colour bar.

    `angle` is by how many degrees the column labels are turned: 0, 45 or 90.
    """

    body: QRect
    columns: Places
    rows: Places
    row_room: int
    column_room: int
    angle: int
    bar: QRect

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell."""
        return (
            self.body.width() / max(len(self.columns) - 1, 1),
            self.body.height() / max(len(self.rows) - 1, 1),
        )

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """Query and key of the cell at a point."""
        if not self.body.contains(int(x), int(y)):
            return None
        query = int(self.rows.searchsorted(int(y), side="right")) - 1
        key = int(self.columns.searchsorted(int(x), side="right")) - 1
        return query, key

    def frame(self, query: int, key: int) -> QRect:
        """The rectangle of a cell."""
        left, right = int(self.columns[key]), int(self.columns[key + 1])
        top, bottom = int(self.rows[query]), int(self.rows[query + 1])
        return QRect(left, top, right - left, bottom - top)


def arrange(
    queries: tuple[AxisLabel, ...],
    keys: tuple[AxisLabel, ...],
    width: int,
    height: int,
    metrics: QFontMetrics,
) -> HeatmapLayout:
    """The largest cells that fit, close to squares, in whole pixels unless they are very small."""
    row_room = _stepped(token_axis.widest(queries, metrics), width * 3 // 10)
    left = TITLE + row_room + PAD
    free = width - left - BAR_GAP - BAR_WIDTH - TICK_WIDTH - PAD
    across = _pitch(free, len(keys), LARGEST_WIDTH)
    longest = token_axis.widest(keys, metrics)
    angle, column_room = _turn(longest, across, metrics.height(), height // 4)
    top = TITLE + column_room + PAD
    down = _pitch(height - top - 2, len(queries), LARGEST_HEIGHT)
    # A map reads as a map while its cells stay near to squares.
    across = min(across, max(down * 1.8, 1.0))
    down = min(down, max(across * 1.25, 1.0))
    body = QRect(left, top, _length(across, len(keys), free), 0)
    body.setHeight(_length(down, len(queries), height - top - 2))
    bar = QRect(body.right() + 1 + BAR_GAP, top, BAR_WIDTH, max(body.height(), 1))
    return HeatmapLayout(
        body,
        body.left() + raster.edges(len(keys), body.width()),
        body.top() + raster.edges(len(queries), body.height()),
        row_room, column_room, angle, bar,
    )  # fmt: skip


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


def _length(pitch: float, count: int, free: int) -> int:
    return max(1, min(round(pitch * count), max(free, 1)))

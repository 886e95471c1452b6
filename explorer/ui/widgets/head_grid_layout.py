"""Where the small maps stand: groups below each other, a row a layer, a column a head; no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.messages.heads import Weights
from explorer.messages.results import Site, SiteKind

SMALLEST, LARGEST = 16, 112
COMFORTABLE = 30
GAP = 4
LEFT = 52
HEADER = 18
NUMBERS = 14
"""Room for the numbers above a line of maps, where the heads of a layer take several lines."""
TITLE = 20
_WIDEST_TITLE = 152
_GAIN = 1.25
"""By how much maps have to grow for the heads of a layer to be broken into lines."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """The maps of one site: `y` is their top in logical pixels."""

    site: Site
    heads: int
    y: int


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Squares of `side` logical pixels, `columns` of them beside each other."""

    side: int
    columns: int
    rows: tuple[GridRow, ...]
    titles: tuple[tuple[SiteKind, int], ...]
    width: int
    height: int
    broken: bool = False
    """Whether the heads of a layer take several lines, each with numbers above it."""

    @property
    def _line(self) -> int:
        return self.side + GAP + (NUMBERS if self.broken else 0)

    def left(self, head: int) -> int:
        """The left edge of a head's maps."""
        return LEFT + head % max(self.columns, 1) * (self.side + GAP)

    def top(self, row: GridRow, head: int) -> int:
        """The top edge of a head's map in a row."""
        return row.y + head // max(self.columns, 1) * self._line

    def place(self, site: Site, head: int) -> tuple[int, int] | None:
        """Left and top of a map; None when it is not shown."""
        row = next((row for row in self.rows if row.site == site), None)
        return None if row is None else (self.left(head), self.top(row, head))

    def at(self, x: float, y: float) -> tuple[Site, int] | None:
        """The map at a point, the gap after it included."""
        column = int((x - LEFT) // (self.side + GAP))
        if not 0 <= column < self.columns:
            return None
        for row in self.rows:
            for head in range(column, row.heads, self.columns):
                if 0 <= y - self.top(row, head) < self.side + GAP:
                    return row.site, head
        return None

    def step(self, site: Site | None, head: int, right: int, down: int) -> tuple[Site, int] | None:
        """The map that many heads and lines away, held at the edges."""
        lines = [(row, first) for row in self.rows for first in range(0, row.heads, self.columns)]
        if not lines:
            return None
        here = [
            i
            for i, (row, f) in enumerate(lines)
            if (row.site, f) == (site, head - head % self.columns)
        ]
        if not here:
            return lines[0][0].site, 0
        row, first = lines[min(max(here[0] + down, 0), len(lines) - 1)]
        return row.site, min(max(first + head % self.columns + right, 0), row.heads - 1)


def shape_of(
    weights: Mapping[Site, Weights], kinds: Sequence[SiteKind]
) -> tuple[tuple[Site, int], ...]:
    """The sites of these kinds with their number of heads, in the order of the groups."""
    return tuple(
        (site, weights[site].shape[0])
        for kind in kinds
        for site in sorted(s for s in weights if s.kind is kind)
    )


def smallest(shape: Sequence[tuple[Site, int]]) -> tuple[int, int]:
    """Width and height below which the maps could not be read."""
    made = arrange(shape, 0, 0)
    return made.width, made.height


def arrange(
    shape: Sequence[tuple[Site, int]], width: int, height: int, *, breaks: bool = False
) -> GridLayout:
    """The largest squares that fit into the space, within bounds.

    With `breaks`, the heads of a layer may take several equal lines where maps grow much by that.
    """
    heads = max((heads for _, heads in shape), default=1)
    columns, side = heads, _side(shape, heads, heads, width, height)
    even = [c for c in range(heads - 1, 1, -1) if breaks and heads % c == 0]
    for fewer in even:
        if (found := _side(shape, fewer, heads, width, height)) > side * _GAIN:
            columns, side = fewer, found
    made = GridLayout(side, columns, (), (), 0, 0, columns < heads)
    return _placed(made, shape)


def _side(
    shape: Sequence[tuple[Site, int]], columns: int, heads: int, width: int, height: int
) -> int:
    """The side of the squares when so many stand beside each other."""
    groups = len({site.kind for site, _ in shape})
    lines = sum(-(-heads // columns) for _, heads in shape)
    numbers = (0, HEADER) if columns == heads else (NUMBERS, 0)
    wide = (width - LEFT) // columns - GAP
    high = (height - numbers[1] - groups * TITLE) // max(lines, 1) - GAP - numbers[0]
    return min(max(min(wide, high), SMALLEST), LARGEST)


def _placed(made: GridLayout, shape: Sequence[tuple[Site, int]]) -> GridLayout:
    rows: list[GridRow] = []
    titles: list[tuple[SiteKind, int]] = []
    above = NUMBERS if made.broken else 0
    y = 0 if made.broken else HEADER
    for site, heads in shape:
        if not titles or titles[-1][0] is not site.kind:
            titles.append((site.kind, y))
            y += TITLE
        rows.append(GridRow(site, heads, y + above))
        y += -(-heads // made.columns) * (made.side + GAP + above)
    width = LEFT + max(made.columns * (made.side + GAP), _WIDEST_TITLE if shape else 0)
    return replace(made, rows=tuple(rows), titles=tuple(titles), width=width, height=y)

"""Where small maps stand when heads were put in an order: line after line; knows no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.messages.results import Site, SiteKind
from explorer.ui.widgets.head_grid_layout import GAP, LARGEST, SMALLEST, GridRow

_NAME = 15
"""Room above each map for its name, as layer and head stand nowhere else."""
_LEAST = 34
"""The narrowest map whose name can be read."""
_INITIALS = {SiteKind.ENCODER: "E", SiteKind.DECODER: "D", SiteKind.CROSS: "C"}
Head = tuple[Site, int]


def short_name(site: Site, head: int) -> str:
    """A head's name in a few letters: kind, layer and head, counted from one."""
    return f"{_INITIALS[site.kind]}{site.layer + 1}.{head + 1}"


@dataclass(frozen=True)
class OrderLayout:
    """Squares of `side` logical pixels in reading order, each with its name above it."""

    side: int
    columns: int
    order: tuple[Head, ...]
    width: int
    height: int
    titles: tuple[tuple[SiteKind, int], ...] = ()
    broken: bool = True
    _index: dict[Head, int] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[GridRow, ...]:
        """A row for each site that has heads in the order."""
        heads: dict[Site, int] = {}
        for site, head in self.order:
            heads[site] = max(heads.get(site, 0), head + 1)
        return tuple(GridRow(site, count, 0) for site, count in heads.items())

    def place(self, site: Site, head: int) -> tuple[int, int] | None:
        """Left and top of a map; None when it is not shown."""
        index = self._index.get((site, head))
        if index is None:
            return None
        line, column = divmod(index, self.columns)
        return column * (self.side + GAP), line * (self.side + GAP + _NAME) + _NAME

    def at(self, x: float, y: float) -> Head | None:
        """The map at a point, its name and the gap after it included."""
        column, line = int(x // (self.side + GAP)), int(y // (self.side + GAP + _NAME))
        index = line * self.columns + column
        if not 0 <= column < self.columns or not 0 <= index < len(self.order):
            return None
        return self.order[index]

    def step(self, site: Site | None, head: int, right: int, down: int) -> Head | None:
        """The map that many places and lines away, held at the ends."""
        if not self.order:
            return None
        here = self._index.get((site, head)) if site is not None else None
        if here is None:
            return self.order[0]
        moved = here + right + down * self.columns
        return self.order[min(max(moved, 0), len(self.order) - 1)]


def in_order(order: Sequence[Head], width: int, height: int) -> OrderLayout:
    """The largest squares with which all fit into the space, within bounds."""
    count, side, columns = len(order), _LEAST, max(1, (width + GAP) // (_LEAST + GAP))
    for wanted in range(LARGEST, max(SMALLEST, _LEAST) - 1, -1):
        across = max(1, (width + GAP) // (wanted + GAP))
        if -(-count // across) * (wanted + GAP + _NAME) <= height:
            side, columns = wanted, across
            break
    lines = -(-count // columns)
    index = {head: place for place, head in enumerate(order)}
    high = lines * (side + GAP + _NAME)
    return OrderLayout(side, columns, tuple(order), columns * (side + GAP), high, _index=index)

"""Where the small maps stand: groups below each other, a row a layer, a column a head; no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.messages.results import Floats, Site, SiteKind

SMALLEST, LARGEST = 16, 112
COMFORTABLE = 30
GAP = 4
LEFT = 46
HEADER = 18
TITLE = 20


@dataclass(frozen=True, slots=True)
class GridRow:
    """The maps of one site: `y` is their top in logical pixels."""

    site: Site
    heads: int
    y: int


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Squares of `side` logical pixels at (LEFT + head × (side + GAP), row.y)."""

    side: int
    rows: tuple[GridRow, ...]
    titles: tuple[tuple[SiteKind, int], ...]
    width: int
    height: int

    @property
    def columns(self) -> int:
        """The most heads that a row has."""
        return max((row.heads for row in self.rows), default=0)

    def left(self, head: int) -> int:
        """The left edge of a head's column."""
        return LEFT + head * (self.side + GAP)

    def at(self, x: float, y: float) -> tuple[Site, int] | None:
        """The map at a point, the gap after it included."""
        for row in self.rows:
            if row.y <= y < row.y + self.side + GAP:
                head = int((x - LEFT) // (self.side + GAP))
                return (row.site, head) if 0 <= head < row.heads else None
        return None

    def top(self, site: Site) -> int | None:
        """The top edge of a site's maps; None when they are not shown."""
        return next((row.y for row in self.rows if row.site == site), None)

    def step(self, site: Site | None, head: int, right: int, down: int) -> tuple[Site, int] | None:
        """The map that many columns and rows away, held at the edges."""
        sites = [row.site for row in self.rows]
        if not sites:
            return None
        if site not in sites:
            return sites[0], 0
        index = min(max(sites.index(site) + down, 0), len(sites) - 1)
        return sites[index], min(max(head + right, 0), self.rows[index].heads - 1)


def shape_of(
    weights: Mapping[Site, Floats], kinds: Sequence[SiteKind]
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


def arrange(shape: Sequence[tuple[Site, int]], width: int, height: int) -> GridLayout:
    """The largest squares that fit into the space, within bounds."""
    groups = len({site.kind for site, _ in shape})
    columns = max((heads for _, heads in shape), default=1)
    wide = (width - LEFT) // max(columns, 1) - GAP
    high = (height - HEADER - groups * TITLE) // max(len(shape), 1) - GAP
    side = min(max(min(wide, high), SMALLEST), LARGEST)
    rows: list[GridRow] = []
    titles: list[tuple[SiteKind, int]] = []
    y = HEADER
    for site, heads in shape:
        if not titles or titles[-1][0] is not site.kind:
            titles.append((site.kind, y))
            y += TITLE
        rows.append(GridRow(site, heads, y))
        y += side + GAP
    return GridLayout(side, tuple(rows), tuple(titles), LEFT + columns * (side + GAP), y)

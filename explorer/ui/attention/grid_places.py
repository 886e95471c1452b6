"""Where the small maps of a figure stand: groups beside or below each other; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.messages.results import Site, SiteKind

GAP = 4.0
GROUP_GAP = 18.0
_SIDES = (92.0, 72.0, 56.0, 44.0, 36.0, 28.0)
_WIDEST = 780.0
Group = tuple[SiteKind, tuple[tuple[Site, int], ...]]
"""A kind, and its sites with their numbers of heads."""


@dataclass(frozen=True, slots=True)
class Room:
    """What text takes: a line of it, and the names of the layers at the left."""

    line: float
    left: float

    @property
    def head(self) -> float:
        """A group's title and the numbers of its heads."""
        return 2.25 * self.line


@dataclass(frozen=True, slots=True)
class GridPlaces:
    """Squares of `side`; where each group begins, and how far all reach."""

    side: float
    corners: tuple[tuple[float, float], ...]
    width: float
    height: float


def place(groups: Sequence[Group], width: float, height: float, room: Room) -> GridPlaces:
    """The largest squares that fit, with as many groups beside each other as that takes."""
    tries = [_placed(groups, across, width, height, room) for across in range(1, len(groups) + 1)]
    return max(tries, key=lambda made: made.side)


def natural(groups: Sequence[Group], room: Room) -> tuple[float, float]:
    """Width and height of a page on which all are seen well: no wider than text, not too high."""
    count = len(groups)
    even = [across for across in range(1, count + 1) if count % across == 0]
    tries = [_sized(groups, across, side, room) for side in _SIDES for across in even]
    fit = (made for made in tries if made[0] <= _WIDEST and made[1] <= 1.3 * made[0])
    return next(fit, tries[-1])


def _sized(groups: Sequence[Group], across: int, side: float, room: Room) -> tuple[float, float]:
    columns = _columns(groups) * (side + GAP) + room.left
    lines = [groups[i : i + across] for i in range(0, len(groups), across)]
    rows = sum(max(len(sites) for _, sites in line) for line in lines)
    height = rows * (side + GAP) + len(lines) * (room.head + GROUP_GAP) - GROUP_GAP
    return across * columns + (across - 1) * GROUP_GAP, height


def _columns(groups: Sequence[Group]) -> int:
    return max((heads for _, sites in groups for _, heads in sites), default=1)


def _placed(
    groups: Sequence[Group], across: int, width: float, height: float, room: Room
) -> GridPlaces:
    lines = [groups[i : i + across] for i in range(0, len(groups), across)]
    columns = sum(_columns([group]) for group in max(lines, key=_widest))
    wide = (width - across * room.left - (across - 1) * GROUP_GAP) / max(columns, 1) - GAP
    rows = sum(max(len(sites) for _, sites in line) for line in lines)
    used = len(lines) * room.head + (len(lines) - 1) * GROUP_GAP
    side = max(min(wide, (height - used) / max(rows, 1) - GAP), 2.0)
    corners: list[tuple[float, float]] = []
    y, right = 0.0, 0.0
    for line in lines:
        x = 0.0
        for group in line:
            corners.append((x, y))
            x += room.left + _columns([group]) * (side + GAP) + GROUP_GAP
        right = max(right, x - GROUP_GAP)
        y += room.head + max(len(s) for _, s in line) * (side + GAP) + GROUP_GAP
    return GridPlaces(side, tuple(corners), right, y - GROUP_GAP)


def _widest(line: Sequence[Group]) -> int:
    return sum(_columns([group]) for group in line)

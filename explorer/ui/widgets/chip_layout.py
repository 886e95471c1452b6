"""Where chips stand that flow like words in a paragraph; knows no Qt."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where one chip stands, in pixels from the upper left corner."""

    x: int
    y: int
    width: int
    row: int


@dataclass(frozen=True, slots=True)
class ChipLayout:
    """All places, in order, with rows of one height."""

    places: tuple[Place, ...]
    row_starts: tuple[int, ...]
    row_height: int
    height: int

    def at(self, x: int, y: int) -> int | None:
        """The chip under a point."""
        for index in range(*self.between(y, y + 1)):
            place = self.places[index]
            if place.y <= y < place.y + self.row_height and place.x <= x < place.x + place.width:
                return index
        return None

    def between(self, top: int, bottom: int) -> tuple[int, int]:
        """The first and past-the-last chip of the rows that touch these heights."""
        tops = [self.places[start].y for start in self.row_starts]
        first = max(0, bisect_right(tops, top) - 1)
        last = bisect_right(tops, bottom - 1)
        start = self.row_starts[first] if first < len(self.row_starts) else len(self.places)
        end = self.row_starts[last] if last < len(self.row_starts) else len(self.places)
        return start, end


def flow(
    widths: Sequence[int],
    gaps: Sequence[int],
    *,
    width: int,
    row_height: int,
    row_gap: int,
    from_right: bool = False,
) -> ChipLayout:
    """Break chips into rows; `gaps[i]` stands before chip i unless a row begins with it.

    A chip wider than the rows gets a row of its own and their width.
    """
    places: list[Place] = []
    starts: list[int] = []
    x = y = 0
    for index, (wide, gap) in enumerate(zip(widths, gaps, strict=True)):
        wide = min(wide, width)
        x += gap
        if not places or x + wide > width:
            y += row_height + row_gap if places else 0
            x = 0
            starts.append(index)
        left = width - x - wide if from_right else x
        places.append(Place(left, y, wide, len(starts) - 1))
        x += wide
    return ChipLayout(tuple(places), tuple(starts), row_height, y + row_height if places else 0)

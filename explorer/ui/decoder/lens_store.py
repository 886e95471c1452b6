"""Which lenses are asked of the worker, and what has come, kept decision by decision; no Qt.

What a decision's layers say depends on the tokens up to it alone: so everything is kept by that
beginning, and a text that shares it, or a cursor that comes back, asks for nothing.

Axes: L layer (0 is the embedding), K place from the best on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.messages.commands import Lens
from explorer.messages.decoding import Decoding
from explorer.messages.events import LensRead
from explorer.messages.heads import Floats
from explorer.messages.lenses import Ints, LensGrid, LensReading, LogitParts
from explorer.messages.tokens import Token

FIRST_REQUEST = -1_000_000
"""Requests count down from here, so that none is mistaken for another panel's."""
_MOST = 64
"""Columns that are asked for at once, so that no answer keeps the worker long."""

Path = tuple[str, tuple[int, ...]]
"""A source text and the ids of the tokens up to a decision, its own included."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One decision, read out at every layer, as in `LensGrid`; `step` is that of the weights.

    Two are equal only when they are the same one.
    """

    chosen: Token
    read: Token
    layers: tuple[str, ...]
    top_LK: Ints
    probability_LK: Floats
    rank_L: Ints
    chosen_L: Floats
    entropy_L: Floats
    words: Mapping[int, Token]
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What a page wants to see: columns of the grid, and one decision's logit taken apart."""

    decoding: Decoding
    index: int
    columns: tuple[int, ...]
    against: int | None = None

    def path(self, decision: int) -> Path:
        """Source and tokens up to a decision."""
        steps = self.decoding.steps[: decision + 1]
        return self.decoding.source_text, tuple(step.token.id for step in steps)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    wanted: Wanted
    command: Lens
    step: int

    def is_for(self, command: Lens, step: int) -> bool:
        """Whether the same was asked here."""
        return self.step == step and replace(command, request=self.command.request) == self.command


class LensStore:
    """Keeps what was read of one model at one step; of the step before, what was seen last."""

    def __init__(self) -> None:
        self.refused = ""
        """Why the worker could not read what was asked for last."""
        self._about = ("", 0, "")
        self._columns: dict[Path, Column] = {}
        self._parts: dict[tuple[Path, int | None], LogitParts] = {}
        self._before: dict[int, tuple[Path, Column]] = {}
        self._last: tuple[Path, LogitParts] | None = None
        self._asked: list[_Asked] = []
        self._request = FIRST_REQUEST

    def opened(self) -> None:
        """Another model is here: nothing that was read holds for it, nor what is on its way."""
        request = self._request
        self.__init__()
        self._request = request

    @property
    def waiting(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._asked)

    def command(self, wanted: Wanted) -> Lens | None:
        """What to ask the worker now, if anything is missing; it counts as sent."""
        self._turn_to(wanted.decoding)
        missing = [c for c in wanted.columns if wanted.path(c) not in self._columns][:_MOST]
        known = (wanted.path(wanted.index), wanted.against) in self._parts
        if (known and not missing) or self.refused:
            return None
        columns = tuple(missing) or (wanted.index,)
        text, written = wanted.path(max(wanted.index, *columns))
        command = Lens(
            text, written, wanted.index, against=wanted.against, decisions=columns,
            request=self._request - 1,
        )  # fmt: skip
        step = wanted.decoding.step
        if self._asked and self._asked[-1].is_for(command, step):
            return None
        self._request -= 1
        self._asked.append(_Asked(wanted, command, step))
        return command

    def _turn_to(self, decoding: Decoding) -> None:
        about = _about(decoding)
        if about != self._about:
            self._about, self.refused = about, ""
            self._columns.clear()
            self._parts.clear()

    def take(self, told: LensRead) -> bool:
        """Whether an answer was ours; with it, whatever was asked before is settled."""
        asked = next((each for each in self._asked if each.command.request == told.request), None)
        if asked is None:
            return False
        newest = asked is self._asked[-1]
        self._asked = [each for each in self._asked if each.command.request < told.request]
        if told.reading is not None:
            self._keep(asked.wanted, told.reading)
        elif newest:
            self.refused = told.refused
        return True

    def failed(self, request: int, message: str) -> bool:
        """The worker could not answer at all; whether that was ours, as one without a number is."""
        if not any(request in (0, each.command.request) for each in self._asked):
            return False
        self._asked, self.refused = [], message
        return True

    def _keep(self, wanted: Wanted, reading: LensReading) -> None:
        """Keep an answer; one of a step that has passed is what was seen last, no more."""
        current = _about(wanted.decoding) == self._about
        path = wanted.path(wanted.index)
        for place, decision in enumerate(reading.grid.decisions):
            column = _column(reading.grid, place, reading.step)
            self._before[decision] = wanted.path(decision), column
            if current:
                self._columns[wanted.path(decision)] = column
        self._last = path, reading.parts
        if current:
            self._parts[path, wanted.against] = reading.parts

    def column(self, wanted: Wanted, decision: int) -> tuple[Column | None, bool]:
        """A decision's column, or the one seen last in its place; and whether it is the right one.

        Weights of another step of the same text do for right until theirs have come.
        """
        path = wanted.path(decision)
        found = self._columns.get(path)
        if found is not None:
            self._before[decision] = path, found
            return found, True
        kept = self._before.get(decision)
        return (None, False) if kept is None else (kept[1], kept[0] == path)

    def parts(self, wanted: Wanted) -> tuple[LogitParts | None, bool]:
        """The logit taken apart, or the one seen last; and whether it is the right one."""
        path = wanted.path(wanted.index)
        found = self._parts.get((path, wanted.against))
        if found is not None:
            self._last = path, found
            return found, True
        if self._last is None:
            return None, False
        kept = self._last[1]
        rival = None if kept.against is None else kept.against.id
        return kept, (self._last[0], rival) == (path, wanted.against)

    def complete(self, wanted: Wanted) -> bool:
        """Whether all that is wanted is here, of this very step."""
        there = all(wanted.path(column) in self._columns for column in wanted.columns)
        return there and (wanted.path(wanted.index), wanted.against) in self._parts


def _about(decoding: Decoding) -> tuple[str, int, str]:
    return decoding.model, decoding.step, decoding.source_text


def _column(grid: LensGrid, place: int, step: int) -> Column:
    return Column(
        grid.chosen[place], grid.read[place], grid.layers, grid.top_LPK[:, place],
        grid.probability_LPK[:, place], grid.rank_LP[:, place], grid.chosen_LP[:, place],
        grid.entropy_LP[:, place], grid.words, step,
    )  # fmt: skip


def in_view(count: int, index: int, room: int, first: int) -> tuple[int, ...]:
    """The decisions around the cursor, as many as have room; `first` is the one seen first so far.

    They stay where they are until the cursor comes to their edge.
    """
    room = max(1, min(room, count))
    margin = 1 if room > 2 else 0
    first = min(first, index - margin)
    first = max(first, index + margin - room + 1)
    first = max(0, min(first, count - room))
    return tuple(range(first, first + room))


def chosen_ones(count: int, index: int, pinned: Sequence[int], room: int) -> tuple[int, ...]:
    """The decisions that a person picked, and the cursor's; those nearest to it where room ends."""
    there = {place for place in pinned if place < count} | {index}
    near = sorted(there, key=lambda place: (abs(place - index), place))[: max(1, room)]
    return tuple(sorted(near))

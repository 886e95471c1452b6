"""Balanced brackets: each closing bracket looks for the opening one that it answers."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig

CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENING = tuple(CLOSING)
_OTHER = {a: b for one in CLOSING.items() for a, b in (one, one[::-1])}
YES, NO = "balanced", "broken"


class Brackets:
    """`( [ ] ) { }` → `balanced`, `( [ ) ]` → `broken`."""

    name: ClassVar[str] = "brackets"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Balanced brackets, half of them broken in one place or two; an even number of them."""
        draw = Drawing(chance)
        least = max(1, (config.min_length + 1) // 2)
        items = _balanced(draw.between(least, max(least, config.max_length // 2)), draw)
        if draw.often(0.5):
            return Pair(" ".join(items), YES)
        while balanced(items):
            items = _broken(items, draw)
        return Pair(" ".join(items), NO)

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every bracket and both answers."""
        return [" ".join([*CLOSING, *CLOSING.values(), YES, NO])]


def balanced(items: list[str]) -> bool:
    """Whether every bracket is closed by its own kind, in the right order."""
    open_ones: list[str] = []
    for item in items:
        if item in CLOSING:
            open_ones.append(CLOSING[item])
        elif not open_ones or open_ones.pop() != item:
            return False
    return not open_ones


def _balanced(pairs: int, draw: Drawing) -> list[str]:
    items: list[str] = []
    open_ones: list[str] = []
    while pairs or open_ones:
        if pairs and (not open_ones or draw.often(0.5)):
            opening = draw.one(_OPENING)
            items.append(opening)
            open_ones.append(CLOSING[opening])
            pairs -= 1
        else:
            items.append(open_ones.pop())
    return items


def _broken(items: list[str], draw: Drawing) -> list[str]:
    """Two brackets exchanged, or one turned round, or one of another kind."""
    items, place, way = list(items), draw.below(len(items)), draw.below(4)
    if way == 0:
        items[place] = _OTHER[items[place]]
    elif way == 1:
        kinds = _OPENING if items[place] in CLOSING else tuple(CLOSING.values())
        items[place] = draw.one(kinds)
    else:
        other = draw.below(len(items))
        items[place], items[other] = items[other], items[place]
    return items

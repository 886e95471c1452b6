"""Majority: the answer spreads its look over all items and weighs them."""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.task import LETTERS
from explorer.messages.config import TaskConfig


class Majority:
    """`b a a c a b` → `a`: the item that stands most often, and no other as often."""

    name: ClassVar[str] = "majority"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A list of even chance; where two lead, one of them takes another's place."""
        draw = Drawing(chance)
        length = draw.between(config.min_length, config.max_length)
        items = [draw.one(LETTERS[: config.symbols]) for _ in range(length)]
        winner, *level = _leading(items, draw)
        if level:
            items[items.index(draw.one(level))] = winner
        return Pair(" ".join(draw.some(items, length)), winner)

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every item once."""
        return [" ".join(LETTERS[: config.symbols])]


def _leading(items: list[str], draw: Drawing) -> list[str]:
    """The items that stand most often, in any order."""
    counts = Counter(items)
    most = max(counts.values())
    leading = [item for item, count in counts.items() if count == most]
    return draw.some(leading, len(leading))

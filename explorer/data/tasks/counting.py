"""Counting: the answer looks at every item that is like the asked one, and at no other."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.task import LETTERS
from explorer.messages.config import TaskConfig


class Counting:
    """`a c b a a ? a` → `3`: how often the asked item stands in the list."""

    name: ClassVar[str] = "counting"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A list in which the asked item stands any number of times, each number alike."""
        draw = Drawing(chance)
        asked, *others = draw.some(LETTERS[: config.symbols], config.symbols)
        count = draw.between(0, config.max_length)
        length = draw.between(max(config.min_length, count), config.max_length)
        items = [asked] * count + [draw.one(others) for _ in range(length - count)]
        return Pair(" ".join([*draw.some(items, length), "?", asked]), str(count))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every item, every number up to the longest list, and the question mark."""
        return [
            " ".join([*LETTERS[: config.symbols], "?", *map(str, range(config.max_length + 1))])
        ]

"""A needle in noise: the answer looks past all the noise at the one marked item."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.task import SYMBOLS
from explorer.messages.config import TaskConfig

MARK = "!"


class Needle:
    """`8 2 5 ! 7 0 3` → `7`: the item behind the mark, of any number of items."""

    name: ClassVar[str] = "needle"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Items of even chance with a mark before one of them."""
        length = int(chance.integers(config.min_length, config.max_length + 1))
        items = [SYMBOLS[i] for i in chance.integers(config.symbols, size=length).tolist()]
        place = int(chance.integers(length))
        return Pair(" ".join([*items[:place], MARK, *items[place:]]), items[place])

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every symbol and the mark."""
        return [" ".join([*SYMBOLS[: config.symbols], MARK])]

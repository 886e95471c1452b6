"""Associative recall: the answer looks at the pair that has the asked key."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.task import LETTERS
from explorer.messages.config import TaskConfig

VALUES = "0123456789"


class Recall:
    """`a3 k7 c3 ? k` → `7`: letters are keys, digits their values (Ba et al., 2016).

    A pair is one word, so that one look finds it; looks that build on each other are the matter
    of the task `repeat`.
    """

    name: ClassVar[str] = "recall"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Pairs of different keys and any values, then one of the keys → its value."""
        draw = Drawing(chance)
        longest = min(config.max_length, config.symbols)
        length = draw.between(min(config.min_length, longest), longest)
        pairs = [key + draw.one(VALUES) for key in draw.some(LETTERS[: config.symbols], length)]
        asked = draw.one(pairs)
        return Pair(" ".join([*pairs, "?", asked[0]]), asked[1])

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every pair, every key and every value once, and the question mark."""
        keys = LETTERS[: config.symbols]
        return [" ".join([*(key + value for key in keys for value in VALUES), *keys, *VALUES, "?"])]

"""Associative recall: the answer looks at the value that stands beside the asked key."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.task import LETTERS
from explorer.messages.config import TaskConfig

VALUES = "0123456789"


class Recall:
    """`a 3 k 7 c 3 ? k` → `7`: letters are keys, digits their values (Ba et al., 2016)."""

    name: ClassVar[str] = "recall"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Pairs of different keys and any values, then one of the keys → its value."""
        draw = Drawing(chance)
        longest = min(config.max_length, config.symbols)
        length = draw.between(min(config.min_length, longest), longest)
        keys = draw.some(LETTERS[: config.symbols], length)
        values = [draw.one(VALUES) for _ in keys]
        asked = draw.below(length)
        listed = [f"{key} {value}" for key, value in zip(keys, values, strict=True)]
        return Pair(" ".join([*listed, "?", keys[asked]]), values[asked])

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every key and every value once, and the question mark."""
        return [" ".join([*LETTERS[: config.symbols], *VALUES, "?"])]

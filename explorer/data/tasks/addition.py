"""Addition in writing: each digit of the sum looks at the digits of its place, and at the carry."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig

LONGEST = 15
"""Digits of a number at most, so that every digit is a matter of chance."""


class Addition:
    """`27+945` → `972`, digit by digit."""

    name: ClassVar[str] = "addition"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Two numbers, each of even chance in its count of digits, and their sum."""
        draw = Drawing(chance)
        first, second = self._number(draw, config), self._number(draw, config)
        return Pair(f"{first}+{second}", str(first + second))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every character once."""
        return ["0123456789+"]

    def _number(self, draw: Drawing, config: TaskConfig) -> int:
        longest = min(config.max_length, LONGEST)
        digits = draw.between(min(config.min_length, longest), longest)
        least = 10 ** (digits - 1) if digits > 1 else 0
        return draw.between(least, 10**digits - 1)

"""Running parity: each output looks at its own bit and at all the bits before it."""

from collections.abc import Iterable
from itertools import accumulate
from operator import xor
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig


class Parity:
    """`1 0 1 1` → `1 1 0 1`: whether the ones so far are odd in number."""

    name: ClassVar[str] = "parity"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Even bits, and at each place the parity of all up to it."""
        draw = Drawing(chance)
        bits = [draw.below(2) for _ in range(draw.between(config.min_length, config.max_length))]
        return Pair(" ".join(map(str, bits)), " ".join(map(str, accumulate(bits, xor))))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Both bits."""
        return ["0 1"]

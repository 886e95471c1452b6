"""Addition on a clock: the answer looks at both numbers alike and adds them on a circle."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig


class Modular:
    """`37 + 45` → `23` on a clock of 59 hours; every number is a word of its own."""

    name: ClassVar[str] = "modular"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Two numbers below the modulus, and their sum's remainder."""
        draw = Drawing(chance)
        first, second = draw.below(config.modulus), draw.below(config.modulus)
        return Pair(f"{first} + {second}", str((first + second) % config.modulus))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every number below the modulus, and the sign."""
        return [" ".join([*map(str, range(config.modulus)), "+"])]

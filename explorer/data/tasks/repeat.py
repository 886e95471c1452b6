"""Go on with a list that has begun anew: each output looks at what followed last time."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.task import SYMBOLS
from explorer.messages.config import TaskConfig


class Repeat:
    """`7 3 1 4 7 3` → `1 4`: no item stands twice before the list begins anew."""

    name: ClassVar[str] = "repeat"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A list of different items and the start of its repetition → the rest of it."""
        draw = Drawing(chance)
        longest = max(2, min(config.max_length, config.symbols))
        length = draw.between(min(max(2, config.min_length), longest), longest)
        items = draw.some(SYMBOLS[: config.symbols], length)
        begun = draw.between(1, length - 1)
        return Pair(" ".join(items + items[:begun]), " ".join(items[begun:]))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every symbol once."""
        return [" ".join(SYMBOLS[: config.symbols])]

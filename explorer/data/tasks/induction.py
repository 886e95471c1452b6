"""Go on from any item of a list to its end: only what followed that item earlier tells how."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.task import SYMBOLS
from explorer.messages.config import TaskConfig

END = "."


class Induction:
    """`7 3 1 4 . 3` → `1 4 .`: no item stands twice, and the end of the list is marked.

    The list is as long as chance will have it and goes on from anywhere, so no place in it tells
    what comes next. The mark follows the last item as any item follows another: every output,
    the end included, is what followed the same token earlier.
    """

    name: ClassVar[str] = "induction"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A list of different items, a mark, and one of the items but the last → what followed."""
        draw = Drawing(chance)
        longest = max(2, min(config.max_length, config.symbols))
        length = draw.between(min(max(2, config.min_length), longest), longest)
        items = draw.some(SYMBOLS[: config.symbols], length)
        place = draw.between(0, length - 2)
        return Pair(" ".join([*items, END, items[place]]), " ".join([*items[place + 1 :], END]))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every symbol and the mark."""
        return [" ".join([*SYMBOLS[: config.symbols], END])]

"""A small English to Chinese: times and places move before the verb, nouns choose measure words."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.grammars import chinese
from explorer.messages.config import TaskConfig


class EnglishChinese:
    """`He will buy two books in the shop.` → `他 会 在 商店 里 买 两 本 书 。`"""

    name: ClassVar[str] = "english-chinese"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A sentence of the grammar, at times typed without its full stop."""
        draw = Drawing(chance)
        source, target = chinese.sentence(draw)
        return Pair(source.removesuffix(".") if draw.often(0.1) else source, target)

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every word of both languages in every form."""
        return chinese.words()

"""A small English to French: adjectives change places with their nouns and agree with them."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.grammars import french
from explorer.messages.config import TaskConfig


class EnglishFrench:
    """`The girl does not eat an apple.` → `La fille ne mange pas de pomme.`"""

    name: ClassVar[str] = "english-french"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A sentence of the grammar, at times typed without its full stop."""
        draw = Drawing(chance)
        source, target = french.sentence(draw)
        return Pair(source.removesuffix(".") if draw.often(0.1) else source, target)

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every word of both languages in every form."""
        return french.words()

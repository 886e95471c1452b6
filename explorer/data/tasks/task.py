"""What a generated task is, and the lists that several tasks share."""

from collections.abc import Iterable
from typing import ClassVar, Protocol

import numpy as np

from explorer.data.pairs import Pair
from explorer.messages.config import TaskConfig

SYMBOLS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Task(Protocol):
    """Makes examples without end from a source of chance."""

    name: ClassVar[str]
    learns: ClassVar[str]
    """One sentence: what attention has to learn."""

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """One pair, drawn anew."""
        ...

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Texts that hold every token that examples may contain."""
        ...


class ListTask:
    """A task over a list of symbols with spaces between, such as `3 1 4`."""

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A list of even chance in length and symbols, and what becomes of it."""
        length = int(chance.integers(config.min_length, config.max_length + 1))
        items = [SYMBOLS[i] for i in chance.integers(config.symbols, size=length)]
        return Pair(" ".join(items), " ".join(self.answer(items)))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every symbol once."""
        return [" ".join(SYMBOLS[: config.symbols])]

    def answer(self, items: list[str]) -> list[str]:
        """The list that should come out."""
        raise NotImplementedError

"""What a generated task is, and the lists that several tasks share."""

from collections.abc import Iterable
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from explorer.data.pairs import Pair
from explorer.messages.config import TaskConfig
from explorer.messages.results import Floats, SignalPicture

SYMBOLS = "0123456789abcdefghijklmnopqrstuvwxyz"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"
"""As many letters, where digits already stand for something else."""


class Task(Protocol):
    """Makes examples without end from a source of chance.

    Its title, its form and the sentence of what attention has to learn stand in
    `explorer.messages.tasks.TASK_INFO`, where the window finds them too.
    """

    name: ClassVar[str]

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """One pair, drawn anew; all that is random comes from `chance`."""
        ...

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Texts that hold every token that examples may contain."""
        ...


@runtime_checkable
class SignalTask(Task, Protocol):
    """A task whose source is a picture or a sound, made from a line of text that describes it.

    The line says everything, noise included (by a number that seeds it), so that an example can be
    held out, logged and typed as any other.
    """

    features: ClassVar[int]
    """Numbers in a frame."""

    def frames(self, source: str) -> Floats:
        """The signal cut in frames (patches of a picture, moments of a sound): frames × features.

        Values lie around −1 to 1. Raises `ValueError` in words when the line describes nothing.
        """
        ...

    def names(self, source: str) -> list[str]:
        """A short name of each frame for the axes of a heatmap."""
        ...

    def picture(self, source: str) -> SignalPicture:
        """The signal as a person sees it, and where each frame lies in it."""
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

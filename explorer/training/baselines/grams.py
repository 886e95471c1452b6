"""Counts of all n-grams in rows of token ids, as tables of sorted numbers.

A gram's key is the number of its context (the gram without its last token) · (V + 1) + its last
token, so a million tokens are counted in a fraction of a second a level.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
NONE = -1
"""In place of the number of a gram that there is not."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows one after the other; `places` counts within each row. A row may begin with a mark."""

    tokens: Ids
    places: Ids

    @classmethod
    def out(cls, rows: Sequence[Ids], mark: int | None) -> "Laid":
        """Lay out rows, each behind a mark of its beginning unless that is None."""
        front = np.array([] if mark is None else [mark], np.int64)
        parts = [np.concatenate([front, row]) for row in rows]
        places = [np.arange(len(part)) for part in parts]
        return cls(np.concatenate([front[:0], *parts]), np.concatenate([front[:0], *places]))

    def previous(self, numbers: Ids) -> Ids:
        """For each place what stands one place before; `NONE` at the beginning of a row."""
        before = np.concatenate([[NONE], numbers[:-1]])
        before[self.places == 0] = NONE
        return before


@dataclass(frozen=True, slots=True)
class Level:
    """All grams of one length.

    `keys` rise and `ids` number the gram that ends at each place of the rows. For each gram:
    `suffixes` number it without its first token, `counts` say how often it occurs, `leading`
    whether it begins with the mark of a row's beginning.
    """

    keys: Ids
    ids: Ids
    suffixes: Ids
    counts: Ids
    leading: NDArray[np.bool_]

    def find(self, contexts: Ids, tokens: Ids, base: int) -> Ids:
        """The numbers of grams by context and last token; `NONE` for those never seen."""
        if not len(self.keys):  # Rows too short for grams of this length.
            return np.full(np.broadcast(contexts, tokens).shape, NONE)
        wanted = contexts * base + tokens
        at = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        return np.where((contexts != NONE) & (self.keys[at] == wanted), at, NONE)


class Counts:
    """The grams of training rows, level by level as they are asked for."""

    def __init__(self, rows: Sequence[Ids], vocabulary: int, *, lead: bool) -> None:
        self.vocabulary, self.lead = vocabulary, lead
        self.base = vocabulary + 1
        self._laid = Laid.out(rows, vocabulary if lead else None)
        self._levels = [self._first()]

    def level(self, length: int) -> Level:
        """The grams of this length."""
        while len(self._levels) < length:
            self._levels.append(self._longer(self._levels[-1], len(self._levels) + 1))
        return self._levels[length - 1]

    def followers(self, length: int) -> Ids:
        """In place of counts below the highest order: how many tokens stood before each gram.

        Nothing stands before a row, so a gram that leads one keeps its count.
        """
        level, longer = self.level(length), self.level(length + 1)
        predecessors = np.bincount(longer.suffixes, minlength=len(level.keys))
        return np.where(level.leading, level.counts, predecessors)

    def _first(self) -> Level:
        tokens = self._laid.tokens
        counts = np.bincount(tokens, minlength=self.base)
        counts[self.vocabulary] = 0  # The mark is never said.
        every = np.arange(self.base)
        return Level(every, tokens, np.zeros_like(every), counts, every == self.vocabulary)

    def _longer(self, shorter: Level, length: int) -> Level:
        laid, there = self._laid, self._laid.places >= length - 1
        contexts = laid.previous(shorter.ids)[there]
        keys, first, inverse, counts = np.unique(
            contexts * self.base + laid.tokens[there],
            return_index=True, return_inverse=True, return_counts=True,
        )  # fmt: skip
        ids = np.full(len(laid.tokens), NONE)
        ids[there] = inverse
        leading = shorter.leading[keys // self.base]
        return Level(keys, ids, shorter.ids[there][first], counts, leading)

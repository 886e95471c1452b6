"""Two texts beside each other: what each decision paid attention to, row by row; no Qt.

Axes: N decision, K key.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.messages.branches import Branch, parting
from explorer.messages.decoding import DecodeStep
from explorer.messages.heads import Floats
from explorer.messages.tokens import SiteKind, Token
from explorer.ui.widgets.answer_words import looked_at

Weigh = Callable[[DecodeStep], Floats]
"""The weights of one decision that are to be seen, a number a key."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its tokens, and N×K weights, NaN where there was no such key yet."""

    branch: Branch
    table_NK: Floats

    @property
    def tokens(self) -> tuple[Token, ...]:
        """What was decided for, a row each."""
        return tuple(step.token for step in self.branch.steps)

    def keys(self, row: int, kind: SiteKind | None) -> tuple[Token, ...]:
        """What the decision of a row looked at."""
        return looked_at(self.branch.decoding, row, kind) if row < len(self.tokens) else ()

    def weights(self, row: int) -> Floats:
        """What the decision of a row paid, a number a key."""
        if row >= len(self.table_NK):
            return np.zeros(0, np.float32)
        weights_K = self.table_NK[row]
        return weights_K[~np.isnan(weights_K)]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts; they share `parted` tokens at their beginning."""

    one: Side
    other: Side
    parted: int

    @property
    def rows(self) -> int:
        """Decisions of the longer one."""
        return max(len(self.one.tokens), len(self.other.tokens))

    def at(self, row: int, kind: SiteKind | None) -> tuple[list[Token], Floats, Floats]:
        """What the decisions of a row looked at, and what each paid; shared keys stand once.

        Where the two looked at different tokens in one place, both are named there.
        """
        mine, its = self.one.keys(row, kind), self.other.keys(row, kind)
        tokens = [_both(mine[k : k + 1], its[k : k + 1]) for k in range(max(len(mine), len(its)))]
        return tokens, self.one.weights(row), self.other.weights(row)


def _both(mine: tuple[Token, ...], its: tuple[Token, ...]) -> Token:
    if not mine or not its or mine[0].id == its[0].id:
        return (mine or its)[0]
    return Token(-1, f"{mine[0].text} | {its[0].text}", f"{mine[0].piece} | {its[0].piece}")


def pair_of(one: Branch, other: Branch, weigh: Weigh) -> Pair:
    """Two branches with the weights that are to be seen."""
    return Pair(_side(one, weigh), _side(other, weigh), parting(one, other))


def _side(branch: Branch, weigh: Weigh) -> Side:
    rows = [weigh(step) for step in branch.steps]
    table_NK = np.full((len(rows), max(map(len, rows), default=0)), np.nan, np.float32)
    for row, weights_K in zip(table_NK, rows, strict=True):
        row[: len(weights_K)] = weights_K
    return Side(branch, table_NK)

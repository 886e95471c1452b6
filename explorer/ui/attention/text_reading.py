"""What one token attends to, or who attends to it, on average over heads, and in words; no Qt."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats
from explorer.messages.results import SiteKind, Token
from explorer.messages.shown import Shown
from explorer.ui.attention import parts
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import Head, Side

_MOST = 3


@dataclass(frozen=True)
class TextReading:
    """A chosen token on its side of some heads' attention; the other side has the weights."""

    shown: Shown
    heads: tuple[Head, ...]
    side: Side
    chosen: int
    others: int = 0
    """Pinned heads that are left out, as they attend to other tokens."""

    def same_as(self, other: "TextReading") -> bool:
        """Whether another one says the same, so that its weights need not be made again."""
        mine, its = ((one.heads, one.side, one.chosen, one.others) for one in (self, other))
        return self.shown is other.shown and mine == its

    @property
    def kind(self) -> SiteKind:
        """Which attention it is."""
        return self.heads[0][0].kind

    @property
    def other_side(self) -> Side:
        """The side that has the weights."""
        return "query" if self.side == "key" else "key"

    def tokens(self, side: Side) -> tuple[Token, ...]:
        """The tokens of a side."""
        return (self.shown.queries if side == "query" else self.shown.keys)(self.kind)

    @cached_property
    def weights(self) -> Floats:
        """The weight of each token of the other side."""
        mean = parts.mean_row if self.side == "query" else parts.mean_column
        return mean(self.shown, self.heads, self.chosen)

    @cached_property
    def open(self) -> NDArray[np.bool_] | None:
        """Which tokens of the other side the mask leaves open; None: all."""
        may = parts.open_keys if self.side == "query" else parts.open_queries
        return may(self.shown, self.kind, self.chosen)

    def peak(self, range_: str) -> float:
        """The weight that the strongest colour stands for."""
        largest = 1.0 if range_ == "fixed" else float(np.abs(self.weights).max(initial=0.0))
        return largest if 0 < largest < float("inf") else 1.0

    @property
    def headline(self) -> str:
        """The chosen token, and what the weights say of it."""
        tokens = self.tokens(self.side)
        who = words.quoted(tokens[self.chosen])
        if self.side == "key":
            return f"{who} is looked at by"
        decided = words.row_label(tokens, self.chosen, self.kind)[1:]
        return f"{who}, deciding “{decided[0]}”, looks at" if decided else f"{who} looks at"

    @property
    def average(self) -> str:
        """Whether weights are those of one head or a mean."""
        said = "One head" if len(self.heads) == 1 else f"Average of {len(self.heads)} heads"
        if self.others:
            said += f" ({self.others} pinned of other attentions left out)"
        return said

    @property
    def most(self) -> str:
        """The largest weights."""
        tokens = self.tokens(self.other_side)
        order = np.argsort(-np.abs(np.nan_to_num(self.weights)), kind="stable")[:_MOST].tolist()
        strongest = [(words.quoted(tokens[i]), float(self.weights[i])) for i in order]
        return ", ".join(f"{who} {self._number(weight)}" for who, weight in strongest)

    def weight_of(self, index: int) -> str:
        """One weight as a sentence, with that of each head."""
        value = self._number(float(self.weights[index]))
        if self.open is not None and not self.open[index]:
            value = "0, as it may not look there"
        elif len(self.heads) > 1:
            value += f" on average ({', '.join(self._single(index))})"
        chosen = words.quoted(self.tokens(self.side)[self.chosen])
        other = words.quoted(self.tokens(self.other_side)[index])
        who, whom = (chosen, other) if self.side == "query" else (other, chosen)
        return f"{who} looks at {whom}: {value}"

    def _single(self, index: int) -> list[str]:
        """The weight that each head pays."""
        query, key = (self.chosen, index) if self.side == "query" else (index, self.chosen)
        rows, columns = slice(query, query + 1), slice(key, key + 1)
        found = (parts.part(self.shown, *head, rows, columns) for head in self.heads)
        return [self._number(float(one[0, 0])) for one in found]

    def _number(self, weight: float) -> str:
        return words.signed_number(weight, signed=self.shown.signed)

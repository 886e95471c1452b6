"""The labels of a column of tokens, each made when it is looked at; a long text has thousands."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import nlargest

from PySide6.QtGui import QFontMetrics

from explorer.messages.results import SiteKind, Token
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import token_axis
from explorer.ui.widgets.token_axis import AxisLabel

_MEASURED = 24
"""The longest texts, of which the widest is found by measuring."""


class Labels:
    """One label a token; of a decoder's queries (`kind`) also the token that each decides."""

    def __init__(self, tokens: Sequence[Token] = (), kind: SiteKind = SiteKind.ENCODER) -> None:
        self._tokens, self._kind = tuple(tokens), kind
        self._made: dict[int, AxisLabel] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, index: int) -> AxisLabel:
        found = self._made.get(index)
        if found is None:
            (own,) = token_axis.key_labels((self._tokens[index],))
            parts = words.row_label(self._tokens, index, self._kind)
            found = self._made[index] = replace(own, parts=parts)
        return found

    def __iter__(self) -> Iterator[AxisLabel]:
        return (self[index] for index in range(len(self)))

    def widest(self, metrics: QFontMetrics) -> float:
        """Pixels that the widest label takes, as far as the longest texts tell."""
        lengths = [len(token.text) for token in self._tokens]
        if self._kind is not SiteKind.ENCODER:
            lengths = [a + b for a, b in zip(lengths, (*lengths[1:], 1), strict=True)]
        longest = nlargest(_MEASURED, range(len(lengths)), key=lengths.__getitem__)
        return token_axis.widest(tuple(self[index] for index in longest), metrics) + 2.0

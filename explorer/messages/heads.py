"""What the heads of one attention site work with, and the weights that follow from it.

A weight is exp(score − normaliser): with the queries, the keys and one normaliser a row, any part
of a map can be made when it is looked at, so that the map of a long text is never kept whole.

Axes: H head, Q query position, K key position, D head width, P place in a pooled map.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.messages.packed import Floats, Packed

__all__ = [
    "DENSE", "POOLED", "Floats", "Heads", "MadeWeights", "Overview", "Pooling", "Weights",
]  # fmt: skip
Pooling = Literal["maximum", "mean"]

DENSE = 1 << 24
"""Weights of a trace (all sites and heads) up to which they are kept whole: 64 MB."""
POOLED = 128
"""Rows and columns of a pooled map at most."""
_CACHED = 2


@dataclass(frozen=True, slots=True)
class Heads:
    """Queries, keys and values of one site, as they meet: turned, normed, one a head.

    `normaliser_HQ` is ln Σₖ exp(score), the sink's share included. `moved_HK` is the length of what
    a key adds to the residual at weight 1, ‖v·W_O‖ (Kobayashi et al., 2020, without the bias).
    `slopes_H` are ALiBi's, `cap` the bound of the scores (0: none), `allowed` Q×K where a query may
    look (None: anywhere). A row that may look nowhere is spread evenly and has no normaliser (NaN).
    `shift_HO` is what T5 adds to a score by distance: at key − query + Q − 1 (Raffel et al., 2020).
    `groups` tells how many heads have keys and values of their own (0: all). Of a large model and
    a long text queries, keys and values are `Packed`: a head of them is made when it is read.
    """

    query_HQD: Floats | Packed
    key_HKD: Floats | Packed
    value_HKD: Floats | Packed
    normaliser_HQ: Floats
    moved_HK: Floats
    allowed: NDArray[np.bool_] | None = None
    slopes_H: Floats | None = None
    sink_H: Floats | None = None
    cap: float = 0.0
    shift_HO: Floats | None = None
    groups: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Heads, queries, keys."""
        heads, queries = self.query_HQD.shape[:2]
        return heads, queries, self.key_HKD.shape[1]

    def scores(self, head: int, rows: slice = slice(None), columns: slice = slice(None)) -> Floats:
        """QKᵀ/√d_k of a part of a map, capped and with the distance's bias, before the mask."""
        query_QD, key_KD = self.query_HQD[head, rows], self.key_HKD[head, columns]
        scores_QK = (query_QD / np.float32(np.sqrt(query_QD.shape[-1]))) @ key_KD.T
        if self.cap:
            scores_QK = np.float32(self.cap) * np.tanh(scores_QK / np.float32(self.cap))
        if self.slopes_H is not None:
            _, queries, keys = self.shape
            # Queries are the last places of the keys.
            row_Q = np.arange(keys - queries, keys, dtype=np.float32)[rows]
            column_K = np.arange(keys, dtype=np.float32)[columns]
            scores_QK = scores_QK - self.slopes_H[head] * abs(row_Q[:, None] - column_K)
        if self.shift_HO is not None:
            _, queries, keys = self.shape
            place_Q, place_K = np.arange(queries)[rows], np.arange(keys)[columns]
            scores_QK = scores_QK + self.shift_HO[head][place_K - place_Q[:, None] + queries - 1]
        return scores_QK.astype(np.float32, copy=False)

    def block(self, head: int, rows: slice = slice(None), columns: slice = slice(None)) -> Floats:
        """Weights of a part of a map, after the softmax over whole rows."""
        normaliser_Q = self.normaliser_HQ[head, rows]
        # Where a query may not look the score may be beyond the normaliser.
        exponent_QK = np.minimum(self.scores(head, rows, columns) - normaliser_Q[:, None], 0)
        weights_QK = np.exp(exponent_QK)
        if self.allowed is not None:
            weights_QK *= self.allowed[rows, columns]
        nowhere_Q = np.isnan(normaliser_Q)
        if nowhere_Q.any():
            weights_QK[nowhere_Q] = 1 / self.shape[2]
        return weights_QK

    def row(self, head: int, query: int) -> Floats:
        """What one query pays to each key."""
        return self.block(head, slice(query, query + 1))[0]


@dataclass(frozen=True, slots=True)
class Overview:
    """All maps of a site made small: the maximum and the mean of the weights of each stretch.

    Place p holds queries (or keys) ⌊p·L/P⌋ up to ⌊(p+1)·L/P⌋.
    """

    maximum_HPP: Floats
    mean_HPP: Floats


@dataclass(slots=True)
class MadeWeights:
    """Stands where H×Q×K weights would be too many: `[head]` makes one map, `shape` tells all.

    The maps made last are kept, for all sites that share `_made`. Threads may read at once.
    """

    heads: Heads
    overview: Overview
    _made: "OrderedDict[tuple[int, int], Floats]" = field(default_factory=OrderedDict)
    """By site (the `id` of its heads) and head."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Heads, queries, keys."""
        return self.heads.shape

    @property
    def size(self) -> int:
        """How many weights there are."""
        return int(np.prod(self.shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, head: int) -> Floats:
        which = id(self.heads), head
        made = self._made.get(which)
        if made is None:
            made = self.heads.block(head)
            self._made[which] = made
            while len(self._made) > _CACHED:
                self._made.popitem(last=False)
        return made


Weights = Floats | MadeWeights
"""The weights of a site, H×Q×K: kept, or made a head at a time."""

"""How much of the scores relative position explains by itself.

Axes: Q query position, K key position, O relative position.
"""

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats

Doubles = NDArray[np.float64]
LONGEST = 512
"""Tokens that are looked at; a longer text is judged by its beginning."""


def offsets_of(open_QK: NDArray[np.bool_]) -> "Offsets":
    """The offsets of a mask; those of the last few masks are kept, for solving them is slow."""
    begun_QK = np.ascontiguousarray(open_QK[:LONGEST, :LONGEST])
    return _kept(begun_QK.tobytes(), begun_QK.shape)


@lru_cache(maxsize=8)
def _kept(cells: bytes, shape: tuple[int, int]) -> "Offsets":
    return Offsets(np.frombuffer(cells, bool).reshape(shape))


class Offsets:
    """Splits the variance of scores between relative position and the rest, for one mask.

    Scores are modelled as s(q, k) = row(q) + offset(k − q) by least squares over the open cells
    (two-way analysis of variance, Fisher, 1925). Rows take no part, since the softmax does not
    see a constant that is added to a row.
    """

    def __init__(self, open_QK: NDArray[np.bool_]) -> None:
        self._rows, self._columns = open_QK[:LONGEST, :LONGEST].nonzero()
        offsets = self._columns - self._rows
        found, self._offset = np.unique(offsets, return_inverse=True)
        self._count = len(found)

    def share(self, scores_QK: Floats) -> float:
        """Adjusted R² of the offsets; NaN where nothing varies or nothing would be left over."""
        left = len(self._rows) - self._row_count - self._rank
        centred = self._centred(scores_QK[self._rows, self._columns].astype(np.float64))
        total = float(centred @ centred)
        if left <= 0 or total <= 1e-9 * len(centred):
            return float("nan")
        sums_O = np.bincount(self._offset, centred, self._count)
        explained = float(sums_O @ self._inverse_OO @ sums_O)
        return 1 - (1 - explained / total) * (left + self._rank) / left

    def _centred(self, scores: Doubles) -> Doubles:
        sums_Q = np.bincount(self._rows, scores)
        return scores - (sums_Q / np.maximum(self._row_sizes, 1))[self._rows]

    @cached_property
    def _row_sizes(self) -> NDArray[np.intp]:
        return np.bincount(self._rows)

    @cached_property
    def _row_count(self) -> int:
        return int((self._row_sizes > 0).sum())

    @cached_property
    def _solved(self) -> tuple[Doubles, int]:
        """Pseudo-inverse and rank of the offsets' normal equations, rows taken out."""
        present_QO = np.zeros((len(self._row_sizes), self._count))
        present_QO[self._rows, self._offset] = 1
        shared_OO = present_QO.T @ (present_QO / np.maximum(self._row_sizes, 1)[:, None])
        normal_OO = np.diag(present_QO.sum(axis=0)) - shared_OO
        values, vectors = np.linalg.eigh(normal_OO)
        kept = values > 1e-9 * max(1.0, float(values.max(initial=0)))
        return (vectors[:, kept] / values[kept]) @ vectors[:, kept].T, int(kept.sum())

    @property
    def _inverse_OO(self) -> Doubles:
        return self._solved[0]

    @property
    def _rank(self) -> int:
        return self._solved[1]

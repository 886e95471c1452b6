"""The map of one head as it is shown, part by part, exact; safe on any thread, knows no Qt.

Axes: Q query position, K key position, of the tokens or words that are shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.messages import pooling
from explorer.messages.heads import Floats, MadeWeights, Pooling
from explorer.messages.results import Site
from explorer.messages.shown import Shown
from explorer.ui.attention.parts import part

_LARGE = 1 << 20
"""Weights from which on a map is drawn by tiles."""
_BAND = 1 << 20


@dataclass(frozen=True)
class MapSource:
    """One head of what is shown; two of the same trace, reading and head are equal."""

    shown: Shown
    site: Site
    head: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MapSource):
            return False
        return other.shown is self.shown and (other.site, other.head) == (self.site, self.head)

    def __hash__(self) -> int:
        return hash((id(self.shown), self.site, self.head))

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Queries and keys."""
        queries, keys = self.shown.axes(self.site.kind)
        return len(queries.tokens), len(keys.tokens)

    @property
    def large(self) -> bool:
        """Whether the map is made a tile at a time."""
        made = isinstance(self.shown.trace.weights[self.site], MadeWeights)
        return made or self.shape[0] * self.shape[1] > _LARGE

    @cached_property
    def _plain(self) -> bool:
        """Whether rows and columns are the model's own tokens, and nothing is subtracted."""
        reading, axes = self.shown.reading, self.shown.axes(self.site.kind)
        renormalised = reading.hide_special and reading.renormalise
        return all(axis.plain for axis in axes) and not renormalised and not self.shown.signed

    def weights(self, rows: slice, columns: slice) -> Floats:
        """Q×K: a part of the map."""
        weights = self.shown.trace.weights[self.site]
        if not self._plain:
            return part(self.shown, self.site, self.head, rows, columns)
        if isinstance(weights, MadeWeights):
            return weights.heads.block(self.head, rows, columns)
        return weights[self.head, rows, columns]

    def weight(self, query: int, key: int) -> float:
        """One weight."""
        return float(self.weights(slice(query, query + 1), slice(key, key + 1))[0, 0])

    @cached_property
    def _allowed(self) -> NDArray[np.bool_] | None:
        return self.shown.allowed(self.site.kind)

    def allowed(self, rows: slice, columns: slice) -> NDArray[np.bool_] | None:
        """Q×K: where a query may look; None: anywhere."""
        return None if self._allowed is None else self._allowed[rows, columns]

    def pooled(
        self, rows: slice, columns: slice, factor: int, how: Pooling,
        peaks_Q: Floats | None = None, wanted: Callable[[], bool] = lambda: True,
    ) -> tuple[Floats, NDArray[np.bool_] | None] | None:  # fmt: skip
        """A part pooled, and where its blocks are closed; None when it is wanted no more.

        With `peaks_Q` weights become shares of their row's largest before they are pooled.
        """
        allowed_QK = self.allowed(rows, columns)
        open_PR = None if allowed_QK is None else pooling.any_open(allowed_QK, factor)
        if open_PR is not None and not open_PR.any():
            return np.zeros(open_PR.shape, np.float32), ~open_PR

        def made(rows: slice, columns: slice) -> Floats:
            weights_QK = self.weights(rows, columns)
            return weights_QK if peaks_Q is None else shares(weights_QK, peaks_Q[rows])

        found = pooling.pooled_part(
            made, rows, columns, factor, how, signed=self.shown.signed, wanted=wanted
        )
        if found is None:
            return None
        return found, None if open_PR is None else ~open_PR & (found == 0)

    def peaks(self, wanted: Callable[[], bool] = lambda: True) -> Floats | None:
        """Q: the largest weight of each row (of differences the largest size)."""
        queries, keys = self.shape
        step = max(_BAND // max(keys, 1), 1)
        found = np.zeros(queries, np.float32)
        for start in range(0, queries, step):
            if not wanted():
                return None
            band = abs(self.weights(slice(start, start + step), slice(0, keys)))
            finite = np.where(np.isfinite(band), band, 0)
            found[start : start + step] = finite.max(axis=1, initial=0)
        return found

    @cached_property
    def overview(self) -> tuple[Floats, Floats] | None:
        """The whole map made small: maximum and mean; None where there is none that is exact."""
        weights = self.shown.trace.weights[self.site]
        if not self._plain or not isinstance(weights, MadeWeights):
            return None
        return weights.overview.maximum_HPP[self.head], weights.overview.mean_HPP[self.head]


def shares(weights_QK: Floats, peaks_Q: Floats) -> Floats:
    """Weights over the largest of their row; a row of nothing stays one."""
    peaks_Q1 = np.where(peaks_Q > 0, peaks_Q, 1)[:, None]
    return (weights_QK / peaks_Q1).astype(np.float32, copy=False)

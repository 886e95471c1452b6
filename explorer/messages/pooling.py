"""Maps made smaller: square blocks of weights pooled to one, a band of rows at a time.

Axes: Q query, K key; P and R rows and columns of a pooled map.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats, Pooling

Make = Callable[[slice, slice], Floats]
"""Makes the weights of some rows and columns."""
_BAND = 1 << 20
"""Weights that are made at a time."""


def pooled(weights_QK: Floats, factor: int, how: Pooling, *, signed: bool = False) -> Floats:
    """Blocks of `factor` × `factor` weights as one; blocks at the far edges may be smaller.

    The `maximum` of differences is the one furthest from 0, with its sign.
    """
    if factor == 1:
        return weights_QK
    if how == "mean":
        sizes_PR = _counts(weights_QK.shape[0], factor)[:, None] * _counts(
            weights_QK.shape[1], factor
        )
        return (_reduced(weights_QK, factor, np.add) / sizes_PR).astype(np.float32)
    largest_PR = _reduced(weights_QK, factor, np.maximum)
    if not signed:
        return largest_PR
    least_PR = _reduced(weights_QK, factor, np.minimum)
    return np.where(-least_PR > largest_PR, least_PR, largest_PR)


def any_open(allowed_QK: NDArray[np.bool_], factor: int) -> NDArray[np.bool_]:
    """Whether any weight of a block may be other than 0."""
    return allowed_QK if factor == 1 else _reduced(allowed_QK, factor, np.logical_or)


def pooled_part(
    make: Make, rows: slice, columns: slice, factor: int, how: Pooling, *, signed: bool = False,
    wanted: Callable[[], bool] = lambda: True,
) -> Floats | None:  # fmt: skip
    """A part of a map made and pooled in bands; None as soon as it is not wanted any more.

    `rows` and `columns` begin at multiples of `factor`; no more than a band is ever in memory.
    """
    wide = max(columns.stop - columns.start, 1)
    step = max(_BAND // wide // factor, 1) * factor
    bands: list[Floats] = []
    for start in range(rows.start, rows.stop, step):
        if not wanted():
            return None
        band = make(slice(start, min(start + step, rows.stop)), columns)
        bands.append(pooled(band, factor, how, signed=signed))
    return np.concatenate(bands) if bands else np.zeros((0, 0), np.float32)


def _reduced(values_QK: np.ndarray, factor: int, how: np.ufunc) -> np.ndarray:
    """Rows first, as whole rows are quick to compare."""
    count = len(values_QK)
    starts = range(0, count, factor)
    kind = values_QK.dtype
    rows_PK = np.empty((len(starts), values_QK.shape[1]), kind)
    for row, start in enumerate(starts):
        how.reduce(values_QK[start : start + factor], axis=0, out=rows_PK[row])
    return how.reduceat(rows_PK, np.arange(0, values_QK.shape[1], factor), axis=1)


def _counts(count: int, factor: int) -> NDArray[np.int64]:
    ends = np.minimum(np.arange(factor, count + factor, factor), count)
    return np.diff(ends, prepend=0)

"""Cells to pixels at any zoom: numpy in, 0xAARRGGBB words out, no Qt.

Axes: Q and K rows and columns in view, P and R those after pooling, Y and X pixels.
"""

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats, Pooling
from explorer.ui.attention.coloring import Coloring
from explorer.ui.widgets.raster import HATCH, MASKED, Places, Words

_HATCH_STEP = 6
Closed = NDArray[np.bool_] | None
"""Where a query may not look and did not."""


def colored(values: Floats, closed: Closed, coloring: Coloring, peak: float) -> Words:
    """A colour for each value; closed ones are told from weights of 0."""
    levels = coloring.levels(values, peak)
    if closed is not None:
        levels[closed] = MASKED
    return coloring.table[levels]


def window(
    values_QK: Floats, closed_QK: Closed, coloring: Coloring, peak: float,
    rows: Places, columns: Places, how: Pooling,
) -> Words:  # fmt: skip
    """Y×X pixels of cells whose edges are `rows` and `columns`, counted in pixels.

    A pixel that begins in several cells shows their maximum or mean, as `how` says.
    """
    (by_row, at_row), (by_column, at_column) = _spread(rows), _spread(columns)
    if by_row is not None or by_column is not None:
        values_QK, closed_QK = _shrunk(
            values_QK, closed_QK, by_row, by_column, how, coloring.signed
        )
    colors = colored(values_QK, closed_QK, coloring, peak)
    found = colors.take(at_row, axis=0).take(at_column, axis=1)
    if closed_QK is not None and by_row is None and by_column is None:
        closed_YX = closed_QK.take(at_row, axis=0).take(at_column, axis=1)
        closed_YX &= strokes(*found.shape)
        np.copyto(found, coloring.table[HATCH], where=closed_YX)
    return found


def strokes(height: int, width: int) -> NDArray[np.bool_]:
    """Which pixels lie on slanting lines."""
    return (np.arange(height)[:, None] + np.arange(width)) % _HATCH_STEP == 0


def _spread(edges: Places) -> tuple[Places | None, Places]:
    """Starts of the groups of cells that share a pixel, if any do, and each pixel's cell or group.

    A cell without a pixel of its own belongs to the pixel at which it lies.
    """
    wide = np.diff(edges)
    if (wide > 0).all():
        return None, np.repeat(np.arange(len(wide)), wide)
    at = np.minimum(edges[:-1], edges[-1] - 1)
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    lengths = np.diff(at[starts], append=edges[-1])
    return starts, np.repeat(np.arange(len(starts)), lengths)


def _shrunk(
    values: Floats, closed: Closed, rows: Places | None, columns: Places | None,
    how: Pooling, signed: bool,
) -> tuple[Floats, Closed]:  # fmt: skip
    pooled = _by(values, rows, columns, np.add if how == "mean" else np.maximum)
    if how == "mean":
        pooled = (pooled / _by(np.ones_like(values), rows, columns, np.add)).astype(np.float32)
    elif signed:
        least = _by(values, rows, columns, np.minimum)
        pooled = np.where(-least > pooled, least, pooled)
    if closed is not None:
        closed = _by(closed, rows, columns, np.logical_and)
    return pooled, closed


def _by(values: np.ndarray, rows: Places | None, columns: Places | None, how: np.ufunc):
    """Groups of rows first: a loop over whole rows is quicker than `reduceat` on them."""
    if rows is not None:
        ends = [*rows[1:].tolist(), len(values)]
        made = np.empty((len(rows), values.shape[1]), values.dtype)
        for at, (start, end) in enumerate(zip(rows.tolist(), ends, strict=True)):
            how.reduce(values[start:end], axis=0, out=made[at])
        values = made
    return values if columns is None else how.reduceat(values, columns, axis=1)

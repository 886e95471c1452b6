"""Attention weights to pixels: numpy in, 0xAARRGGBB words out, no Qt.

Axes: H head, Q query, K key, Y and X pixels.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.messages.results import Floats
from explorer.ui import colormaps

Words = NDArray[np.uint32]
Places = NDArray[np.intp]
"""Where cells begin and end: count + 1 pixels."""
NOT_A_NUMBER = 256
"""The entry of a table, after the 256 of the map, that paints weights which are no numbers."""
MASKED, HATCH = 257, 258
"""The entries for cells that a pattern or mask closes to a query: their ground, and its strokes."""
_HATCH_STEP = 6
Allowed = NDArray[np.bool_] | None
"""Queries × keys: where a query may look; None: anywhere."""


def palette(dark: bool, wrong: int, masked: int = 0, hatch: int = 0) -> Words:
    """The sequential map, then the colours of what is no number and of what is masked."""
    table = colormaps.color_table(colormaps.sequential(dark))
    rest = np.array([wrong, masked, hatch], np.uint32) | np.uint32(0xFF000000)
    return np.concatenate([table, rest]).astype(np.uint32)


def levels(weights: Floats, peak: float | Floats = 1.0) -> NDArray[np.uint16]:
    """Each weight's place among the 256 colours, where `peak` takes the last one.

    `peak` is one number or one that broadcasts (a peak per head); zero counts as one.
    """
    peak = np.where(np.asarray(peak) > 0, peak, 1.0)
    scaled = weights * (255.0 / peak) + 0.5
    bad = None if np.isfinite(scaled.sum()) else ~np.isfinite(scaled)
    if bad is not None:
        scaled[bad] = NOT_A_NUMBER
        return np.clip(scaled, 0, NOT_A_NUMBER).astype(np.uint16)
    return np.clip(scaled, 0, 255).astype(np.uint16)


def pixels(
    weights_HQK: Floats, peak: float | Floats, table: Words, height: int, width: int,
    allowed_QK: Allowed = None, *, hatched: bool = False,
) -> Words:  # fmt: skip
    """Maps drawn at a size: uint32 of shape heads × height × width.

    Where a pixel covers several weights, it shows the largest of them. Where a query may not look
    and did not, the map shows that instead of a weight of 0, with strokes when `hatched`.
    """
    pooled_HQK = pool(weights_HQK, height, width)
    places_HQK = levels(pooled_HQK, peak)
    if allowed_QK is not None:
        open_HQK = pool(allowed_QK[None].astype(np.float32), height, width)
        np.copyto(places_HQK, MASKED, where=(pooled_HQK == 0) & (open_HQK == 0))
    rows = spread(pooled_HQK.shape[1], height)
    columns = spread(pooled_HQK.shape[2], width)
    colors_HYX = table[places_HQK].take(rows, axis=1).take(columns, axis=2)
    if hatched and allowed_QK is not None:
        closed_HYX = (places_HQK == MASKED).take(rows, axis=1).take(columns, axis=2)
        closed_HYX &= _strokes(height, width)
        np.copyto(colors_HYX, table[HATCH], where=closed_HYX)
    return colors_HYX


@lru_cache(maxsize=4)
def _strokes(height: int, width: int) -> NDArray[np.bool_]:
    """Which pixels lie on slanting lines."""
    return (np.arange(height)[:, None] + np.arange(width)) % _HATCH_STEP == 0


def drawn(colors_HQK: Words, height: int, width: int) -> Words:
    """Cells as pixels: heads × height × width."""
    rows, columns = spread(colors_HQK.shape[1], height), spread(colors_HQK.shape[2], width)
    return colors_HQK.take(rows, axis=1).take(columns, axis=2)


def pool(weights_HQK: Floats, rows: int, columns: int, *, signed: bool = False) -> Floats:
    """At most `rows` × `columns` weights, each the largest of the block that it stands for.

    Of differences the one that is furthest from 0.
    """
    if signed:
        largest, least = pool(weights_HQK, rows, columns), -pool(-weights_HQK, rows, columns)
        return np.where(-least > largest, least, largest)
    queries, keys = weights_HQK.shape[1:]
    if queries > rows:
        weights_HQK = _largest_of_rows(weights_HQK, _starts(queries, rows))
    if keys > columns:
        weights_HQK = np.maximum.reduceat(weights_HQK, _starts(keys, columns), axis=2)
    return weights_HQK


def edges(count: int, length: int) -> Places:
    """Where `count` cells begin and end on `length` pixels: count + 1 whole numbers."""
    return (np.arange(count + 1) * length + count // 2) // max(count, 1)


def spread(count: int, length: int) -> Places:
    """For each of `length` pixels the cell, of `count`, that it shows."""
    return np.repeat(np.arange(count), np.diff(edges(count, length)))


def _largest_of_rows(weights_HQK: Floats, starts: Places) -> Floats:
    """As `np.maximum.reduceat` on axis 1, in a sixth of its time."""
    heads, queries, keys = weights_HQK.shape
    ends = [*starts[1:].tolist(), queries]
    largest_HYK = np.empty((heads, len(starts), keys), weights_HQK.dtype)
    for row, (start, end) in enumerate(zip(starts.tolist(), ends, strict=True)):
        weights_HQK[:, start:end].max(axis=1, out=largest_HYK[:, row])
    return largest_HYK


def _starts(count: int, groups: int) -> Places:
    return (np.arange(groups) * count) // groups

"""One head's weights as a picture in the colours that were chosen, for figures on paper."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from explorer.messages.results import Floats
from explorer.ui import theme
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import raster

_FINEST = 1024
"""Rows and columns at most; each shows the strongest of what it stands for."""
_SHARP = 256
"""Pixels a side at least, so that no viewer's smoothing blurs the cells."""
Allowed = NDArray[np.bool_] | None


def image_of(
    weights_QK: Floats, style: MapStyle, allowed_QK: Allowed = None, *, signed: bool = False
) -> QImage:
    """The map with some pixels a cell, queries down and keys across."""
    coloring = Coloring(style, theme.colors(), signed)
    pooled_QK = raster.pool(weights_QK[None], _FINEST, _FINEST, signed=signed)[0]
    levels_QK = coloring.levels(pooled_QK, _peak(pooled_QK, style))
    if allowed_QK is not None and allowed_QK.shape == pooled_QK.shape:
        levels_QK[(pooled_QK == 0) & ~allowed_QK] = raster.MASKED
    high, wide = (max(1, -(-_SHARP // max(count, 1))) for count in levels_QK.shape)
    colors = coloring.table[levels_QK].repeat(high, axis=0).repeat(wide, axis=1)
    return _image(np.ascontiguousarray(colors))


def _peak(weights_QK: Floats, style: MapStyle) -> float | Floats:
    if style.range == "row":
        return np.abs(weights_QK).max(axis=1, keepdims=True, initial=0)
    return float(np.abs(weights_QK).max(initial=0)) if style.range == "map" else 1.0


def ramp(style: MapStyle, *, signed: bool) -> QImage:
    """The colour map as a strip from its least to its greatest."""
    return _image(Coloring(style, theme.colors(), signed).table[None, :256].copy())


def _image(words: raster.Words) -> QImage:
    high, wide = words.shape
    return QImage(words.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()

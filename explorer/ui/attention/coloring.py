"""From weights to the entries of a colour table, and back to the weights that a colour stands for.

Pure numpy: the same for the map, its tiles and its colour bar, on any thread.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats
from explorer.ui import colormaps
from explorer.ui.attention.style import MapStyle
from explorer.ui.palette import Colors
from explorer.ui.style_sheet import mix
from explorer.ui.widgets.raster import HATCH, MASKED, NOT_A_NUMBER, Words

DECADES = 4
"""Powers of ten that the logarithmic scale spans; what is smaller has the colour of nothing."""
MIDDLE = 128
"""The entry of a difference of 0."""


@dataclass(frozen=True, slots=True)
class Coloring:
    """A style in a theme; differences run from the middle of the table to both ends."""

    style: MapStyle
    colors: Colors
    signed: bool = False

    def levels(self, weights: Floats, peak: float | Floats) -> NDArray[np.uint16]:
        """Each weight's entry in the table, where `peak` takes the last; it broadcasts.

        A peak of 0 counts as 1; what is no number has an entry of its own.
        """
        peak = np.where(np.asarray(peak, np.float32) > 0, peak, np.float32(1))
        share: Floats = weights * (np.float32(1) / peak).astype(np.float32)
        places = strength(np.abs(share) if self.signed else share, self.style.scale)
        if self.signed:
            places = np.copysign(places, share) * np.float32(127) + np.float32(MIDDLE + 0.5)
        else:
            places = places * np.float32(255) + np.float32(0.5)
        if not np.isfinite(weights.sum()):
            places = np.where(np.isfinite(weights), places, np.float32(NOT_A_NUMBER))
        return places.astype(np.uint16)

    def value(self, place: float) -> float:
        """The share of the peak that a place on the bar stands for: 0 to 1, or −1 to 1."""
        if self.signed:
            side = 2 * place - 1
            return float(np.sign(side) * _share(abs(side), self.style.scale))
        return _share(place, self.style.scale)

    def place(self, share: float) -> float:
        """Where on the bar, 0 to 1, a share of the peak stands."""
        found = float(strength(np.array([abs(share)], np.float32), self.style.scale)[0])
        return 0.5 + float(np.sign(share)) * found / 2 if self.signed else found

    @property
    def table(self) -> Words:
        """256 colours, then those of no number, of a closed cell and of the strokes on it."""
        return _table(self.style.colors, self.colors, self.signed)

    @property
    def dark_ink(self) -> NDArray[np.bool_]:
        """On which of the 256 colours dark ink stands out more than light ink."""
        return _dark_ink(self.style.colors, self.colors.dark, self.signed)


def strength(share: Floats, scale: str) -> Floats:
    """Shares of the peak as places from 0 to 1."""
    # What is no number becomes 0, as these two prefer the other one.
    share = np.fmin(np.fmax(share, np.float32(0)), np.float32(1)).astype(np.float32, copy=False)
    if scale == "square root":
        return np.sqrt(share)
    if scale == "log":
        least = np.float32(10.0**-DECADES)
        found = np.log10(np.maximum(share, least)) / np.float32(DECADES) + np.float32(1)
        return found.astype(np.float32, copy=False)
    return share


def _share(place: float, scale: str) -> float:
    """The opposite of `strength`."""
    if scale == "square root":
        return place * place
    if scale == "log":
        return 10.0 ** (DECADES * (place - 1))
    return place


@lru_cache(maxsize=16)
def _table(name: str, c: Colors, signed: bool) -> Words:
    closed, stroke = mix(c.surface, c.line, 0.3), mix(c.surface, c.line, 0.9)
    rest = np.array([int(color[1:], 16) for color in (c.bad, closed, stroke)], np.uint32)
    made = colormaps.color_table(colormaps.of(name, c.dark, signed=signed))
    assert (NOT_A_NUMBER, MASKED, HATCH) == (256, 257, 258)
    return np.concatenate([made, rest | np.uint32(0xFF000000)]).astype(np.uint32)


@lru_cache(maxsize=16)
def _dark_ink(name: str, dark: bool, signed: bool) -> NDArray[np.bool_]:
    linear = (colormaps.of(name, dark, signed=signed) / 255.0) ** 2.2
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722]) + 0.05
    return luminance / 0.06 > 1.05 / luminance

"""Colour maps that are perceptually uniform by construction: even steps in Oklab.

Oklab is Björn Ottosson's perceptual colour space (https://bottosson.github.io/posts/oklab/): equal
distances in it look equal. A map is a polyline through it, resampled to equal distances.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Colors = NDArray[np.uint8]
"""256 × 3 sRGB bytes."""

_TO_LMS = np.array([
    [1.0, 0.3963377774, 0.2158037573],
    [1.0, -0.1055613458, -0.0638541728],
    [1.0, -0.0894841775, -1.2914855480],
])  # fmt: skip
_TO_RGB = np.array([
    [4.0767416621, -3.3077115913, 0.2309699292],
    [-1.2684380046, 2.6097574011, -0.3413193965],
    [-0.0041960863, -0.7034186147, 1.7076147010],
])  # fmt: skip


@cache
def sequential(dark: bool) -> Colors:
    """From the background (nothing) to the strongest contrast with it (everything)."""
    if dark:
        return _ramp((0.235, 0.02, 265), (0.42, 0.12, 275), (0.66, 0.16, 235), (0.95, 0.09, 110))
    return _ramp((0.985, 0.005, 250), (0.80, 0.10, 220), (0.52, 0.16, 255), (0.27, 0.12, 285))


@cache
def diverging(dark: bool) -> Colors:
    """Negative in blue, positive in red, nothing in the background's grey."""
    middle = (0.25, 0.0, 0) if dark else (0.97, 0.0, 0)
    end = 0.75 if dark else 0.45
    return _ramp((end, 0.14, 250), middle, (end, 0.16, 30))


def color_table(colors: Colors) -> NDArray[np.uint32]:
    """The map as 256 opaque 0xAARRGGBB words, for `QImage.Format_RGB32` pixels."""
    red, green, blue = (colors[:, i].astype(np.uint32) for i in range(3))
    return (np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue).astype(np.uint32)


def _ramp(*stops: tuple[float, float, float]) -> Colors:
    """A map through (lightness 0–1, chroma, hue in degrees) stops, even in Oklab distance."""
    corners = np.array([
        (light, chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue)))
        for light, chroma, hue in stops
    ])  # fmt: skip
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    places = np.linspace(0.0, along[-1], 256)
    lab = np.stack([np.interp(places, along, corners[:, i]) for i in range(3)], axis=1)
    linear = ((lab @ _TO_LMS.T) ** 3 @ _TO_RGB.T).clip(0.0, 1.0)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (srgb * 255).round().astype(np.uint8)

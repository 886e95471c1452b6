"""Colour maps that are perceptually uniform by construction: even steps in Oklab.

Oklab is Björn Ottosson's perceptual colour space (https://bottosson.github.io/posts/oklab/): equal
distances in it look equal. A map is a polyline through it, resampled to equal distances.
"""

from collections.abc import Callable
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
    """Negative in blue, positive in red, nothing (entry 128) in the background's grey."""
    middle = (0.25, 0.0, 0) if dark else (0.97, 0.0, 0)
    end = 0.75 if dark else 0.45
    negative = _ramp((end, 0.14, 250), middle, count=129)
    positive = _ramp(middle, (end, 0.16, 30), count=128)
    return np.concatenate([negative, positive[1:]])


@cache
def violet_to_yellow(dark: bool) -> Colors:
    """Dark violet by blue and green to bright yellow, the same on every ground."""
    return _ramp(
        (0.27, 0.13, 310), (0.45, 0.11, 272), (0.62, 0.10, 195), (0.78, 0.17, 145),
        (0.93, 0.19, 107),
    )  # fmt: skip


@cache
def blue_to_yellow(dark: bool) -> Colors:
    """Dark blue by grey to yellow: alike to all kinds of colour vision, on every ground."""
    return _ramp((0.24, 0.09, 262), (0.56, 0.012, 262), (0.93, 0.155, 98))


@cache
def gray(dark: bool) -> Colors:
    """From the background to black or white, for print."""
    return _ramp((0.235, 0.0, 0), (0.97, 0.0, 0)) if dark else _ramp((0.995, 0.0, 0), (0.2, 0.0, 0))


MAPS: dict[str, Callable[[bool], Colors]] = {
    "default": sequential, "violet": violet_to_yellow, "blue": blue_to_yellow, "gray": gray,
}  # fmt: skip
"""Every map from nothing to everything, by its key in `MapStyle.colors`."""
NAMES: tuple[tuple[str, str, str], ...] = (
    ("default", "House colours", "Even steps from the background to the strongest contrast."),
    ("violet", "Violet to yellow", "Even steps through many hues, as viridis has them."),
    ("blue", "Blue to yellow", "Looks alike to all kinds of colour vision, as cividis does."),
    ("gray", "Grey", "For print without colours."),
)
"""Key, name and meaning of each map."""


def of(name: str, dark: bool, *, signed: bool = False) -> Colors:
    """The map of that key (the house's if there is none); of differences the diverging one."""
    return diverging(dark) if signed else MAPS.get(name, sequential)(dark)


def color_table(colors: Colors) -> NDArray[np.uint32]:
    """The map as 256 opaque 0xAARRGGBB words, for `QImage.Format_RGB32` pixels."""
    red, green, blue = (colors[:, i].astype(np.uint32) for i in range(3))
    return (np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue).astype(np.uint32)


def _ramp(*stops: tuple[float, float, float], count: int = 256) -> Colors:
    """A map through (lightness 0–1, chroma, hue in degrees) stops, even in Oklab distance."""
    corners = np.array([
        (light, chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue)))
        for light, chroma, hue in stops
    ])  # fmt: skip
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    places = np.linspace(0.0, along[-1], count)
    lab = np.stack([np.interp(places, along, corners[:, i]) for i in range(3)], axis=1)
    linear = ((lab @ _TO_LMS.T) ** 3 @ _TO_RGB.T).clip(0.0, 1.0)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (srgb * 255).round().astype(np.uint8)

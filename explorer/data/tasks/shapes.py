"""Pictures of shapes: the answer looks at the patches where the outline bends."""

from collections.abc import Callable, Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from explorer.data.pairs import Pair
from explorer.data.tasks.description import Description
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig
from explorer.messages.results import Floats, SignalPicture

SIDE, PATCH = 24, 4
"""Pixels of the picture and of a patch, each way."""
ACROSS = SIDE // PATCH
LEVEL = 0.15
"""Deviation of the pixels for each step of noise, where the shape is 1 and the ground −1."""
_SETTINGS = {"x": (0, SIDE), "y": (0, SIDE), "r": (2, SIDE), "turn": (-180, 180),
             "noise": (0, 9), "seed": (0, 999_999)}  # fmt: skip
_USUAL = {"x": SIDE // 2, "y": SIDE // 2, "r": 7, "turn": 0, "noise": 1, "seed": 0}
_ROWS_HW, _COLUMNS_HW = np.mgrid[:SIDE, :SIDE].astype(np.float32) + np.float32(0.5)

Reals = NDArray[np.floating]
Outline = Callable[[Reals, Reals], Reals]
"""How far points lie outside of a shape of radius 1, negative inside; u to the right, v down."""


def _circle(u: Reals, v: Reals) -> Reals:
    return np.hypot(u, v) - 1


def _ring(u: Reals, v: Reals) -> Reals:
    return np.abs(np.hypot(u, v) - 0.78) - 0.22


def _square(u: Reals, v: Reals) -> Reals:
    return np.maximum(np.abs(u), np.abs(v)) - 0.85


def _frame(u: Reals, v: Reals) -> Reals:
    return np.abs(np.maximum(np.abs(u), np.abs(v)) - 0.67) - 0.2


def _triangle(u: Reals, v: Reals) -> Reals:
    return np.maximum(np.abs(u) * 0.866 - v * 0.5, v) - 0.5


def _cross(u: Reals, v: Reals) -> Reals:
    a, b = np.abs(u), np.abs(v)
    return np.maximum(np.minimum(a, b) - 0.28, np.maximum(a, b) - 1)


def _moon(u: Reals, v: Reals) -> Reals:
    return np.maximum(np.hypot(u, v) - 1, 0.8 - np.hypot(u - 0.5, v))


def _bar(u: Reals, v: Reals) -> Reals:
    return np.maximum(np.abs(u) - 1, np.abs(v) - 0.28)


SHAPES: dict[str, Outline] = {
    "circle": _circle, "ring": _ring, "square": _square, "frame": _frame, "triangle": _triangle,
    "cross": _cross, "moon": _moon, "bar": _bar,
}  # fmt: skip
_NAMES = tuple(SHAPES)


class Shapes:
    """`ring x=11 y=9 r=6 turn=5 noise=3 seed=812` stands for a picture → `ring`.

    The model sees nothing but the pixels; what is left out of the line takes its usual value.
    """

    name: ClassVar[str] = "shapes"
    features: ClassVar[int] = PATCH * PATCH

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A shape of any place and size, turned a little, in little or much noise."""
        draw = Drawing(chance)
        shape, r = draw.one(_NAMES), draw.between(5, 10)
        x, y = draw.between(r, SIDE - r), draw.between(r, SIDE - r)
        return Pair(
            f"{shape} x={x} y={y} r={r} turn={draw.between(-20, 20)} noise={draw.below(5)} "
            f"seed={draw.below(10_000)}",
            shape,
        )

    def words(self, config: TaskConfig) -> Iterable[str]:
        """The names of the shapes."""
        return [" ".join(SHAPES)]

    def frames(self, source: str) -> Floats:
        """The patches, row by row: 36 × 16 pixels, the ground −1 and the shape 1 before noise.

        Raises `ValueError` in words when the line names no shape.
        """
        patches = _pixels(source).reshape(ACROSS, PATCH, ACROSS, PATCH).swapaxes(1, 2)
        return patches.reshape(ACROSS * ACROSS, PATCH * PATCH)

    def names(self, source: str) -> list[str]:
        """Row and column of each patch, counted from 1."""
        return [f"{i // ACROSS + 1}·{i % ACROSS + 1}" for i in range(ACROSS * ACROSS)]

    def picture(self, source: str) -> SignalPicture:
        """The pixels from 0 to 1, and each patch's square."""
        rows, columns = np.divmod(np.arange(ACROSS * ACROSS), ACROSS)
        size = np.full_like(rows, PATCH)
        boxes = np.stack([columns * PATCH, rows * PATCH, size, size], axis=1).astype(np.int32)
        values = np.clip((_pixels(source) + 1) / 2, 0, 1).astype(np.float32)
        return SignalPicture(values, boxes, "picture")


def _pixels(source: str) -> Floats:
    """The picture, SIDE × SIDE."""
    line = Description.read(source, _SETTINGS, _USUAL)
    if len(line.words) != 1 or line.words[0].lower() not in SHAPES:
        raise ValueError(
            f"This stands for no picture: {source.strip()[:60]!r}. Begin with one of "
            f"{', '.join(SHAPES)}; a size, a place and noise may follow, such as "
            "“ring x=11 y=9 r=6 noise=2”."
        )
    at = line.values
    angle, radius = np.deg2rad(at["turn"]), np.float32(at["r"])
    cos, sin = np.float32(np.cos(angle) / radius), np.float32(np.sin(angle) / radius)
    x, y = _COLUMNS_HW - np.float32(at["x"]), _ROWS_HW - np.float32(at["y"])
    outside = SHAPES[line.words[0].lower()](x * cos + y * sin, y * cos - x * sin) * radius
    pixels = 1 - 2 * np.clip(outside + 0.5, 0, 1)
    if at["noise"]:
        chance = np.random.default_rng(at["seed"])
        pixels += chance.standard_normal(pixels.shape, np.float32) * (LEVEL * at["noise"])
    return pixels.astype(np.float32, copy=False)

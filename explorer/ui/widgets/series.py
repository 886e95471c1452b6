"""A curve's points in a buffer that grows, and its means and extremes over any stretch."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK = 64
"""Points that are summed up in advance, so that a long curve costs no more than a short one."""

GHOST = -1
"""The colour of a curve that stands behind the others."""

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Buckets:
    """Neighbouring points taken together: middle, mean, least and most of each bucket.

    A bucket without a finite value is NaN. `largest` is the most points in one bucket.
    """

    x: Floats
    mean: Floats
    low: Floats
    high: Floats
    largest: int


class Series:
    """Points with rising x. Values that are not finite are kept, and left out of every mean.

    Points that were handed out (`x`, `y`) stay as they are, whatever comes after.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget every point."""
        self._x: Floats = np.empty(1024)
        self._y: Floats = np.empty(1024)
        self._blocks: Floats = np.empty((4, 1024 // BLOCK))  # sum, count, least, most
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def x(self) -> Floats:
        """The steps, rising."""
        return self._x[: self._size]

    @property
    def y(self) -> Floats:
        """The values as the model had them."""
        return self._y[: self._size]

    def append(self, x: ArrayLike, y: ArrayLike) -> None:
        """Add points after the last; where x falls back, what stood from there on is replaced."""
        new_x, new_y = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
        falls = np.flatnonzero(np.diff(new_x) <= 0) + 1
        for part_x, part_y in zip(np.split(new_x, falls), np.split(new_y, falls), strict=True):
            if len(part_x):
                self._append_rising(part_x, part_y)

    def _append_rising(self, new_x: Floats, new_y: Floats) -> None:
        start = int(np.searchsorted(self.x, new_x[0]))
        if start < self._size:
            self._x, self._y = self._x.copy(), self._y.copy()
        self._size = start + len(new_x)
        self._make_room()
        self._x[start : self._size] = new_x
        self._y[start : self._size] = new_y
        self._sum_up(start // BLOCK)

    def _make_room(self) -> None:
        capacity = len(self._x)
        if self._size <= capacity:
            return
        while capacity < self._size:
            capacity *= 2
        self._x = _longer(self._x, capacity)
        self._y = _longer(self._y, capacity)
        self._blocks = _longer(self._blocks, capacity // BLOCK)

    def _sum_up(self, first: int) -> None:
        """Fill the blocks from `first` on; the last may be incomplete."""
        starts = np.arange(first * BLOCK, self._size, BLOCK) - first * BLOCK
        summed = _summed(self.y[first * BLOCK :], starts)
        self._blocks[:, first : first + len(starts)] = summed

    def span(self, low: float, high: float) -> tuple[int, int]:
        """The indices of the points with `low` ≤ x ≤ `high`, and one neighbour on each side."""
        start = int(np.searchsorted(self.x, low, "left"))
        end = int(np.searchsorted(self.x, high, "right"))
        return max(0, start - 1), min(self._size, end + 1)

    def nearest(self, x: float) -> int | None:
        """The index of the point closest to x; None when there is none."""
        if not self._size:
            return None
        after = min(int(np.searchsorted(self.x, x)), self._size - 1)
        before = max(0, after - 1)
        return before if x - self._x[before] <= self._x[after] - x else after

    def reduce(self, edges: Indices) -> Buckets:
        """Buckets between neighbouring edges, which are rising indices.

        From the first bucket of a block's length on, edges move to the bounds of blocks: widths
        must not fall again after that.
        """
        wide = np.flatnonzero(np.diff(edges) >= 2 * BLOCK)
        split = int(wide[0]) if len(wide) else len(edges) - 1
        fine, coarse = edges[: split + 1], edges[split:]
        if len(wide):
            coarse = self._to_blocks(coarse)
            fine[-1] = coarse[0]
        fine, coarse = np.unique(fine), np.unique(coarse)
        sums = np.concatenate([self._from_points(fine), self._from_blocks(coarse)], axis=1)
        bounds = np.concatenate([fine, coarse[1:]])
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = sums[0] / sums[1]
        middle = (self._x[bounds[:-1]] + self._x[bounds[1:] - 1]) / 2
        return Buckets(middle, mean, sums[2], sums[3], int(np.diff(bounds).max(initial=1)))

    def _to_blocks(self, edges: Indices) -> Indices:
        moved = edges // BLOCK * BLOCK
        moved[-1] = min(self._size, -(-edges[-1] // BLOCK) * BLOCK)
        return moved

    def _from_points(self, edges: Indices) -> Floats:
        if len(edges) < 2:
            return np.empty((4, 0))
        return _summed(self._y[edges[0] : edges[-1]], edges[:-1] - edges[0])

    def _from_blocks(self, edges: Indices) -> Floats:
        if len(edges) < 2:
            return np.empty((4, 0))
        first, last = edges[0] // BLOCK, -(-edges[-1] // BLOCK)
        return _reduced(self._blocks[:, first:last], edges[:-1] // BLOCK - first)


@dataclass
class Curve:
    """A series with a name, the number of its colour in the theme, and the words for a value."""

    name: str
    color: int
    words: Callable[[float], str]
    points: str = "steps"
    series: Series = field(default_factory=Series)

    @property
    def known(self) -> bool:
        """Whether it has a value: some curves have none in some tasks."""
        y = self.series.y
        return bool(len(y)) and bool(np.isfinite(y[-1]) or np.isfinite(y).any())


def _longer(array: Floats, length: int) -> Floats:
    made = np.empty((*array.shape[:-1], length))
    made[..., : array.shape[-1]] = array
    return made


def _summed(y: Floats, starts: Indices) -> Floats:
    """Sum, count, least and most of the finite values from each start to the next."""
    finite = np.isfinite(y)
    if finite.all():
        counts = np.diff(starts, append=len(y))
        low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
        return np.stack([np.add.reduceat(y, starts), counts, low, high])
    clean = np.where(finite, y, np.nan)
    return _reduced(np.stack([np.where(finite, y, 0.0), finite, clean, clean]), starts)


def _reduced(parts: Floats, starts: Indices) -> Floats:
    return np.stack([
        np.add.reduceat(parts[0], starts),
        np.add.reduceat(parts[1], starts),
        np.fmin.reduceat(parts[2], starts),
        np.fmax.reduceat(parts[3], starts),
    ])  # fmt: skip


def even_edges(start: int, end: int, most: int) -> Indices:
    """Edges of at most about `most` equal buckets; their length is a power of two.

    Edges are multiples of the length, so buckets stay as they are while the curve grows.
    """
    length = 1
    while (end - start) / length > most:
        length *= 2
    edges = np.arange(start // length * length, end + length, length)
    edges[-1] = end
    return np.unique(edges)

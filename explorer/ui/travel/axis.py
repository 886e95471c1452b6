"""Training as a line from 0 to 1: where each step lies, evenly or so that the first ones show."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Steps from 0 to `last`; with `log` each lies at the logarithm of one more than it."""

    last: int = 1
    log: bool = False

    def place(self, step: float) -> float:
        """Where a step lies."""
        if self.log:
            return math.log1p(max(0.0, step)) / math.log1p(max(1, self.last))
        return step / max(1, self.last)

    def places(self, steps_S: Doubles) -> Doubles:
        """Where many lie."""
        if self.log:
            return np.log1p(steps_S) / math.log1p(max(1, self.last))
        return steps_S / max(1, self.last)

    def step(self, place: float) -> float:
        """What lies there."""
        if self.log:
            return math.expm1(place * math.log1p(max(1, self.last)))
        return place * max(1, self.last)

    def nearest(self, place: float, kept: Sequence[int]) -> int:
        """The kept step that looks closest to a place; raises `ValueError` without any."""
        return min(kept, key=lambda step: abs(self.place(step) - place))


def neighbour(kept: Sequence[int], step: int | None, by: int) -> int | None:
    """So many kept steps on; None, which is now, lies behind the last one."""
    here = len(kept) if step is None else bisect_left(kept, step)
    there = min(max(here + by, 0), len(kept))
    return None if there == len(kept) else kept[there]

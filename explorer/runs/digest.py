"""What a list shows of a run's log: a small curve and the newest figures, read as the log grows."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats
from explorer.messages.results import Change, Measurement
from explorer.runs.metrics import Entry, change_of, measurement_of
from explorer.runs.tail import LogTail

MOST_POINTS = 128
"""Points of the small curve; past it neighbours become one."""


class Digest:
    """Reads a log in slices, and on another day only what is new in it."""

    def __init__(self, path: Path) -> None:
        self._tail = LogTail(path)
        self._begin()

    def _begin(self) -> None:
        self.step = 0
        self.newest: Measurement | None = None
        self.changes: tuple[Change, ...] = ()
        self._points: list[tuple[int, float]] = []
        self._waiting: list[tuple[int, float]] = []
        self._share = 1

    def advance(self) -> bool:
        """Read a slice; whether there is more."""
        entries = self._tail.look()
        if entries is None:  # Steps are being taken again: the log was cut.
            self._begin()
            return True
        for entry in entries:
            self._take(entry)
        return self._tail.more

    def _take(self, entry: Entry) -> None:
        if "loss" in entry:
            self.step = int(entry["step"])
            self._waiting.append((self.step, float(entry["loss"])))
            if len(self._waiting) == self._share:
                self._points.append(_mean(self._waiting))
                self._waiting.clear()
                self._thin()
        elif measured := measurement_of(entry):
            self.newest = measured
        elif change := change_of(entry):
            self.changes = (*self.changes, change)

    def _thin(self) -> None:
        """Neighbours become one where there are too many points."""
        if len(self._points) < MOST_POINTS:
            return
        pairs = zip(self._points[::2], self._points[1::2], strict=True)
        self._points = [_mean([one, other]) for one, other in pairs]
        self._share *= 2

    def curve(self) -> tuple[NDArray[np.int64], Floats]:
        """Steps and mean losses; the last point may stand for fewer steps."""
        points = [*self._points, *([_mean(self._waiting)] if self._waiting else [])]
        steps, losses = zip(*points, strict=True) if points else ((), ())
        return np.array(steps, np.int64), np.array(losses, np.float32)


def _mean(points: list[tuple[int, float]]) -> tuple[int, float]:
    return points[-1][0], sum(loss for _, loss in points) / len(points)

"""Which rows of a corpus a step learns from: a function of the seed, the step and the batch sizes.

So a run continues from any step without a saved place in the data, also when the batch size was
changed on the way.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
POOL = 50
"""Batches among which rows are sorted by length, to save padding."""


@dataclass(slots=True)
class _Stretch:
    """Steps of one batch size: first what was left of the epoch begun before, then whole epochs."""

    start: int
    size: int
    epoch: int
    rest: list[Rows] = field(default_factory=list)


class Epochs:
    """An order shuffled anew each epoch, with rows of like length together."""

    def __init__(self, lengths: NDArray[np.integer], batch_size: int, seed: int) -> None:
        self._lengths, self._seed = lengths, seed
        self._stretches = [_Stretch(0, batch_size, 0)]
        self._known: tuple[int, int] = (-1, -1)
        self._order: list[Rows] = []

    def resize(self, step: int, batch_size: int) -> None:
        """From step `step` on, batches hold so many rows; what was said of later steps is dropped.

        The rows of the epoch in progress that no step has had yet come first, shuffled anew.
        """
        while len(self._stretches) > 1 and self._stretches[-1].start >= step:
            self._stretches.pop()
        now = self._stretches[-1]
        if now.start >= step:
            self._stretches[-1] = _Stretch(step, batch_size, now.epoch)
        elif now.size != batch_size:
            self._stretches.append(self._changed(now, step, batch_size))

    def rows(self, step: int) -> Rows:
        """The rows of a step."""
        stretch = next(s for s in reversed(self._stretches) if s.start <= step)
        place = step - stretch.start
        if place < len(stretch.rest):
            return stretch.rest[place]
        epoch, index = divmod(place - len(stretch.rest), self._per_epoch(stretch.size))
        return self._whole(stretch.epoch + epoch, stretch.size)[index]

    def _per_epoch(self, size: int) -> int:
        return max(1, len(self._lengths) // size)

    def _changed(self, old: _Stretch, step: int, size: int) -> _Stretch:
        place = step - old.start
        if place < len(old.rest):
            left, following = old.rest[place:], old.epoch
        else:
            epoch, index = divmod(place - len(old.rest), self._per_epoch(old.size))
            left = self._whole(old.epoch + epoch, old.size)[index:] if index else []
            following = old.epoch + epoch + bool(index)
        rows = np.concatenate(left) if left else np.empty(0, np.int64)
        chance = np.random.default_rng((self._seed, following, step))
        enough = len(rows) >= size
        rest = self._batches(chance.permutation(rows), size, chance) if enough else []
        return _Stretch(step, size, following, rest)

    def _whole(self, epoch: int, size: int) -> list[Rows]:
        if (epoch, size) != self._known:
            chance = np.random.default_rng((self._seed, epoch))
            rows = chance.permutation(len(self._lengths))
            self._known, self._order = (epoch, size), self._batches(rows, size, chance)
        return self._order

    def _batches(self, rows: Rows, size: int, chance: np.random.Generator) -> list[Rows]:
        """Whole batches of shuffled rows; fewer rows than one batch are one."""
        count, size = max(1, len(rows) // size), min(size, len(rows))
        rows = rows[: count * size]
        pool = size * POOL
        for start in range(0, len(rows), pool):
            part = rows[start : start + pool]
            rows[start : start + pool] = part[np.argsort(self._lengths[part], kind="stable")]
        batches = np.split(rows, count)
        chance.shuffle(batches)
        return batches

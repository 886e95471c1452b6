"""Running text as batches of windows, at places that depend on the seed and the step alone."""

import mmap
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.data.coding import Batch, Coding, Ids, Row

LARGE = 64 << 20
"""Bytes on disk from which on what was read is not kept in memory."""
_READ_ON = 50
"""Batches between two times that it is let go."""
_STRETCH = 1 << 14
"""Tokens of an example, where windows are not asked for."""


class TextStream:
    """Windows at random places of an array of ids, which may be one on disk."""

    def __init__(
        self, coding: Coding, ids: NDArray[np.integer], batch_size: int, seed: int
    ) -> None:
        self._coding, self._ids, self._batch_size, self._seed = coding, ids, batch_size, seed

    def resize(self, step: int, batch_size: int) -> None:
        """Other batches from now on; no step depends on those before it."""
        self._batch_size = batch_size

    def batch(self, step: int) -> Batch:
        """The windows that step `step` (from 0) learns from."""
        chance = np.random.default_rng((self._seed, step))
        context = self._coding.config.task.context
        starts = chance.integers(len(self._ids) - context, size=self._batch_size)
        windows_BL = np.asarray(self._ids[starts[:, None] + np.arange(context + 1)])
        if step % _READ_ON == 0:
            let_go(self._ids)
        return self._coding.text_batch(windows_BL, chance)

    def examples(self) -> Iterator[tuple[Row, Ids]]:
        """Every stretch of the text once, shuffled; there is nothing else to read."""
        starts = np.arange(0, len(self._ids), _STRETCH)
        for start in np.random.default_rng(self._seed).permutation(starts):
            yield [], self._ids[start : start + _STRETCH].tolist()


def let_go(ids: NDArray[np.integer]) -> None:
    """Unmap what was read of a large array on disk; the system may keep it, and count it its own.

    Random windows would map the whole file in the end, a gigabyte that looks like the program's.
    """
    mapped = getattr(ids, "_mmap", None)
    if ids.nbytes > LARGE and mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)

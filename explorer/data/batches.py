"""A batch for every step; which one depends on the seed alone.

So a run continues from any step without a saved place in the data.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol
from zlib import crc32

import numpy as np

from explorer.data.coding import Batch, Coding, Ids, Row
from explorer.data.epochs import Epochs
from explorer.data.pairs import Pair
from explorer.data.tasks.task import Task
from explorer.messages.config import TaskConfig


class BatchStream(Protocol):
    """The training data: a batch for every step."""

    def batch(self, step: int) -> Batch:
        """The batch that step `step` (from 0) learns from."""
        ...

    def resize(self, step: int, batch_size: int) -> None:
        """From step `step` on, batches hold so many examples."""
        ...

    def examples(self) -> Iterator[tuple[Row, Ids]]:
        """What is learned from as it is, without end where it is generated; of text, pieces."""
        ...


def held_out(source: str) -> bool:
    """Whether a generated source is kept from training: one in ten, by a hash of its text."""
    return crc32(source.encode()) % 10 == 0


class GeneratedStream:
    """Examples made as they are needed, fresh at every step."""

    def __init__(self, task: Task, coding: Coding, batch_size: int, seed: int) -> None:
        self._task, self._coding = task, coding
        self._batch_size, self._seed = batch_size, seed

    def resize(self, step: int, batch_size: int) -> None:
        """Other batches from now on; no step depends on those before it."""
        self._batch_size = batch_size

    def batch(self, step: int) -> Batch:
        """Fresh examples whose sources are not held out."""
        chance = np.random.default_rng((self._seed, step))
        settings = self._coding.config.task
        pairs: list[Pair] = []
        while len(pairs) < self._batch_size:
            pair = self._task.example(chance, settings)
            if not held_out(pair.source):
                pairs.append(pair)
        sources = self._coding.read([p.source for p in pairs])
        return self._coding.batch(sources, self._coding.say([p.target for p in pairs]))

    def examples(self) -> Iterator[tuple[Row, Ids]]:
        """Fresh examples, others than those of the steps."""
        chance = np.random.default_rng((self._seed, 2**32 - 2))
        while True:
            pair = self._task.example(chance, self._coding.config.task)
            if not held_out(pair.source):
                yield self._coding.read([pair.source])[0], self._coding.say([pair.target])[0]


def held_out_pairs(task: Task, config: TaskConfig, count: int, seed: int) -> list[Pair]:
    """Different held-out examples of a task, at most `count`; small tasks may have fewer."""
    chance = np.random.default_rng((seed, 2**32 - 1))
    found: dict[str, Pair] = {}
    for _ in range(200 * count):
        pair = task.example(chance, config)
        if held_out(pair.source):
            found.setdefault(pair.source, pair)
            if len(found) == count:
                break
    return list(found.values())


class CorpusStream:
    """A corpus in an order shuffled anew each epoch, with sentences of like length together."""

    def __init__(
        self, coding: Coding, sources: Sequence[Row], targets: Sequence[Ids],
        batch_size: int, seed: int,
    ) -> None:  # fmt: skip
        self._coding, self._sources, self._targets = coding, sources, targets
        self._seed = seed
        lengths = np.array([len(s) + len(t) for s, t in zip(sources, targets, strict=True)])
        self._epochs = Epochs(lengths, batch_size, seed)

    def resize(self, step: int, batch_size: int) -> None:
        """From step `step` on, batches hold so many sentences."""
        self._epochs.resize(step, batch_size)

    def batch(self, step: int) -> Batch:
        """The step's share of its epoch."""
        rows = self._epochs.rows(step)
        sources = [self._sources[i] for i in rows]
        return self._coding.batch(sources, [self._targets[i] for i in rows])

    def examples(self) -> Iterator[tuple[Row, Ids]]:
        """Every sentence once, shuffled."""
        order = np.random.default_rng(self._seed).permutation(len(self._sources))
        return ((self._sources[i], self._targets[i]) for i in order)


def encode_pairs(
    pairs: Sequence[Pair], coding: Coding, progress: Callable[[int, int], None]
) -> tuple[list[Row], list[list[int]]]:
    """Rows of all sources and ids of all targets, in slices so that others get their turn."""
    sources: list[Row] = []
    targets: list[list[int]] = []
    for start in range(0, len(pairs), 1000):
        part = pairs[start : start + 1000]
        sources += coding.read([p.source for p in part])
        targets += coding.say([p.target for p in part])
        progress(min(start + 1000, len(pairs)), len(pairs))
    return sources, targets

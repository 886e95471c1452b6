"""Pairs to padded batches; which batch belongs to which step depends on the seed alone.

So a run continues from any step without a saved place in the data. Axes: B batch, S source
position, T target position, N target positions that are not padding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

import numpy as np
import torch
from torch import Tensor

from explorer.data.pairs import Pair
from explorer.data.tasks.task import Task
from explorer.data.vocabulary import END, PAD, START, Vocabulary
from explorer.messages.config import TaskConfig

Ids = Sequence[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Source and what the decoder reads, padded, and what it should say.

    `places_N` are the flat indices (in B·T) of the N positions that are not padding, and
    `expected_N` the tokens due there, so that nothing is computed for padding and a GPU need not
    be asked where it is. `tokens` counts source and target without padding.
    """

    source_BS: Tensor
    target_BT: Tensor
    places_N: Tensor
    expected_N: Tensor
    tokens: int

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device."""
        if device.type == "cpu":
            return self
        tensors = (self.source_BS, self.target_BT, self.places_N, self.expected_N)
        source_BS, target_BT, places_N, expected_N = (
            tensor.to(device, non_blocking=True) for tensor in tensors
        )
        return Batch(source_BS, target_BT, places_N, expected_N, self.tokens)


def make_batch(sources: Sequence[Ids], targets: Sequence[Ids], longest: int) -> Batch:
    """Add start and end tokens, cut to `longest` tokens, pad to the longest of the batch."""
    ended = [[*ids[: longest - 1], END] for ids in sources]
    expected = [[*ids[: longest - 1], END] for ids in targets]
    read = [[START, *ids[:-1]] for ids in expected]
    tokens = sum(map(len, ended)) + sum(map(len, expected))
    flat = _padded(expected).flatten()
    places_N = flat.nonzero().flatten()
    return Batch(_padded(ended), _padded(read), places_N, flat[places_N], tokens)


def _padded(rows: Sequence[Ids]) -> Tensor:
    table = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for row, ids in zip(table, rows, strict=True):
        row[: len(ids)] = ids
    return torch.from_numpy(table)


class BatchStream(Protocol):
    """The training data: a batch for every step."""

    def batch(self, step: int) -> Batch:
        """The batch that step `step` (from 0) learns from."""
        ...


def held_out(source: str) -> bool:
    """Whether a generated source is kept from training: one in ten, by a hash of its text."""
    return crc32(source.encode()) % 10 == 0


class GeneratedStream:
    """Examples made as they are needed, fresh at every step."""

    def __init__(
        self, task: Task, config: TaskConfig, vocabulary: Vocabulary,
        batch_size: int, longest: int, seed: int,
    ) -> None:  # fmt: skip
        self._task, self._config, self._vocabulary = task, config, vocabulary
        self._batch_size, self._longest, self._seed = batch_size, longest, seed

    def batch(self, step: int) -> Batch:
        """Fresh examples whose sources are not held out."""
        chance = np.random.default_rng((self._seed, step))
        pairs: list[Pair] = []
        while len(pairs) < self._batch_size:
            pair = self._task.example(chance, self._config)
            if not held_out(pair.source):
                pairs.append(pair)
        sources = self._vocabulary.ids([p.source for p in pairs])
        targets = self._vocabulary.ids([p.target for p in pairs])
        return make_batch(sources, targets, self._longest)


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

    POOL = 50
    """Batches among which sentences are sorted by length, to save padding."""

    def __init__(
        self, sources: Sequence[Ids], targets: Sequence[Ids],
        batch_size: int, longest: int, seed: int,
    ) -> None:  # fmt: skip
        self._sources, self._targets = sources, targets
        self._batch_size, self._longest, self._seed = batch_size, longest, seed
        self._lengths = np.array([len(s) + len(t) for s, t in zip(sources, targets, strict=True)])
        self.batches_per_epoch = max(1, len(sources) // batch_size)
        self._epoch = -1
        self._order: list[np.ndarray] = []

    def batch(self, step: int) -> Batch:
        """The step's share of its epoch."""
        epoch, index = divmod(step, self.batches_per_epoch)
        if epoch != self._epoch:
            self._epoch, self._order = epoch, self._shuffled(epoch)
        rows = self._order[index]
        return make_batch(
            [self._sources[i] for i in rows], [self._targets[i] for i in rows], self._longest
        )

    def _shuffled(self, epoch: int) -> list[np.ndarray]:
        chance = np.random.default_rng((self._seed, epoch))
        rows = chance.permutation(len(self._sources))
        size = min(self._batch_size, len(rows))
        rows = rows[: self.batches_per_epoch * size]
        pool = size * self.POOL
        for start in range(0, len(rows), pool):
            part = rows[start : start + pool]
            rows[start : start + pool] = part[np.argsort(self._lengths[part], kind="stable")]
        batches = np.split(rows, self.batches_per_epoch)
        chance.shuffle(batches)
        return batches


def encode_pairs(
    pairs: Sequence[Pair], vocabulary: Vocabulary, progress: Callable[[int, int], None]
) -> tuple[list[list[int]], list[list[int]]]:
    """Ids of all sources and targets, in slices so that other threads get their turn."""
    sources: list[list[int]] = []
    targets: list[list[int]] = []
    for start in range(0, len(pairs), 1000):
        part = pairs[start : start + 1000]
        sources += vocabulary.ids([p.source for p in part])
        targets += vocabulary.ids([p.target for p in part])
        progress(min(start + 1000, len(pairs)), len(pairs))
    return sources, targets

"""How well a model does on held-out data, in slices so that others get their turn."""

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.coding import Batch, Coding
from explorer.data.pairs import Pair
from explorer.data.prepare import TaskData
from explorer.decoding.greedy import write_batch
from explorer.messages.config import RunConfig
from explorer.messages.results import Measurement
from explorer.model.low_bit import full_precision
from explorer.model.transformer import Transformer
from explorer.training.objective import batch_logits

SLICE = 32
"""Examples looked at between two pauses."""
SLICE_TOKENS = 4096
"""Tokens of running text looked at between two pauses."""


@dataclass(slots=True)
class Tally:
    """Sums over held-out tokens: nats, how many there are, and how many were predicted right.

    `full_nats` are those of a low-bit model's latent weights, None of any other.
    """

    nats: float = 0.0
    full_nats: float | None = None
    tokens: int = 0
    right: int = 0

    @torch.no_grad()
    def add(self, model: Transformer, batch: Batch) -> None:
        """Count a batch, without label smoothing; of a low-bit model twice."""
        model.eval()
        batch = batch.to(next(model.parameters()).device)
        logits_NV = batch_logits(model, batch).float()
        self.nats += _nats(logits_NV, batch)
        with full_precision(model) as changed:
            if changed:
                self.full_nats = (self.full_nats or 0.0) + _nats(batch_logits(model, batch), batch)
        self.right += int((logits_NV.argmax(-1) == batch.expected_N).sum())
        self.tokens += len(batch.expected_N)

    @property
    def loss(self) -> float:
        """Mean nats a token."""
        return self.nats / max(1, self.tokens)

    @property
    def full_precision_loss(self) -> float:
        """Mean nats a token of the latent weights of a low-bit model; NaN for any other."""
        return math.nan if self.full_nats is None else self.full_nats / max(1, self.tokens)

    @property
    def accuracy(self) -> float:
        """Share of tokens predicted right from the true ones before them."""
        return self.right / max(1, self.tokens)


def measure(
    model: Transformer, config: RunConfig, data: TaskData, step: int
) -> Generator[None, None, Measurement]:
    """The figures of `Measurement` on the run's validation data; pauses after each slice."""
    count = config.training.evaluate_examples
    if data.coding.form == "text":
        tally = Tally()
        for batch in text_batches(data.coding, data.validation_text, count):
            tally.add(model, batch)
            yield
        return _measurement(step, tally, math.nan, count)
    pairs = data.validation[:count]
    return (yield from measure_pairs(model, data.coding, pairs, config.decoding.max_length, step))


def measure_pairs(
    model: Transformer, coding: Coding, pairs: Sequence[Pair], max_length: int, step: int
) -> Generator[None, None, Measurement]:
    """Loss, accuracy, and the share of targets written exactly."""
    tally, exact = Tally(), 0
    for start in range(0, len(pairs), SLICE):
        part = pairs[start : start + SLICE]
        tally.add(model, pairs_batch(coding, part))
        yield
        written = write_batch(model, coding, [p.source for p in part], max_length)
        exact += sum(
            text == as_written(coding, pair.target)
            for text, pair in zip(written, part, strict=True)
        )
        yield
    return _measurement(step, tally, exact / len(pairs), len(pairs))


def _measurement(step: int, tally: Tally, exact: float, count: int) -> Measurement:
    return Measurement(step, tally.loss, exact, count, tally.accuracy, tally.full_precision_loss)


def _nats(logits_NV: Tensor, batch: Batch) -> float:
    return F.cross_entropy(logits_NV.float(), batch.expected_N, reduction="sum").item()


def pairs_batch(coding: Coding, pairs: Sequence[Pair]) -> Batch:
    """Pairs as the model reads them."""
    sources = coding.read([pair.source for pair in pairs])
    return coding.batch(sources, coding.say([pair.target for pair in pairs]))


def as_written(coding: Coding, target: str) -> str:
    """A target as the vocabulary would spell it, to compare with what was written."""
    words = coding.vocabularies.target
    return words.text(words.ids([target])[0])


def text_batches(
    coding: Coding, ids: NDArray[np.integer], windows: int | None = None
) -> Iterator[Batch]:
    """Running text in windows of the task's context, one after another; each token counts once.

    With `windows`, so many of them, spread evenly over the text. What an encoder has to guess is
    the same every time.
    """
    context = coding.config.task.context
    starts = np.arange(0, max(1, len(ids) - 1), context)
    if windows is not None and len(starts) > windows:
        starts = starts[np.linspace(0, len(starts) - 1, windows).astype(int)]
    rows = [ids[start : start + context + 1] for start in starts]
    whole = [row for row in rows if len(row) == context + 1]
    rest = [row for row in rows if 1 < len(row) < context + 1]
    size = max(1, SLICE_TOKENS // context)
    for number in range(0, len(whole), size):
        chance = np.random.default_rng(number)
        yield coding.text_batch(np.stack(whole[number : number + size]), chance)
    for row in rest:
        yield coding.text_batch(row[None], np.random.default_rng(len(ids)))

"""How well a model does on held-out pairs, in slices so that others get their turn."""

from collections.abc import Generator, Sequence

import torch

from explorer.data.batches import make_batch
from explorer.data.pairs import Pair
from explorer.data.vocabulary import Vocabulary
from explorer.decoding.greedy import write_batch
from explorer.messages.config import DecodingConfig
from explorer.messages.results import Measurement
from explorer.model.transformer import Transformer
from explorer.training.objective import batch_loss

SLICE = 32
"""Pairs looked at between two pauses."""


def measure(
    model: Transformer, vocabulary: Vocabulary, pairs: Sequence[Pair], decoding: DecodingConfig,
    step: int,
) -> Generator[None, None, Measurement]:  # fmt: skip
    """Loss without smoothing (nats a token) and the share of targets written exactly.

    Pauses (yields) after each slice; the generator's value is the measurement.
    """
    nats, tokens, right = 0.0, 0, 0
    for start in range(0, len(pairs), SLICE):
        part = pairs[start : start + SLICE]
        loss, count = held_out_loss(model, vocabulary, part)
        nats, tokens = nats + loss * count, tokens + count
        yield
        written = write_batch(model, vocabulary, [p.source for p in part], decoding.max_length)
        right += sum(
            text == vocabulary.text(vocabulary.ids([pair.target])[0])
            for text, pair in zip(written, part, strict=True)
        )
        yield
    return Measurement(step, nats / tokens, right / len(pairs), len(pairs))


@torch.no_grad()
def held_out_loss(
    model: Transformer, vocabulary: Vocabulary, pairs: Sequence[Pair]
) -> tuple[float, int]:
    """Mean nats a target token over the pairs, and how many tokens that were."""
    model.eval()
    device = next(model.parameters()).device
    sources = vocabulary.ids([p.source for p in pairs])
    targets = vocabulary.ids([p.target for p in pairs])
    batch = make_batch(sources, targets, model.config.max_length).to(device)
    return batch_loss(model, batch).item(), len(batch.expected_N)

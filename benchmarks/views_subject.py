"""The encoders whose attention is drawn, with random weights, and sentences of a given length."""

from dataclasses import dataclass

import torch

from explorer.data.coding import Coding, Vocabularies
from explorer.data.vocabulary import train_vocabulary
from explorer.messages.config import RunConfig
from explorer.messages.settings import with_values
from explorer.subjects.subject import Subject, make_model


@dataclass(frozen=True, slots=True)
class Shape:
    """An encoder alone: so many layers of so many heads, at a width."""

    layers: int
    heads: int
    width: int
    feed_forward: int

    def __str__(self) -> str:
        return f"{self.layers} layers × {self.heads} heads, width {self.width}"


MINI = Shape(6, 12, 384, 1536)
"""The encoder of all-MiniLM-L6-v2."""
BASE = Shape(12, 12, 768, 3072)
"""The encoder of BERT base."""
LENGTHS = {16: MINI, 64: MINI, 128: MINI, 256: MINI, 512: MINI, 2048: BASE, 4096: BASE}
"""Tokens of a sentence, special ones included, and the encoder that reads them."""


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def make_subject(shape: Shape, seed: int = 0) -> Subject:
    """An untrained encoder, with weights large enough that heads differ."""
    config = with_values(RunConfig(), {
        "model.architecture": "encoder-only", "task.name": "text", "model.width": shape.width,
        "model.heads": shape.heads, "model.encoder_layers": shape.layers,
        "model.feed_forward": shape.feed_forward, "model.max_length": 4096,
    })  # fmt: skip
    words = train_vocabulary([_LETTERS], "character", 100, mask=True)
    torch.manual_seed(seed)
    model = make_model(coding := Coding(config, Vocabularies.one(words)))
    with torch.no_grad():
        for site, attention in model.sites():
            attention.query.weight.mul_(2 + site.layer / 4)
    return Subject("random", "", config, model.eval(), coding, 0)


def sentence(tokens: int, turn: int = 0) -> str:
    """So many tokens, a letter each, with those at its ends; each turn another text."""
    return "".join(_LETTERS[(i * i + 7 * i + turn) % len(_LETTERS)] for i in range(tokens - 2))

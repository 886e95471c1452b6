"""Traces with attention in them, as the worker would send them, for the views of heads."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.messages.config import ModelConfig, RunConfig
from explorer.messages.events import Inspected
from explorer.messages.results import Floats, ModelInfo, Site, SiteKind, Token, Trace
from tests.ui.scripts import END, START, token

SOURCE = "The cat is sleeping on the old chair ."
TARGET = "Le chat dort sur la vieille chaise ."


def weights(heads: int, queries: int, keys: int, seed: int, *, causal: bool = False) -> Floats:
    """Weights that sum to one along the keys; with `causal`, none on later keys."""
    drawn = np.random.default_rng(seed).exponential(size=(heads, queries, keys)) ** 3
    if causal:
        drawn = np.tril(drawn)
    return (drawn / drawn.sum(axis=2, keepdims=True)).astype(np.float32)


def trace(
    source: str | Sequence[Token] = SOURCE, target: str = TARGET, *, seed: int = 0,
    step: int = 1200, layers: int = 2, heads: int = 4, own: bool = True, notes: Sequence[str] = (),
    kinds: Sequence[SiteKind] = tuple(SiteKind), given: Mapping[Site, Floats] | None = None,
) -> Trace:  # fmt: skip
    """An inspection; `given` replaces the made-up weights of some sites."""
    words = [token(word) for word in source.split()] if isinstance(source, str) else source
    read = (*words, END)
    written = (START, *(token(word) for word in target.split()))
    counts = {"encoder": (read, read), "decoder": (written, written), "cross": (written, read)}
    made: dict[Site, Floats] = {}
    for kind in kinds:
        queries, keys = (len(tokens) for tokens in counts[kind])
        for layer in range(layers):
            drawn = weights(heads, queries, keys, seed + layer, causal=kind is SiteKind.DECODER)
            made[Site(kind, layer)] = drawn
    text = source if isinstance(source, str) else " ".join(t.text for t in source)
    return Trace(
        "translate-en-fr", step, text, target, own, read, written, made | dict(given or {}),
        tuple(notes), 18.0,
    )  # fmt: skip


def answer(request: int, shown: Trace | None = None) -> Inspected:
    """The event of an inspection."""
    return Inspected(request, shown or trace())


def model(example: str = SOURCE, *, name: str = "translate-en-fr", layers: int = 2) -> ModelInfo:
    """A model with four heads a layer."""
    shape = ModelConfig(heads=4, encoder_layers=layers, decoder_layers=layers)
    return ModelInfo(name, "sample", RunConfig(model=shape), 1200, 9_000_000, 8000, example)

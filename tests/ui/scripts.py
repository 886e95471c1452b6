"""Made-up traces and answers, as the worker would send them."""

import math
from collections.abc import Sequence

import numpy as np

from explorer.messages.events import Decoded, Inspected
from explorer.messages.results import (
    Candidate,
    DecodeStep,
    Decoding,
    Floats,
    Site,
    SiteKind,
    Token,
    Trace,
)

START = Token(2, "<s>", "<s>", special=True)
END = Token(3, "</s>", "</s>", special=True)


def token(text: str, *, id: int = 0, unknown: bool = False, begins: bool = True) -> Token:
    """A token of a vocabulary in which words begin with ▁."""
    piece = "<unk>" if unknown else f"▁{text}" if begins else text
    return Token(id or 10 + sum(map(ord, text)), text, piece, 0, len(text), 0, unknown=unknown)


def sentence(text: str) -> tuple[Token, ...]:
    """A text cut at spaces, with the end token."""
    return (*(token(word) for word in text.split()), END)


def attention(rows: int, keys: int, seed: int) -> Floats:
    """Weights that sum to one along the keys."""
    drawn = np.random.default_rng(seed).exponential(size=(rows, keys)) ** 2
    return (drawn / drawn.sum(axis=1, keepdims=True)).astype(np.float32)


def decode_step(
    index: int, written: Token, rivals: Sequence[Token], probability: float, *, keys: int,
    layers: int = 2, heads: int = 4,
) -> DecodeStep:  # fmt: skip
    """A decision for `written`, with its rivals sharing most of the rest."""
    shares = [probability] + [(1 - probability) * 0.45 * 0.5**i for i in range(len(rivals))]
    candidates = [Candidate(t, p) for t, p in zip([written, *rivals], shares, strict=True)]
    paid = {
        Site(SiteKind.CROSS, layer): attention(heads, keys, 100 * index + layer)
        for layer in range(layers)
    }
    entropy = -sum(p * math.log(p) for p in shares)
    return DecodeStep(index, written, math.log(probability), entropy, tuple(candidates), paid)


def decoding(
    source: str = "The cat is sleeping on the old chair .",
    target: str = "Le chat dort sur la vieille chaise .",
    *, step: int = 1200, model: str = "translate-en-fr", layers: int = 2, heads: int = 4,
    finished: bool = True,
) -> Decoding:  # fmt: skip
    """An answer whose decisions have seven rivals each."""
    read = sentence(source)
    written = [*(token(word) for word in target.split()), *([END] if finished else [])]
    rivals = [token(word) for word in ("dans", "sous", "une", "dormait", "les", "à", "Petit")]
    steps = tuple(
        decode_step(i, t, rivals, 0.97 - 0.07 * (i % 9), keys=len(read), layers=layers, heads=heads)
        for i, t in enumerate(written)
    )
    return Decoding(model, step, source, read, (START,), steps, target, finished, 12.0)


def trace(source: str, *, step: int = 1200, model: str = "translate-en-fr") -> Trace:
    """What an inspection of a source says, without any attention."""
    return Trace(model, step, source, "", True, sentence(source), (START,), {})


def inspected(source: str, **origin: object) -> Inspected:
    """The event of an inspection."""
    return Inspected(1, trace(source, **origin))  # pyright: ignore[reportArgumentType]


def decoded(request: int, answer: Decoding | None = None) -> Decoded:
    """The event of an answer."""
    return Decoded(request, answer or decoding())

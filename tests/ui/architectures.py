"""Made-up traces and answers of the architectures besides encoder–decoder, and of signals."""

import math
from dataclasses import replace

import numpy as np

from explorer.messages.config import RunConfig
from explorer.messages.model_config import Architecture
from explorer.messages.results import (
    DecodeStep,
    Decoding,
    ModelInfo,
    SignalPicture,
    Site,
    SiteKind,
    Token,
    Trace,
)
from explorer.messages.settings import with_values
from tests.ui.heads import weights
from tests.ui.scripts import END, START, attention, decode_step, token

PROMPT = "Once upon a time"
STORY = "there was a little cat"
SIDE, PATCH = 24, 6
ACROSS = SIDE // PATCH


def config(architecture: Architecture, task: str) -> RunConfig:
    """Settings of a model with two layers of four heads."""
    return with_values(RunConfig(), {"model.architecture": architecture, "task.name": task})


def info(architecture: Architecture, task: str, example: str = PROMPT) -> ModelInfo:
    """What is known of such a model."""
    made = config(architecture, task)
    return ModelInfo(f"a {task} model", "sample", made, 1200, 9_000_000, 8000, example)


def story(prompt: str = PROMPT, goes_on: str = STORY, *, layers: int = 2, heads: int = 4) -> Trace:
    """A decoder alone that writes running text on."""
    whole = tuple(token(word) for word in f"{prompt} {goes_on}".split())
    length = len(whole)
    made = {
        Site(SiteKind.DECODER, n): weights(heads, length, length, n, causal=True)
        for n in range(layers)
    }
    allowed = {SiteKind.DECODER: np.tri(length, dtype=bool)}
    return Trace(
        "a text model", 1200, prompt, goes_on, True, (), whole, made, allowed=allowed
    )  # fmt: skip


def labelled(
    text: str = "the cat sat", *, layers: int = 2, heads: int = 4, window: int = 0
) -> Trace:
    """An encoder alone; with `window`, one that looks so far to each side."""
    read = (START, *(token(word) for word in text.split()), END)
    length = len(read)
    apart = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    open_QK = apart <= (window or length)
    made: dict[Site, np.ndarray] = {}
    for n in range(layers):
        drawn = weights(heads, length, length, n) * open_QK
        made[Site(SiteKind.ENCODER, n)] = drawn / drawn.sum(2, keepdims=True)
    allowed = {SiteKind.ENCODER: open_QK} if window else {}
    return Trace("a labels model", 1200, text, "", True, read, (), made, allowed=allowed)


def patches() -> tuple[Token, ...]:
    """The tokens of a picture: the start, then each patch by its row and column."""
    names = [f"{i // ACROSS + 1}·{i % ACROSS + 1}" for i in range(ACROSS**2)]
    return START, *(Token(-1, name, name, word=n) for n, name in enumerate(names))


def disc() -> SignalPicture:
    """A picture of a disc in patches; the start token has no part in it."""
    y, x = np.mgrid[:SIDE, :SIDE]
    values = (np.hypot(x - 10, y - 13) < 7).astype(np.float32) * 0.9 + 0.05
    rows, columns = np.divmod(np.arange(ACROSS**2), ACROSS)
    size = np.full_like(rows, PATCH)
    boxes = np.stack([columns * PATCH, rows * PATCH, size, size], axis=1)
    boxes = np.concatenate([np.zeros((1, 4), int), boxes]).astype(np.int32)
    return SignalPicture(values, boxes, "picture")


def seen(text: str = "circle x=10 y=13 r=7") -> Trace:
    """An encoder alone that looks at a picture."""
    made = {Site(SiteKind.ENCODER, n): weights(4, ACROSS**2 + 1, ACROSS**2 + 1, n) for n in (0, 1)}
    return Trace("a shapes model", 1200, text, "", True, patches(), (), made, signal=disc())


def tones() -> SignalPicture:
    """A sound of thirty moments and twelve pitches."""
    values = np.random.default_rng(0).random((12, 30)).astype(np.float32) * 0.2
    values[3, 4:12] = values[8, 4:12] = values[5, 16:25] = values[10, 16:25] = 0.95
    ones = np.ones(30, int)
    boxes = np.stack([np.arange(30), 0 * ones, ones, 12 * ones], axis=1).astype(np.int32)
    return SignalPicture(values, boxes, "sound")


def heard() -> Trace:
    """An encoder–decoder that listens."""
    read = tuple(Token(-1, f"{i / 50:.2f} s", f"{i / 50:.2f} s", word=i) for i in range(30))
    written = (START, token("5"), token("9"))
    made = {
        Site(SiteKind.ENCODER, 0): weights(4, 30, 30, 0),
        Site(SiteKind.DECODER, 0): weights(4, 3, 3, 1, causal=True),
        Site(SiteKind.CROSS, 0): weights(4, 3, 30, 2),
    }
    return Trace("tones", 1200, "5 9", "5 9", True, read, written, made, signal=tones())


def written_on(prompt: str = PROMPT, goes_on: str = STORY) -> Decoding:
    """A decoder alone that wrote a prompt on, with the attention that each decision paid."""
    prefix = tuple(token(word) for word in prompt.split())
    new = [token(word) for word in goes_on.split()]
    steps = [
        _paid(decode_step(i, t, [token("dog")], 0.8, keys=1), SiteKind.DECODER, len(prefix) + i)
        for i, t in enumerate(new)
    ]
    return Decoding("a text model", 1200, prompt, (), prefix, tuple(steps), goes_on, False, 9.0)


def said(trace: Trace, labels: str) -> Decoding:
    """An encoder alone that says a label for each word, or one for all at the start."""
    new = [token(word) for word in labels.split()]
    alone = len(new) == 1
    places = (0,) if alone else tuple(range(1, len(new) + 1))
    steps = [
        _paid(decode_step(i, t, [token("X")], 0.9, keys=1), SiteKind.ENCODER, len(trace.source))
        for i, t in enumerate(new)
    ]
    return Decoding(
        trace.model, 1200, trace.source_text, trace.source, (), tuple(steps), labels, True, 9.0,
        places, trace.signal,
    )  # fmt: skip


def _paid(step: DecodeStep, kind: SiteKind, keys: int) -> DecodeStep:
    paid = {Site(kind, n): attention(4, keys, 7 * step.index + n) for n in (0, 1)}
    return replace(step, attention=paid, log_probability=math.log(0.8))

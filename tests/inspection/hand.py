"""Attention made by hand, whose measures are known."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats, Heads
from explorer.messages.results import Site, SiteKind, Token, Trace

ENCODER, DECODER, CROSS = (Site(kind, 0) for kind in SiteKind)


def tokens(text: str) -> tuple[Token, ...]:
    """A token for each character; `^` and `$` are special."""
    return tuple(Token(ord(char), char, char, special=char in "^$") for char in text)


def hand_trace(
    weights: Mapping[Site, Floats], source: str = "", target: str = "",
    *, allowed: Mapping[SiteKind, NDArray[np.bool_]] | None = None,
    heads: Mapping[Site, Heads] | None = None,
) -> Trace:  # fmt: skip
    """A trace of these weights, each H×Q×K."""
    return Trace(
        "hand", 7, source, target, True, tokens(source), tokens(target), dict(weights),
        allowed=dict(allowed or {}), heads=dict(heads or {}),
    )  # fmt: skip


def one_hot(rows: Sequence[int], keys: int) -> Floats:
    """1×Q×K: each query looks at one key."""
    return np.eye(keys, dtype=np.float32)[list(rows)][None]


def even(queries: int, keys: int, *, causal: bool = False) -> Floats:
    """1×Q×K: spread evenly over what is open."""
    spread = np.ones((queries, keys), np.float32)
    spread = np.tril(spread) if causal else spread
    return (spread / spread.sum(axis=1, keepdims=True))[None]


def random_weights(
    heads: int, queries: int, keys: int, seed: int, *, causal: bool = False
) -> Floats:
    """H×Q×K whose rows add up to 1."""
    drawn = np.random.default_rng(seed).exponential(size=(heads, queries, keys)) ** 2
    drawn = np.tril(drawn) if causal else drawn
    return (drawn / drawn.sum(axis=2, keepdims=True)).astype(np.float32)


def heads_with(scores_HQK: Floats, *, moved: float = 1.0) -> Heads:
    """Heads whose scores are these: queries are rows of them, keys are unit vectors."""
    count, _, keys = scores_HQK.shape
    key_HKD = np.broadcast_to(np.eye(keys, dtype=np.float32), (count, keys, keys)).copy()
    normaliser_HQ = np.log(np.exp(scores_HQK).sum(axis=2))
    return Heads(
        scores_HQK * np.float32(np.sqrt(keys)), key_HKD, key_HKD,
        normaliser_HQ.astype(np.float32), np.full((count, keys), moved, np.float32),
    )  # fmt: skip

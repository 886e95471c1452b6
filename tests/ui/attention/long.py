"""Traces of long texts, whose maps nobody keeps."""

import numpy as np

from explorer.inspection.normalising import normalise
from explorer.messages.heads import Heads, MadeWeights
from explorer.messages.results import Site, SiteKind, Token, Trace

ENCODER = Site(SiteKind.ENCODER, 0)


def long_trace(count: int, *, seed: int = 0, causal: bool = False, heads: int = 2) -> Trace:
    """So many tokens in words of three, the first and the last special, one site."""
    chance = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return chance.standard_normal(shape, dtype=np.float32)

    allowed = np.tri(count, dtype=bool) if causal else None
    found = Heads(
        2 * drawn(heads, count, 16), drawn(heads, count, 16), drawn(heads, count, 16),
        np.zeros((heads, count), np.float32), np.ones((heads, count), np.float32), allowed,
    )  # fmt: skip
    weights = MadeWeights(found, normalise(found))
    tables = {} if allowed is None else {SiteKind.ENCODER: allowed}
    return Trace(
        "long", seed, "text", "", True, tuple(_token(i, count) for i in range(count)), (),
        {ENCODER: weights}, allowed=tables, heads={ENCODER: found},
    )  # fmt: skip


def _token(index: int, count: int) -> Token:
    special = index in (0, count - 1)
    word = None if special else index // 3
    return Token(index, f"t{index}", f"t{index}", index, index + 1, word, special)

"""Which query may look at which key, as boolean masks: True means it may.

Axes: B batch, Q query position, K key position, F features of a frame; masks broadcast over heads
(B×1×Q×K).

With a cache of past keys the queries are the last Q of the K positions.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from explorer.messages.model_config import ModelConfig

Rule = Callable[[Tensor, Tensor, ModelConfig], Tensor]
"""Positions of queries (Q×1) and keys (1×K) to Q×K: whether the one may look at the other."""


def padding_mask(source: Tensor, padding: int) -> Tensor:
    """B×1×1×K: every query may look at keys that are not padding.

    `source` is B×K ids, or B×K×F frames, of which padding are those that are all zeros.
    """
    real_BK = source != padding if source.dim() == 2 else (source != 0).any(-1)
    return real_BK[:, None, None, :]


def causal_mask(queries: int, keys: int, device: torch.device | None = None) -> Tensor:
    """1×1×Q×K: the last query sees every key, each one before it a key less (look-ahead mask).

    With Q = K this is the lower triangle; with a cache of past keys, Q is smaller than K.
    """
    full = torch.ones(queries, keys, dtype=torch.bool, device=device)
    return full.tril(keys - queries)[None, None]


def everything(query: Tensor, key: Tensor, config: ModelConfig) -> Tensor:
    """Every query looks at every key (Vaswani et al., 2017)."""
    return (query >= 0) & (key >= 0)


def before(query: Tensor, key: Tensor, config: ModelConfig) -> Tensor:
    """k ≤ q: at itself and at what stands before it (the look-ahead mask of the same paper)."""
    return key <= query


def within_window(query: Tensor, key: Tensor, config: ModelConfig) -> Tensor:
    """|q − k| ≤ w: at w tokens on each side (Longformer's sliding window, Beltagy et al., 2020)."""
    return (query - key).abs() <= config.window


def within_dilated_window(query: Tensor, key: Tensor, config: ModelConfig) -> Tensor:
    """|q − k| ≤ w·s and s divides q − k: a window with gaps (Longformer's dilated window).

    It is the strided half of the Sparse Transformer (Child et al., 2019), cut off at w keys.
    """
    distance = (query - key).abs()
    return (distance <= config.window * config.stride) & (distance % config.stride == 0)


def window_and_global(query: Tensor, key: Tensor, config: ModelConfig) -> Tensor:
    """A window, and the first g tokens, which look at all and are looked at by all.

    Longformer (Beltagy et al., 2020); BigBird (Zaheer et al., 2020) without its random keys. Where
    nothing may look ahead the first tokens are still seen by all, as in StreamingLLM (Xiao et al.,
    2023).
    """
    first = config.global_tokens
    return within_window(query, key, config) | (query < first) | (key < first)


def within_block(query: Tensor, key: Tensor, config: ModelConfig) -> Tensor:
    """⌊q/w⌋ = ⌊k/w⌋: at the own block of w tokens (the diagonal of Qiu et al., 2019)."""
    return query // config.window == key // config.window


PATTERNS: Mapping[str, Rule] = {
    "full": everything,
    "causal": before,
    "window": within_window,
    "dilated": within_dilated_window,
    "global": window_and_global,
    "block": within_block,
}
"""The kinds of `ModelConfig.pattern`; in each, every query may look at itself."""


def pattern_mask(
    config: ModelConfig, queries: int, keys: int, device: torch.device | None = None
) -> Tensor | None:
    """1×1×Q×K of the configured pattern, before what lies ahead is hidden; None masks nothing.

    The queries are the last ones of the keys' positions. The causal pattern needs no table:
    `Mask.causal` says it all.
    """
    if _sees_all(config, keys):
        return None
    key_K = torch.arange(keys, device=device)
    return pattern_at(config, key_K[keys - queries :], key_K)


def pattern_at(config: ModelConfig, query_Q: Tensor, key_K: Tensor) -> Tensor:
    """1×1×Q×K of the configured pattern, for queries and keys at any positions."""
    return PATTERNS[config.pattern](query_Q[:, None], key_K[None], config)[None, None]


def _sees_all(config: ModelConfig, keys: int) -> bool:
    """Whether no query is kept from any key but those ahead."""
    if config.pattern in ("window", "global"):
        return keys - 1 <= config.window
    if config.pattern == "block":
        return keys <= config.window
    return config.pattern in ("full", "causal")

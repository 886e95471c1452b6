"""Which query may look at which key, as boolean masks: True means it may.

Axes: B batch, Q query position, K key position; masks broadcast over heads (B1QK).
"""

import torch
from torch import Tensor


def padding_mask(ids_BK: Tensor, padding: int) -> Tensor:
    """B×1×1×K: every query may look at keys that are not padding."""
    return (ids_BK != padding)[:, None, None, :]


def causal_mask(queries: int, keys: int, device: torch.device | None = None) -> Tensor:
    """1×1×Q×K: the last query sees every key, each one before it a key less (look-ahead mask).

    With Q = K this is the lower triangle; with a cache of past keys, Q is smaller than K.
    """
    full = torch.ones(queries, keys, dtype=torch.bool, device=device)
    return full.tril(keys - queries)[None, None]

"""Attention as two products with a softmax between, for where PyTorch's fused kernel is slow.

That is on a CPU that learns, with dropout (which the kernel lacks there: it falls back on slow
steps), in bfloat16 (its gradient took three times as long as these products; docs/speed.md), and
where products are quick, up to middling lengths (the kernel hardly gains from a second thread).

Axes: B batch, H head, Q query position, K key position, D head width, b all heads of all rows.
"""

import math

import torch
from torch import Tensor

from explorer.model.dropout import dropout
from explorer.model.products import quick_now

LONGEST = 1024
"""Keys up to which a table of all weights is the quicker way."""
_LONGEST_QUICK = 512
"""Keys up to which it is so by quick float32 products alone, without dropout."""
HIDDEN = -1e30
"""Score of a key that may not be looked at: beyond any other, and finite in bfloat16 too."""


def pays(query_BHQD: Tensor, keys: int, dropout: float) -> bool:
    """Whether this is quicker than the fused kernel."""
    if query_BHQD.device.type != "cpu" or not query_BHQD.requires_grad or keys > LONGEST:
        return False
    return (
        dropout > 0
        or query_BHQD.dtype == torch.bfloat16
        or (keys <= _LONGEST_QUICK and quick_now())
    )


def unfused_attention(
    query_BHQD: Tensor, key_BHKD: Tensor, value_BHKD: Tensor, table: Tensor | None,
    bias: Tensor | None, probability: float,
) -> Tensor:  # fmt: skip
    """B×H×Q×D of what the boolean table admits, with a bias on the scores, and dropout."""
    batch, heads, queries, width = query_BHQD.shape
    query_bQD, key_bKD = query_BHQD.flatten(0, 1), key_BHKD.flatten(0, 1)
    added = _added(table, bias, query_BHQD.dtype)
    scale = 1 / math.sqrt(width)
    if added is not None and added.shape[:2] == (1, 1):
        scores_bQK = torch.baddbmm(added[0], query_bQD, key_bKD.transpose(1, 2), alpha=scale)
    else:
        scores_bQK = torch.bmm(query_bQD * scale, key_bKD.transpose(1, 2))
        if added is not None:
            scores_bQK = (scores_bQK.unflatten(0, (batch, heads)) + added).flatten(0, 1)
    weights_bQK = dropout(scores_bQK.softmax(dim=-1), probability)
    mixed_bQD = torch.bmm(weights_bQK.to(value_BHKD.dtype), value_BHKD.flatten(0, 1))
    return mixed_bQD.view(batch, heads, queries, width)


def _added(table: Tensor | None, bias: Tensor | None, kind: torch.dtype) -> Tensor | None:
    """What is added to scores, four axes that broadcast."""
    if table is None:
        return None if bias is None else bias.to(kind)
    hidden = torch.zeros(table.shape, dtype=kind).masked_fill(~table, HIDDEN)
    return hidden if bias is None else hidden + bias.to(kind)

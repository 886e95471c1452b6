"""Scaled dot-product attention, softmax(QKᵀ/√d_k + mask)·V, over many heads.

Axes: B batch, H head, Q query position, K key position, D head width, M model width.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.model.taps import Tap


def attention_scores(query_BHQD: Tensor, key_BHKD: Tensor) -> Tensor:
    """B×H×Q×K scores QKᵀ/√d_k (Vaswani et al., 2017, equation 1), before the mask."""
    return query_BHQD @ key_BHKD.transpose(-2, -1) / math.sqrt(query_BHQD.shape[-1])


def attention_weights(scores_BHQK: Tensor, mask: Tensor | None) -> Tensor:
    """B×H×Q×K softmax over the keys that the boolean mask admits.

    A row that admits no key is spread evenly instead of NaN.
    """
    if mask is not None:
        scores_BHQK = scores_BHQK.masked_fill(~mask, torch.finfo(scores_BHQK.dtype).min)
    return scores_BHQK.softmax(dim=-1)


class KeyValueCache:
    """Keys and values of past positions, so that a step of decoding costs one token's work."""

    def __init__(self) -> None:
        self.key_BHKD: Tensor | None = None
        self.value_BHKD: Tensor | None = None

    @property
    def length(self) -> int:
        """Positions held."""
        return 0 if self.key_BHKD is None else self.key_BHKD.shape[2]

    def extend(self, key_BHKD: Tensor, value_BHKD: Tensor) -> tuple[Tensor, Tensor]:
        """Append new positions and give back all."""
        if self.key_BHKD is not None and self.value_BHKD is not None:
            key_BHKD = torch.cat([self.key_BHKD, key_BHKD], dim=2)
            value_BHKD = torch.cat([self.value_BHKD, value_BHKD], dim=2)
        self.key_BHKD, self.value_BHKD = key_BHKD, value_BHKD
        return key_BHKD, value_BHKD

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        if self.key_BHKD is not None and self.value_BHKD is not None:
            self.key_BHKD, self.value_BHKD = self.key_BHKD[rows], self.value_BHKD[rows]


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own projection (section 3.2.2).

    While nobody watches `scores` or `weights`, PyTorch's fused kernel runs; else the explicit
    formula. Weights are tapped before dropout.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)
        self.queries, self.keys, self.values = Tap(), Tap(), Tap()
        self.scores, self.weights, self.mixed = Tap(), Tap(), Tap()

    def forward(
        self,
        query_BQM: Tensor,
        memory_BKM: Tensor,
        mask: Tensor | None,
        cache: KeyValueCache | None = None,
    ) -> Tensor:
        """B×Q×M mixture of the memory's values, as each query asks for them.

        With a cache, `memory_BKM` holds the new positions only and is appended to it.
        """
        query_BHQD = self.queries(self._split(self.query(query_BQM)))
        key_BHKD, value_BHKD = self.project_memory(memory_BKM)
        if cache is not None:
            key_BHKD, value_BHKD = cache.extend(key_BHKD, value_BHKD)
        return self.attend(query_BHQD, key_BHKD, value_BHKD, mask)

    def project_memory(self, memory_BKM: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values, B×H×K×D each, of what is looked at."""
        key_BHKD = self.keys(self._split(self.key(memory_BKM)))
        value_BHKD = self.values(self._split(self.value(memory_BKM)))
        return key_BHKD, value_BHKD

    def attend_cached(self, query_BQM: Tensor, cache: KeyValueCache, mask: Tensor | None) -> Tensor:
        """B×Q×M mixture of what the cache holds already, as cross-attention needs it."""
        assert cache.key_BHKD is not None and cache.value_BHKD is not None
        query_BHQD = self.queries(self._split(self.query(query_BQM)))
        return self.attend(query_BHQD, cache.key_BHKD, cache.value_BHKD, mask)

    def attend(
        self, query_BHQD: Tensor, key_BHKD: Tensor, value_BHKD: Tensor, mask: Tensor | None
    ) -> Tensor:
        """B×Q×M: attention of every head, put side by side and projected."""
        if self.scores.watched or self.weights.watched:
            scores_BHQK = self.scores(attention_scores(query_BHQD, key_BHKD))
            weights_BHQK = self.weights(attention_weights(scores_BHQK, mask))
            mixed_BHQD = F.dropout(weights_BHQK, self.dropout, self.training) @ value_BHKD
        else:
            mixed_BHQD = F.scaled_dot_product_attention(
                query_BHQD, key_BHKD, value_BHKD, mask,
                dropout_p=self.dropout if self.training else 0.0,
            )  # fmt: skip
        return self.output(self._join(self.mixed(mixed_BHQD)))

    def _split(self, tensor_BLM: Tensor) -> Tensor:
        batch, length, width = tensor_BLM.shape
        return tensor_BLM.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

    def _join(self, tensor_BHLD: Tensor) -> Tensor:
        return tensor_BHLD.transpose(1, 2).flatten(2)

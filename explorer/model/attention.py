"""Scaled dot-product attention, softmax(QKᵀ/√d_k + mask)·V, over many heads.

Axes: B batch, H head, G key–value head, Q query position, K key position, D head width, M model
width, m width of all keys together (G·D).
"""

import math

import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model import unfused
from explorer.model.cache import KeyValueCache
from explorer.model.dropout import dropout
from explorer.model.linear import make_linear, side_by_side
from explorer.model.looks import Look
from explorer.model.mask import Mask
from explorer.model.norms import HeadNorm
from explorer.model.positions import Rotary
from explorer.model.products import fused_attention
from explorer.model.taps import Tap


def attention_scores(query_BHQD: Tensor, key_BHKD: Tensor, cap: float = 0.0) -> Tensor:
    """B×H×Q×K scores QKᵀ/√d_k (Vaswani et al., 2017, equation 1), before the mask.

    With a cap c they are c·tanh(scores/c) (Gemma 2, 2024).
    """
    scores_BHQK = query_BHQD @ key_BHKD.transpose(-2, -1) / math.sqrt(query_BHQD.shape[-1])
    return cap * torch.tanh(scores_BHQK / cap) if cap else scores_BHQK


def attention_weights(
    scores_BHQK: Tensor, mask: Tensor | None, sink_H: Tensor | None = None
) -> Tensor:
    """B×H×Q×K softmax over the keys that the boolean mask admits.

    A row that admits no key is spread evenly instead of NaN. With a sink, a further key of that
    score takes its share and gives nothing (Xiao et al., 2024; softmax plus one for score 0).
    """
    if mask is not None:
        scores_BHQK = scores_BHQK.masked_fill(~mask, torch.finfo(scores_BHQK.dtype).min)
    if sink_H is None:
        return scores_BHQK.softmax(dim=-1)
    batch, heads, queries, _ = scores_BHQK.shape
    sink_BHQ1 = sink_H.to(scores_BHQK.dtype)[None, :, None, None].expand(batch, heads, queries, 1)
    return torch.cat([scores_BHQK, sink_BHQ1], dim=-1).softmax(dim=-1)[..., :-1]


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own projection (section 3.2.2).

    With fewer key–value heads than heads, heads share keys and values (Ainslie et al., 2023). While
    nobody watches `scores` or `weights`, PyTorch's fused kernel runs where it can, and a sparse
    pattern in blocks where it pays; else the explicit formula. Weights are tapped before dropout.
    """

    sink_H: Tensor | None

    def __init__(self, config: ModelConfig, *, crossing: bool = False) -> None:
        super().__init__()
        self.heads, self.groups = config.heads, config.groups
        self.cap = config.score_cap
        self.dropout = config.dropout_of("attention")
        shared = config.groups * config.head_width
        self.query = make_linear(config, config.width, config.width)
        self.key = make_linear(config, config.width, shared)
        self.value = make_linear(config, config.width, shared)
        self.output = make_linear(config, config.width, config.width)
        self.query_norm = self._head_norm(config)
        self.key_norm = self._head_norm(config)
        self.rotary = None
        if config.positions == "rotary" and not crossing:
            self.rotary = Rotary(config.max_length, config.head_width, config.rotary_base)
        zero_H = torch.zeros(config.heads)
        if config.sink == "learned":
            self.sink_H = nn.Parameter(zero_H)
        else:
            zero = zero_H if config.sink == "zero" else None
            self.register_buffer("sink_H", zero, persistent=False)
        self.queries, self.keys, self.values = Tap(), Tap(), Tap()
        self.scores, self.weights, self.mixed = Tap(), Tap(), Tap()

    def _head_norm(self, config: ModelConfig) -> nn.Module | None:
        return HeadNorm(config.head_width, eps=1e-6) if config.query_key_norm else None

    def forward(
        self,
        query_BQM: Tensor,
        memory_BKM: Tensor,
        mask: Mask,
        cache: KeyValueCache | None = None,
    ) -> Tensor:
        """B×Q×M mixture of the memory's values, as each query asks for them.

        With a cache, `memory_BKM` holds the new positions only and is appended to it.
        """
        start = cache.length if cache is not None else 0
        if memory_BKM is query_BQM:
            layers = (self.query, self.key, self.value)
            query_BQM, key_BKm, value_BKm = side_by_side(layers, query_BQM)
            query_BHQD = self._queries(query_BQM, start)
            key_BGKD, value_BGKD = self._keys_and_values(key_BKm, value_BKm, start)
        else:
            query_BHQD = self.project_query(query_BQM, start)
            key_BGKD, value_BGKD = self.project_memory(memory_BKM, start)
        if cache is not None:
            key_BGKD, value_BGKD = cache.extend(key_BGKD, value_BGKD, mask.look)
        return self.attend(query_BHQD, key_BGKD, value_BGKD, mask)

    def project_query(self, query_BQM: Tensor, start: int = 0) -> Tensor:
        """Queries, B×H×Q×D, of positions from `start` on."""
        return self._queries(self.query(query_BQM), start)

    def project_memory(self, memory_BKM: Tensor, start: int = 0) -> tuple[Tensor, Tensor]:
        """Keys and values, B×G×K×D each, of what is looked at."""
        key_BKm, value_BKm = side_by_side((self.key, self.value), memory_BKM)
        return self._keys_and_values(key_BKm, value_BKm, start)

    def _queries(self, query_BQM: Tensor, start: int) -> Tensor:
        query_BHQD = self._split(query_BQM, self.heads)
        return self.queries(self.placed(query_BHQD, self.query_norm, start))

    def _keys_and_values(
        self, key_BKm: Tensor, value_BKm: Tensor, start: int
    ) -> tuple[Tensor, Tensor]:
        key_BGKD = self._split(key_BKm, self.groups)
        key_BGKD = self.keys(self.placed(key_BGKD, self.key_norm, start))
        return key_BGKD, self.values(self._split(value_BKm, self.groups))

    def placed(self, tensor_BHLD: Tensor, norm: nn.Module | None, start: int) -> Tensor:
        """Queries or keys of positions from `start` on, normed and turned where that is asked."""
        if norm is not None:
            tensor_BHLD = norm(tensor_BHLD)
        return tensor_BHLD if self.rotary is None else self.rotary(tensor_BHLD, start)

    def attend_cached(self, query_BQM: Tensor, cache: KeyValueCache, mask: Mask) -> Tensor:
        """B×Q×M mixture of what the cache holds already, as cross-attention needs it."""
        return self.attend(self.project_query(query_BQM), *cache.view(), mask)

    def attend(
        self, query_BHQD: Tensor, key_BGKD: Tensor, value_BGKD: Tensor, mask: Mask
    ) -> Tensor:
        """B×Q×M: attention of every head, put side by side and projected."""
        key_BHKD, value_BHKD = self._for_each_head(key_BGKD), self._for_each_head(value_BGKD)
        if mask.blocks is not None and not self.watched:
            mixed_BHQD = mask.blocks.attend(query_BHQD, key_BHKD, value_BHKD, self._mix_block)
        else:
            mixed_BHQD = self._mix(query_BHQD, key_BHKD, value_BHKD, mask.whole())
        return self.output(self.mixed(mixed_BHQD).transpose(1, 2).flatten(2))

    @property
    def watched(self) -> bool:
        """Whether somebody looks at what only the formula itself makes."""
        return self.scores.watched or self.weights.watched

    @property
    def explicit(self) -> bool:
        """Whether the formula itself must run: somebody watches, or no kernel knows it."""
        return self.watched or self.sink_H is not None or self.cap > 0

    def _mix(self, query_BHQD: Tensor, key_BHKD: Tensor, value_BHKD: Tensor, mask: Mask) -> Tensor:
        if self.explicit:
            return self._attend_explicitly(query_BHQD, key_BHKD, value_BHKD, mask)
        return self._attend_fused(query_BHQD, key_BHKD, value_BHKD, mask)

    def _mix_block(
        self, query_BHQD: Tensor, key_BHKD: Tensor, value_BHKD: Tensor,
        allowed: Tensor | None, bias: Tensor | None,
    ) -> Tensor:  # fmt: skip
        return self._mix(query_BHQD, key_BHKD, value_BHKD, Mask(allowed, bias=bias))

    def _attend_explicitly(
        self, query_BHQD: Tensor, key_BHKD: Tensor, value_BHKD: Tensor, mask: Mask
    ) -> Tensor:
        scores_BHQK = attention_scores(query_BHQD, key_BHKD, self.cap)
        if mask.bias is not None:
            scores_BHQK = scores_BHQK + mask.bias.to(scores_BHQK.dtype)
        queries, keys = scores_BHQK.shape[-2:]
        table = mask.table(queries, keys, scores_BHQK.device)
        weights_BHQK = self.tapped(self.weigh(self.scores(scores_BHQK), table), mask.look)
        return dropout(weights_BHQK, self.dropout, self.training) @ value_BHKD

    def weigh(self, scores_BHQK: Tensor, table: Tensor | None) -> Tensor:
        """Weights of these scores, under a boolean table and the sink."""
        return attention_weights(scores_BHQK, table, self.sink_H)

    def tapped(self, weights_BHQK: Tensor, look: Look | None) -> Tensor:
        """The weights, shown among those of all positions where the keys are only some of them."""
        if look is None or not self.weights.watched:
            return self.weights(weights_BHQK)
        place_K = look.places(weights_BHQK.device)
        spread_BHQL = weights_BHQK.new_zeros(*weights_BHQK.shape[:3], look.stop)
        spread_BHQL[..., place_K] = weights_BHQK
        return self.weights(spread_BHQL)[..., place_K]

    def _attend_fused(
        self, query_BHQD: Tensor, key_BHKD: Tensor, value_BHKD: Tensor, mask: Mask
    ) -> Tensor:
        share = self.dropout if self.training else 0.0
        queries, keys = query_BHQD.shape[2], key_BHKD.shape[2]
        if unfused.pays(query_BHQD, keys, share):
            table = mask.table(queries, keys, query_BHQD.device)
            return unfused.unfused_attention(
                query_BHQD, key_BHKD, value_BHKD, table, mask.bias, share
            )
        if mask.causal and mask.allowed is None and mask.bias is None and queries == keys:
            return fused_attention(query_BHQD, key_BHKD, value_BHKD, dropout=share, causal=True)
        table = mask.table(queries, keys, query_BHQD.device)
        if mask.bias is not None:
            table = _with_bias(mask.bias.to(query_BHQD.dtype), table)
        return fused_attention(query_BHQD, key_BHKD, value_BHKD, table, dropout=share)

    def _for_each_head(self, tensor_BGKD: Tensor) -> Tensor:
        if self.groups == self.heads:
            return tensor_BGKD
        return tensor_BGKD.repeat_interleave(self.heads // self.groups, dim=1)

    def _split(self, tensor_BLM: Tensor, heads: int) -> Tensor:
        batch, length, width = tensor_BLM.shape
        return tensor_BLM.view(batch, length, heads, width // heads).transpose(1, 2)


def _with_bias(bias_1HQK: Tensor, table: Tensor | None) -> Tensor:
    if table is None:
        return bias_1HQK
    return torch.where(table, bias_1HQK, torch.finfo(bias_1HQK.dtype).min)

"""The one attention function that `transformers` calls, and the taps of whoever calls it.

Axes: B batch, H head, G key–value head, Q query position, K key position, D head width.
"""

from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout as drop
from torch.nn.functional import scaled_dot_product_attention

from explorer.model.taps import Tap

NAME = "attention_explorer"
"""Under which `transformers` knows the function."""


class OutputWeight:
    """The matrix after the attention, outputs × inputs, wherever the family keeps it."""

    def __init__(self, layer: nn.Module) -> None:
        self._layer = ref(layer)

    @property
    def layer(self) -> nn.Module:
        """The module itself."""
        layer = self._layer()
        assert layer is not None
        return layer

    @property
    def weight(self) -> Tensor:
        """Outputs × inputs; GPT-2's own linear layer has them the other way round."""
        layer = self.layer
        weight = layer.weight
        assert isinstance(weight, Tensor)
        return weight if isinstance(layer, nn.Linear) else weight.T

    @property
    def bias(self) -> Tensor | None:
        """What is added to every output, if anything."""
        bias = getattr(self._layer(), "bias", None)
        return bias if isinstance(bias, Tensor) else None


class OutsideAttention(nn.Module):
    """The taps of one attention module of `transformers`, and what was learned of it.

    `scaling` is what products of queries and keys are multiplied with; `shifts` sees T5's bias on
    the scores (1×H×Q×K), `masks` the boolean table of what may be looked at (B×1×Q×K). What the
    last call brought along (`cap`, `sink_H`, `scaling`) is kept for whoever asks.
    """

    def __init__(self, heads: int = 0, groups: int = 0) -> None:
        super().__init__()
        self.heads, self.groups = heads, groups
        self.cap = 0.0
        self.scaling = 1.0
        self.sink_H: Tensor | None = None
        self.output: OutputWeight | None = None
        self.queries, self.keys, self.values = Tap(), Tap(), Tap()
        self.scores, self.weights, self.mixed = Tap(), Tap(), Tap()
        self.shifts, self.masks = Tap(), Tap()

    @property
    def watched(self) -> bool:
        """Whether somebody looks at what only the formula itself makes."""
        return self.scores.watched or self.weights.watched

    def forward(
        self, query_BHQD: Tensor, key_BGKD: Tensor, value_BGKD: Tensor, mask: Tensor | None,
        bias: Tensor | None, dropout: float,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """B×H×Q×D mixture of the values, and the weights where they were made."""
        query_BHQD, key_BGKD = self.queries(query_BHQD), self.keys(key_BGKD)
        value_BGKD = self.values(value_BGKD)
        if mask is not None:
            mask = mask[..., : key_BGKD.shape[2]]
            if self.masks.watched:
                self.masks(_table(mask))
        if bias is not None:
            bias = self.shifts(bias)
        if self.watched or self.cap or self.sink_H is not None:
            return self._explicitly(query_BHQD, key_BGKD, value_BGKD, mask, bias, dropout)
        key_BHKD, value_BHKD = self._for_each_head(key_BGKD), self._for_each_head(value_BGKD)
        mixed_BHQD = scaled_dot_product_attention(
            query_BHQD, key_BHKD, value_BHKD, _added(mask, bias, query_BHQD.dtype), dropout,
            scale=self.scaling,
        )  # fmt: skip
        return self.mixed(mixed_BHQD), None

    def _explicitly(
        self, query_BHQD: Tensor, key_BGKD: Tensor, value_BGKD: Tensor, mask: Tensor | None,
        bias: Tensor | None, dropout: float,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        scores_BHQK = self._product(query_BHQD, key_BGKD.transpose(2, 3)) * self.scaling
        if self.cap:
            scores_BHQK = self.cap * torch.tanh(scores_BHQK / self.cap)
        if bias is not None:
            scores_BHQK = scores_BHQK + bias
        scores_BHQK = self.scores(scores_BHQK)
        if mask is not None:
            added = _added(mask, None, scores_BHQK.dtype)
            assert added is not None
            scores_BHQK = scores_BHQK + added
        weights_BHQK = self.weights(self._weights(scores_BHQK).to(query_BHQD.dtype))
        dropped_BHQK = drop(weights_BHQK, dropout) if self.training else weights_BHQK
        return self.mixed(self._product(dropped_BHQK, value_BGKD)), weights_BHQK

    def _product(self, one_BHQX: Tensor, shared_BGXY: Tensor) -> Tensor:
        """B×H×Q×Y: heads that share are rows of one product where each has one query."""
        if self.groups == self.heads:
            return one_BHQX @ shared_BGXY
        rows, heads, queries, inner = one_BHQX.shape
        if queries > 1:
            return one_BHQX @ self._for_each_head(shared_BGXY)
        each = one_BHQX.reshape(rows, self.groups, heads // self.groups, inner) @ shared_BGXY
        return each.view(rows, heads, 1, -1)

    def _weights(self, scores_BHQK: Tensor) -> Tensor:
        if self.sink_H is None:
            return scores_BHQK.softmax(-1, dtype=torch.float32)
        sink_BHQ1 = self.sink_H[None, :, None, None].expand(*scores_BHQK.shape[:3], 1)
        both = torch.cat([scores_BHQK, sink_BHQ1.to(scores_BHQK.dtype)], dim=-1)
        return both.softmax(-1, dtype=torch.float32)[..., :-1]

    def _for_each_head(self, tensor_BGKD: Tensor) -> Tensor:
        if self.groups == self.heads:
            return tensor_BGKD
        return tensor_BGKD.repeat_interleave(self.heads // self.groups, dim=1)


def _table(mask: Tensor) -> Tensor:
    """The mask as a boolean, True where a query may look."""
    return mask if mask.dtype == torch.bool else mask > torch.finfo(mask.dtype).min / 2


def _added(mask: Tensor | None, bias: Tensor | None, kind: torch.dtype) -> Tensor | None:
    """What is added to scores: 0 or a large negative number, and the bias."""
    if mask is not None and mask.dtype == torch.bool:
        nothing = torch.zeros((), dtype=kind, device=mask.device)
        mask = torch.where(mask, nothing, torch.finfo(kind).min)
    if bias is None:
        return mask
    bias = bias.to(kind)
    # Twice the smallest number would be -inf, and a row of it NaN.
    return bias if mask is None else (mask + bias).clamp(min=torch.finfo(kind).min)


_TAPS: "WeakKeyDictionary[nn.Module, OutsideAttention]" = WeakKeyDictionary()
"""The taps of each module of a model that is open."""


def taps_of(module: nn.Module) -> OutsideAttention | None:
    """The taps that a module fires, where it has some."""
    return _TAPS.get(module)


def give_taps(module: nn.Module, attention: OutsideAttention) -> None:
    """Let a module fire these from now on."""
    _TAPS[module] = attention


def attend(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None,
    scaling: float | None = None, dropout: float = 0.0, softcap: float | None = None,
    position_bias: Tensor | None = None, s_aux: Tensor | None = None, **_: object,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """What `transformers` calls for every attention: B×Q×H×D, and weights where they were made."""
    attention = taps_of(module)
    if attention is None:  # Nobody has looked for this one: it computes all the same.
        attention = OutsideAttention().train(module.training)
    sink_H = getattr(module, "sinks", None) if s_aux is None else s_aux
    # Past the module's own setter and call: a step of decoding passes here for every layer.
    told = vars(attention)
    told["scaling"] = query.shape[-1] ** -0.5 if scaling is None else scaling
    told["cap"] = softcap or 0.0
    told["sink_H"] = None if sink_H is None else sink_H.detach()
    told["heads"], told["groups"] = query.shape[1], key.shape[1]
    mixed_BHQD, weights_BHQK = attention.forward(
        query, key, value, attention_mask, position_bias, dropout
    )
    return mixed_BHQD.transpose(1, 2).contiguous(), weights_BHQK


def register() -> str:
    """Make the function known to `transformers`, once; gives its name."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, eager_mask)
    return NAME

"""One token's step through a decoder with as few calls as can be.

A step computes so little that calling modules takes most of its time. So what the modules would do
is laid out once for a text, as plain functions with their weights at hand; what low-bit layers make
of their weights is made once. It is the same arithmetic, and the taps of attention weights are
served as ever; whoever watches anything else gets the modules themselves.

Axes: B batch, H head, G key–value head, K key position, D head width, M model width, m width of
all keys together, R rows of products (B·G), h heads that share keys (H/G).
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.model.attention import MultiHeadAttention
from explorer.model.blocks import DecoderBlock, Residual
from explorer.model.cache import DecoderState, KeyValueCache
from explorer.model.feed_forward import FeedForward
from explorer.model.low_bit import QUANTISERS, LowBitLinear, eight_bits
from explorer.model.mask import Mask
from explorer.model.packed import PackedLinear
from explorer.model.positions import added_positions
from explorer.model.taps import Tap

if TYPE_CHECKING:
    from explorer.model.transformer import Transformer

Layer = Callable[[Tensor], Tensor]
"""B×M to B×m."""
Step = Callable[[Tensor, DecoderState, Mask], Tensor]
"""The newest tokens, or what became of them so far, a layer or all layers further."""
_WIDEST = 256
"""Width up to which three products side by side gain more than the copy of their weights costs."""


def plan(model: "Transformer", blocks: Sequence[DecoderBlock]) -> Step:
    """A step: B newest tokens to B×V logits, while the state grows by them."""
    layers = [_block(number, block) for number, block in enumerate(blocks)]
    embed, last, say = _embedding(model), _quick(model.decoder_norm), _quick(model.output)

    def step(token_B: Tensor, state: DecoderState, mask: Mask) -> Tensor:
        new_BM = embed(token_B, state.length)
        for layer in layers:
            new_BM = layer(new_BM, state, mask)
        return say(last(new_BM))

    return step


def _embedding(model: "Transformer") -> Callable[[Tensor, int], Tensor]:
    assert model.target_embedding is not None
    table_VM, kind = model.target_embedding.weight, model.output.weight.dtype
    factor = math.sqrt(model.config.width) if model.config.scale_embeddings else None
    norm, place_LM = _quick(model.embedding_norm), added_positions(model.positions)

    def embed(token_B: Tensor, start: int) -> Tensor:
        new_BM = F.embedding(token_B, table_VM).to(kind)
        if factor is not None:
            new_BM = new_BM * factor
        return norm(new_BM if place_LM is None else new_BM + place_LM[start])

    return embed


def hooks_besides(module: nn.Module) -> tuple[object, ...]:
    """The hooks of all taps whose watching needs the modules themselves; false while empty."""
    own = {a.weights for a in module.modules() if isinstance(a, MultiHeadAttention)}
    return tuple(m._forward_hooks for m in module.modules() if isinstance(m, Tap) and m not in own)


def _block(number: int, block: DecoderBlock) -> Step:
    looks, sums = _self_attention(block.self_attention), _sum(block.residual_1)
    crossing = _crossing_sum(block)
    feeds, sums_last = _feed_forward(block.feed_forward), _sum(block.residual_3)

    def step(new_BM: Tensor, state: DecoderState, mask: Mask) -> Tensor:
        past = state.past[number]
        new_BM = sums(new_BM, lambda x: looks(x, past, mask))
        if crossing is not None:
            new_BM = crossing(new_BM, state.source[number], state.source_mask.allowed)
        return sums_last(new_BM, feeds)

    return step


def _crossing_sum(
    block: DecoderBlock,
) -> Callable[[Tensor, KeyValueCache, Tensor | None], Tensor] | None:
    if block.cross_attention is None:
        return None
    looks, sums = _crossing(block.cross_attention), _sum(block.residual_2)
    return lambda new_BM, memory, allowed: sums(new_BM, lambda x: looks(x, memory, allowed))


def _sum(residual: Residual) -> Callable[[Tensor, Layer], Tensor]:
    norm = _quick(residual.norm)
    if residual.norm_first:
        return lambda new_BM, sublayer: new_BM + sublayer(norm(new_BM))
    return lambda new_BM, sublayer: norm(new_BM + sublayer(new_BM))


def _feed_forward(layer: FeedForward) -> Layer:
    expand, contract = _quick(layer.expand), _quick(layer.contract)
    activation = _gelu if layer.activation is F.gelu else layer.activation
    if layer.gate is None:
        return lambda new_BM: contract(activation(expand(new_BM)))
    gate = _quick(layer.gate)
    return lambda new_BM: contract(expand(new_BM) * activation(gate(new_BM)))


def _gelu(input: Tensor) -> Tensor:
    """GELU, x/2 · (1 + erf(x/√2)); PyTorch's own is slow to begin on a CPU."""
    half = input * 0.5
    return torch.addcmul(half, half, torch.erf(input * math.sqrt(0.5)))


def _self_attention(
    attention: MultiHeadAttention,
) -> Callable[[Tensor, KeyValueCache, Mask], Tensor]:
    project, factor = _side_by_side(attention, attention.key, attention.value)
    attend, output = _attention(attention), _quick(attention.output)
    heads, groups = attention.heads, attention.groups
    placed = attention.query_norm is not None or attention.rotary is not None

    def look(new_BM: Tensor, past: KeyValueCache, mask: Mask) -> Tensor:
        query_BM, key_Bm, value_Bm = project(new_BM)
        batch, start = new_BM.shape[0], past.length
        query_BH1D = query_BM.view(batch, heads, 1, -1)
        key_BG1D = key_Bm.view(batch, groups, 1, -1)
        if placed:
            query_BH1D = attention.placed(query_BH1D, attention.query_norm, start)
            key_BG1D = attention.placed(key_BG1D, attention.key_norm, start)
        if factor is not None:
            query_BH1D = query_BH1D * factor
        held = past.extend(key_BG1D, value_Bm.view(batch, groups, 1, -1), mask.look)
        return output(attend(query_BH1D, *held, mask))

    return look


def _crossing(
    attention: MultiHeadAttention,
) -> Callable[[Tensor, KeyValueCache, Tensor | None], Tensor]:
    project, factor = _side_by_side(attention)
    attend, output = _attention(attention), _quick(attention.output)
    norm, heads = attention.query_norm, attention.heads

    def look(new_BM: Tensor, memory: KeyValueCache, allowed: Tensor | None) -> Tensor:
        query_BH1D = project(new_BM)[0].view(new_BM.shape[0], heads, 1, -1)
        if norm is not None:
            query_BH1D = norm(query_BH1D)
        if factor is not None:
            query_BH1D = query_BH1D * factor
        return output(attend(query_BH1D, *memory.view(), Mask(allowed)))

    return look


def _attention(attention: MultiHeadAttention) -> Callable[[Tensor, Tensor, Tensor, Mask], Tensor]:
    """B×H×1×D, divided by √D already, B×G×K×D twice and what is allowed, to B×M."""
    heads, groups, cap = attention.heads, attention.groups, attention.cap
    shared, watched = heads // groups, attention.weights._forward_hooks

    def attend(query_BH1D: Tensor, key_BGKD: Tensor, value_BGKD: Tensor, mask: Mask) -> Tensor:
        batch, _, _, width = query_BH1D.shape
        rows, keys = batch * groups, key_BGKD.shape[2]
        query_RhD = query_BH1D.reshape(rows, shared, width)
        key_RDK = _rows(key_BGKD, rows).transpose(1, 2)
        scores_RhK = torch.bmm(query_RhD, key_RDK)
        if cap:
            scores_RhK = cap * torch.tanh(scores_RhK / cap)
        if mask.bias is None and mask.allowed is None and attention.sink_H is None:
            weights_RhK = scores_RhK.softmax(-1)
        else:
            scores_BHQK = scores_RhK.view(batch, heads, 1, keys)
            if mask.bias is not None:
                scores_BHQK = scores_BHQK + mask.bias.to(scores_BHQK.dtype)
            found_BHQK = attention.weigh(scores_BHQK, mask.allowed)
            weights_RhK = found_BHQK.reshape(rows, shared, keys)
        if watched:
            seen_BH1K = attention.tapped(weights_RhK.view(batch, heads, 1, keys), mask.look)
            weights_RhK = seen_BH1K.reshape(rows, shared, keys)
        return torch.bmm(weights_RhK, _rows(value_BGKD, rows)).view(batch, heads * width)

    return attend


def _rows(tensor_BGKD: Tensor, rows: int) -> Tensor:
    _, _, keys, width = tensor_BGKD.shape
    return tensor_BGKD.reshape(rows, keys, width)


def _side_by_side(
    attention: MultiHeadAttention, *layers: nn.Linear
) -> tuple[Callable[[Tensor], Sequence[Tensor]], float | None]:
    """Queries and other layers of one input, and the factor that queries have still to get.

    Small plain layers become a single product, with the factor in its weights, except where a norm
    would take it out again.
    """
    factor = 1 / math.sqrt(attention.query.out_features // attention.heads)
    layers = (attention.query, *layers)
    plain = all(type(layer) is nn.Linear for layer in layers)
    if not plain or attention.query.in_features > _WIDEST:
        each = [_quick(layer) for layer in layers]
        return lambda input: [layer(input) for layer in each], factor
    folded = 1.0 if attention.query_norm is not None else factor
    weights = [attention.query.weight * folded, *(layer.weight for layer in layers[1:])]
    weight, bias = torch.cat(weights), None
    if attention.query.bias is not None:
        biases = [attention.query.bias * folded, *(layer.bias for layer in layers[1:])]
        bias = torch.cat(biases)
    sizes = [layer.out_features for layer in layers]
    return (
        lambda input: F.linear(input, weight, bias).split_with_sizes(sizes, -1),
        factor if folded == 1.0 else None,
    )


def _quick(module: nn.Module) -> Layer:
    """What a module computes, without the ceremony of calling it."""
    match module:
        case nn.Identity():
            return lambda input: input
        case LowBitLinear() if module.quantised:
            numbers_OI, scale = QUANTISERS[module.kind](module.weight)
            return _rounding(numbers_OI * scale, module.bias)
        case PackedLinear():
            return _rounding(module.weight, module.bias)
        case nn.Linear():
            return partial(F.linear, weight=module.weight, bias=module.bias)
        case nn.LayerNorm():
            shape, eps = module.normalized_shape, module.eps
            weight, bias = module.weight, module.bias
            return lambda input: torch.layer_norm(input, shape, weight, bias, eps)
        case _:
            return module.forward


def _rounding(weight_OI: Tensor, bias: Tensor | None) -> Layer:
    return lambda input: F.linear(eight_bits(input), weight_OI, bias)

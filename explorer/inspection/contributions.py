"""What each head, bias and feed-forward layer adds to a logit.

A logit is a product of the last residual, normalised, with the token's output vector. The residual
is a sum, and a norm whose scale is taken as it came out is linear; so every part's share can be
read off, and the shares add up to the logit (direct logit attribution: Elhage et al., 2021, “A
mathematical framework for Transformer circuits”). Where norms stand after the sums, as in the first
Transformer, each part is followed through all norms behind it, the scale of each taken as it came
out: they add up just so.

Axes: L position, M model width, H head, D head width, I inputs of a layer. Sums are in float64.
"""

from collections.abc import Iterator
from functools import partial

from torch import Tensor, nn

from explorer.inspection.residuals import Residuals
from explorer.messages.lenses import Part
from explorer.model.low_bit import QUANTISERS, LowBitLinear, eight_bits
from explorer.model.packed import PackedLinear

SCALE_TAKEN = (
    "The last norm's scale is taken as it came out in this pass, so that every part's share is a "
    "plain product; the shares add up to the logit."
)
SCALES_TAKEN = (
    "This model normalises after every sum. Each part is followed through all norms behind it, the "
    "scale of each taken as it came out in this pass; the shares add up to the logit."
)


def parts_of(seen: Residuals, place: int, direction_M: Tensor) -> tuple[Part, ...]:
    """Shares in the product of the last residual at a place with a direction, in order.

    The direction is a token's row of the output layer, or the difference of two.
    """
    found: list[Part] = []
    pull_M = _exact(direction_M)
    last_M = seen.after_LM(len(seen.sums))[place]
    bias, pull_M = through(seen.norm, last_M, pull_M)
    if bias is not None:
        found.append(Part("norm bias", bias))
    for number in reversed(range(len(seen.sums))):
        each, after = seen.sums[number], partial(Part, layer=seen.sums[number].layer)
        if not each.residual.norm_first:
            sum_M = _exact(seen.after_LM(number)[place]) + _exact(seen.added_LM(number)[place])
            bias, pull_M = through(each.residual.norm, sum_M, pull_M)
            if bias is not None:
                found.append(after("norm bias", bias, site=each.site))
        found += reversed(list(_of_sum(seen, number, place, pull_M)))
    found.append(Part("embedding", _dot(seen.start_LM[place], pull_M)))
    return tuple(reversed(found))


def _of_sum(seen: Residuals, number: int, place: int, pull_M: Tensor) -> Iterator[Part]:
    each = seen.sums[number]
    if each.attention is None:
        share = _dot(seen.added_LM(number)[place], pull_M)
        yield Part("feed-forward", share, each.layer)
        return
    layer = each.attention.output
    # As the layer itself takes them: heads side by side, rounded together where it rounds.
    input_I, weight_MI = _as_used(layer, seen.mixed_HLD(number)[:, place].flatten())
    shares_I = _exact(input_I) * (pull_M @ _exact(weight_MI))
    for head, share in enumerate(shares_I.view(each.attention.heads, -1).sum(-1).tolist()):
        yield Part("head", share, each.layer, each.site, head)
    if layer.bias is not None:
        yield Part("attention bias", _dot(layer.bias, pull_M), each.layer, each.site)


def _as_used(layer: nn.Linear, input_I: Tensor) -> tuple[Tensor, Tensor]:
    """The very numbers that a layer multiplies."""
    if isinstance(layer, LowBitLinear) and layer.quantised:
        numbers_MI, scale = QUANTISERS[layer.kind](layer.weight)
        return eight_bits(input_I), numbers_MI * scale
    if isinstance(layer, PackedLinear):
        return eight_bits(input_I), layer.weight
    return input_I, layer.weight


def through(norm: nn.Module, input_M: Tensor, pull_M: Tensor) -> tuple[float | None, Tensor]:
    """The share of a norm's bias, and the direction before the norm, its scale as it came out."""
    if isinstance(norm, nn.Identity):
        return None, pull_M
    input_M = _exact(input_M)
    assert isinstance(norm, nn.LayerNorm | nn.RMSNorm) and norm.eps is not None
    weighted_M = _exact(norm.weight) * pull_M
    if isinstance(norm, nn.RMSNorm):
        return None, weighted_M / (input_M.square().mean() + norm.eps).sqrt()
    scale = (input_M.var(correction=0) + norm.eps).sqrt()
    bias = None if norm.bias is None else _dot(norm.bias, pull_M)
    return bias, (weighted_M - weighted_M.mean()) / scale


def _dot(one_M: Tensor, other_M: Tensor) -> float:
    return float(_exact(one_M) @ other_M)


def _exact(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().double()

"""Linear layers whose weights are −1, 0, 1 or −1, 1 and whose inputs have 8 bits.

They learn as BitNet does: float weights, the latent ones, gather what the optimizer adds, every
product takes their quantised values, and the gradient passes straight through the rounding.

Axes: O output, I input; inputs have any axes before I.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = 127.0
"""Steps of an 8-bit input on either side of zero (Q_b of the papers)."""
SMALLEST = 1e-5
"""Scales are no smaller, so that nothing divides by zero."""

Quantiser = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Latent weights to whole numbers O×I, as floats, and the scale that multiplies them."""


def ternary(weight_OI: Tensor) -> tuple[Tensor, Tensor]:
    """−1, 0 or 1: RoundClip(W/γ, −1, 1) with γ the mean of |W|; and γ.

    BitNet b1.58 (Ma et al., 2024, *The Era of 1-bit LLMs*, equations 1 to 3).
    """
    scale = weight_OI.abs().mean().clamp(min=SMALLEST)
    return (weight_OI / scale).round().clamp(-1, 1), scale


def binary(weight_OI: Tensor) -> tuple[Tensor, Tensor]:
    """−1 or 1: the sign of W less its mean (that of 0 is −1), and the mean of |W|.

    BitNet (Wang et al., 2023, *Scaling 1-bit Transformers*, equations 1 to 3 and 12).
    """
    scale = weight_OI.abs().mean().clamp(min=SMALLEST)
    return (weight_OI > weight_OI.mean()).to(weight_OI.dtype) * 2 - 1, scale


QUANTISERS: dict[str, Quantiser] = {"ternary": ternary, "binary": binary}
"""The low-bit kinds of `ModelConfig.weights`."""


def eight_bits(input_I: Tensor) -> Tensor:
    """Inputs on 255 even steps between ± the largest of their token (absmax), as floats.

    The first BitNet scales so while it runs (Wang et al., 2023, section 2.1), b1.58 always.
    """
    input_I = input_I.to(torch.promote_types(input_I.dtype, torch.float32))
    scale = LEVELS / input_I.abs().amax(dim=-1, keepdim=True).clamp(min=SMALLEST)
    return (input_I * scale).round().clamp(-LEVELS, LEVELS) / scale


def straight_through(value: Tensor, quantised: Tensor) -> Tensor:
    """The quantised value, with the gradient of the value itself (Bengio et al., 2013).

    x + (q − x).detach() in an order that loses no bit of q.
    """
    if not (torch.is_grad_enabled() and value.requires_grad):
        return quantised
    return quantised.detach() + (value - value.detach())


class LowBitLinear(nn.Linear):
    """A linear layer that computes with quantised weights and 8-bit inputs.

    BitNet puts a norm before the rounding. Here the blocks' norms stand for it: the scale of each
    token is taken out by `eight_bits` in any case (see docs/low-bit.md).
    """

    def __init__(self, kind: str, inputs: int, outputs: int, bias: bool = True) -> None:
        super().__init__(inputs, outputs, bias)
        self.kind = kind
        self.quantised = True

    def forward(self, input: Tensor) -> Tensor:
        """…×I to …×O."""
        if not self.quantised:
            return F.linear(input, self.weight, self.bias)
        numbers_OI, scale = QUANTISERS[self.kind](self.weight)
        weight_OI = straight_through(self.weight, numbers_OI * scale)
        return F.linear(straight_through(input, eight_bits(input)), weight_OI, self.bias)

    def extra_repr(self) -> str:
        """Shape and kind of weights."""
        return f"{super().extra_repr()}, weights={self.kind}"


@contextmanager
def full_precision(model: nn.Module) -> Iterator[bool]:
    """Compute with the latent weights and unrounded inputs; whether that changes anything."""
    layers = [m for m in model.modules() if isinstance(m, LowBitLinear) and m.quantised]
    try:
        for layer in layers:
            layer.quantised = False
        yield bool(layers)
    finally:
        for layer in layers:
            layer.quantised = True

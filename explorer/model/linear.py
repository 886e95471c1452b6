"""The kinds of linear layer that blocks are built of."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.low_bit import LowBitLinear

Maker = Callable[[int, int, bool], nn.Linear]

LINEARS: dict[str, Maker] = {
    "full": nn.Linear,
    "ternary": partial(LowBitLinear, "ternary"),
    "binary": partial(LowBitLinear, "binary"),
}
"""The kinds of `ModelConfig.weights`: made from inputs, outputs and whether there is a bias."""


def make_linear(config: ModelConfig, inputs: int, outputs: int) -> nn.Linear:
    """A linear layer of a block, of the configured kind."""
    return LINEARS[config.weights](inputs, outputs, config.bias)


def side_by_side(layers: Sequence[nn.Linear], input: Tensor) -> Sequence[Tensor]:
    """What each of several layers makes of one input.

    While gradients are computed on a CPU, plain layers share one product: larger ones run faster,
    and the input's gradient needs no sum. They all have a bias or none.
    """
    plain = all(type(layer) is nn.Linear for layer in layers)
    if not plain or input.device.type != "cpu" or not torch.is_grad_enabled():
        return [layer(input) for layer in layers]
    weight = torch.cat(tuple(layer.weight for layer in layers))
    biases: list[Tensor] = [layer.bias for layer in layers if layer.bias is not None]
    joint = F.linear(input, weight, torch.cat(biases) if biases else None)
    return joint.split([layer.out_features for layer in layers], dim=-1)

"""The kinds of linear layer that blocks are built of."""

from collections.abc import Callable
from functools import partial

from torch import nn

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

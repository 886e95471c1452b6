"""The kinds of linear layer that blocks are built of."""

from collections.abc import Callable

from torch import nn

from explorer.messages.config import ModelConfig

Maker = Callable[[int, int, bool], nn.Linear]

LINEARS: dict[str, Maker] = {"full": nn.Linear}
"""The kinds of `ModelConfig.weights`: made from inputs, outputs and whether there is a bias."""


def make_linear(config: ModelConfig, inputs: int, outputs: int) -> nn.Linear:
    """A linear layer of a block, of the configured kind."""
    return LINEARS[config.weights](inputs, outputs, config.bias)

"""The layer between two attentions, at every position alike."""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.dropout import Dropout, dropped_relu
from explorer.model.linear import make_linear


def relu2(tensor: Tensor) -> Tensor:
    """The square of ReLU (So et al., 2021)."""
    return F.relu(tensor).square()


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu, "relu2": relu2, "gelu": F.gelu, "silu": F.silu, "swiglu": F.silu,
    "geglu": F.gelu,
}  # fmt: skip
"""The kinds of `ModelConfig.activation`; of the gated ones, the bend of the gate."""
GATED = ("swiglu", "geglu")


class FeedForward(nn.Module):
    """Two linear layers with a bend between (section 3.3), or with a gate (Shazeer, 2020)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.expand = make_linear(config, config.width, config.feed_forward)
        self.gate = None
        if config.activation in GATED:
            self.gate = make_linear(config, config.width, config.feed_forward)
        self.contract = make_linear(config, config.feed_forward, config.width)
        self.dropout = Dropout(config.dropout_of("hidden"))
        self.activation = ACTIVATIONS[config.activation]

    def forward(self, residual_BLM: Tensor) -> Tensor:
        """B×L×M to B×L×M."""
        hidden_BLF = self.expand(residual_BLM)
        if self.gate is not None:
            hidden_BLF = hidden_BLF * self.activation(self.gate(residual_BLM))
        elif self.activation is F.relu:
            share = self.dropout.probability
            return self.contract(dropped_relu(hidden_BLF, share, self.training))
        else:
            hidden_BLF = self.activation(hidden_BLF)
        return self.contract(self.dropout(hidden_BLF))

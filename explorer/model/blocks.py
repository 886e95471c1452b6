"""The encoder's and the decoder's building blocks (section 3.1 and figure 1 of the paper).

Axes: B batch, S source position, T target position, M model width.
"""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.attention import KeyValueCache, MultiHeadAttention
from explorer.model.taps import Tap

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu}
"""The kinds of `ModelConfig.activation`."""


class FeedForward(nn.Module):
    """Two linear layers with a bend between, at every position alike (section 3.3)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.expand = nn.Linear(config.width, config.feed_forward)
        self.contract = nn.Linear(config.feed_forward, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.activation = ACTIVATIONS[config.activation]

    def forward(self, residual_BLM: Tensor) -> Tensor:
        """B×L×M to B×L×M."""
        return self.contract(self.dropout(self.activation(self.expand(residual_BLM))))


class Residual(nn.Module):
    """x + sublayer(x), normalised after the sum as in the paper, or before the sub-layer."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.norm_first = config.norm == "before"
        self.tap = Tap()

    def forward(self, residual_BLM: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        """The residual with the sub-layer's contribution added."""
        if self.norm_first:
            return self.tap(residual_BLM + self.dropout(sublayer(self.norm(residual_BLM))))
        return self.tap(self.norm(residual_BLM + self.dropout(sublayer(residual_BLM))))


class EncoderBlock(nn.Module):
    """Self-attention over the source, then feed-forward."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(config.width, config.heads, config.dropout)
        self.feed_forward = FeedForward(config)
        self.residual_1, self.residual_2 = Residual(config), Residual(config)

    def forward(self, source_BSM: Tensor, mask: Tensor) -> Tensor:
        """B×S×M to B×S×M."""
        source_BSM = self.residual_1(source_BSM, lambda x: self.self_attention(x, x, mask))
        return self.residual_2(source_BSM, self.feed_forward)


class DecoderBlock(nn.Module):
    """Masked self-attention over the target, cross-attention to the source, feed-forward."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(config.width, config.heads, config.dropout)
        self.cross_attention = MultiHeadAttention(config.width, config.heads, config.dropout)
        self.feed_forward = FeedForward(config)
        self.residual_1, self.residual_2 = Residual(config), Residual(config)
        self.residual_3 = Residual(config)

    def forward(
        self, target_BTM: Tensor, memory_BSM: Tensor, target_mask: Tensor, source_mask: Tensor
    ) -> Tensor:
        """B×T×M to B×T×M, with every target position at once."""
        target_BTM = self.residual_1(target_BTM, lambda x: self.self_attention(x, x, target_mask))
        target_BTM = self.residual_2(
            target_BTM, lambda x: self.cross_attention(x, memory_BSM, source_mask)
        )
        return self.residual_3(target_BTM, self.feed_forward)

    def step(
        self, target_B1M: Tensor, past: KeyValueCache, source: KeyValueCache, source_mask: Tensor
    ) -> Tensor:
        """B×1×M to B×1×M: one more target position; `source` holds the memory's projections."""
        target_B1M = self.residual_1(target_B1M, lambda x: self.self_attention(x, x, None, past))
        target_B1M = self.residual_2(
            target_B1M, lambda x: self.cross_attention.attend_cached(x, source, source_mask)
        )
        return self.residual_3(target_B1M, self.feed_forward)

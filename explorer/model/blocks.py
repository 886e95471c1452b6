"""The encoder's and the decoder's building blocks (section 3.1 and figure 1 of the paper).

Axes: B batch, S source position, T target position, L either, M model width.
"""

from collections.abc import Callable

from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.attention import MultiHeadAttention
from explorer.model.cache import KeyValueCache
from explorer.model.dropout import Dropout
from explorer.model.feed_forward import FeedForward
from explorer.model.mask import Mask
from explorer.model.norms import make_norm
from explorer.model.taps import Tap


class Residual(nn.Module):
    """x + sublayer(x), normalised after the sum as in the paper, or before the sub-layer.

    Tapped are what the sub-layer adds, and the residual after it.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.norm = make_norm(config)
        self.dropout = Dropout(config.dropout)
        self.norm_first = config.norm == "before"
        self.added, self.tap = Tap(), Tap()

    def forward(self, residual_BLM: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        """The residual with the sub-layer's contribution added."""
        if self.norm_first:
            added_BLM = self.added(self.dropout(sublayer(self.norm(residual_BLM))))
            return self.tap(residual_BLM + added_BLM)
        added_BLM = self.added(self.dropout(sublayer(residual_BLM)))
        return self.tap(self.norm(residual_BLM + added_BLM))


Sublayers = tuple[tuple[Residual, MultiHeadAttention | None], ...]
"""A block's residual sums in order, each with its attention; None for the feed-forward layer."""


class EncoderBlock(nn.Module):
    """Self-attention over the source, then feed-forward."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(config)
        self.feed_forward = FeedForward(config)
        self.residual_1, self.residual_2 = Residual(config), Residual(config)

    def forward(self, source_BSM: Tensor, mask: Mask) -> Tensor:
        """B×S×M to B×S×M."""
        source_BSM = self.residual_1(source_BSM, lambda x: self.self_attention(x, x, mask))
        return self.residual_2(source_BSM, self.feed_forward)

    def sublayers(self) -> Sublayers:
        """Self-attention and feed-forward."""
        return (self.residual_1, self.self_attention), (self.residual_2, None)


class DecoderBlock(nn.Module):
    """Masked self-attention over the target, cross-attention to a source, feed-forward.

    A decoder alone has no source and no cross-attention.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(config)
        self.residual_1 = Residual(config)
        self.cross_attention = None
        if config.has_encoder:
            self.cross_attention = MultiHeadAttention(config, crossing=True)
            self.residual_2 = Residual(config)
        self.feed_forward = FeedForward(config)
        self.residual_3 = Residual(config)

    def forward(
        self,
        target_BTM: Tensor,
        mask: Mask,
        memory: Tensor | KeyValueCache | None,
        memory_mask: Mask,
        past: KeyValueCache | None = None,
    ) -> Tensor:
        """B×T×M to B×T×M.

        `memory` is the encoder's output B×S×M, or its keys and values as a cache holds them. With
        a `past`, the target positions are new ones that follow it.
        """
        target_BTM = self.residual_1(target_BTM, lambda x: self.self_attention(x, x, mask, past))
        if self.cross_attention is not None and memory is not None:
            target_BTM = self.residual_2(
                target_BTM, lambda x: self._look_at(memory, x, memory_mask)
            )
        return self.residual_3(target_BTM, self.feed_forward)

    def sublayers(self) -> Sublayers:
        """Self-attention, cross-attention if there is one, and feed-forward."""
        first, last = (self.residual_1, self.self_attention), (self.residual_3, None)
        if self.cross_attention is None:
            return first, last
        return first, (self.residual_2, self.cross_attention), last

    def _look_at(self, memory: Tensor | KeyValueCache, query_BTM: Tensor, mask: Mask) -> Tensor:
        assert self.cross_attention is not None
        if isinstance(memory, KeyValueCache):
            return self.cross_attention.attend_cached(query_BTM, memory, mask)
        return self.cross_attention(query_BTM, memory, mask)

"""The whole encoder–decoder Transformer (figure 1 of the paper).

Axes: B batch, S source position, T target position, M model width, V vocabulary.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.messages.results import Site, SiteKind
from explorer.model.attention import KeyValueCache, MultiHeadAttention
from explorer.model.blocks import DecoderBlock, EncoderBlock
from explorer.model.patterns import causal_mask, padding_mask
from explorer.model.positions import POSITIONS


@dataclass(slots=True)
class DecoderState:
    """What decoding remembers: the source's projections and the past of every layer."""

    source_mask: Tensor
    source: list[KeyValueCache]
    past: list[KeyValueCache] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Target positions read so far."""
        return self.past[0].length

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        self.source_mask = self.source_mask[rows]
        for cache in (*self.source, *self.past):
            cache.keep(rows)


class Transformer(nn.Module):
    """Reads a source and predicts, at every target position, the token that follows."""

    def __init__(self, config: ModelConfig, vocabulary_size: int, padding: int = 0) -> None:
        super().__init__()
        self.config = config
        self.padding = padding
        self.source_embedding = nn.Embedding(vocabulary_size, config.width, padding)
        self.target_embedding = nn.Embedding(vocabulary_size, config.width, padding)
        self.positions = POSITIONS[config.positions](config.max_length, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = nn.ModuleList(EncoderBlock(config) for _ in range(config.encoder_layers))
        self.decoder = nn.ModuleList(DecoderBlock(config) for _ in range(config.decoder_layers))
        # Norms before the sub-layers leave the residual itself unnormalised at the end.
        last_norm = nn.LayerNorm if config.norm == "before" else nn.Identity
        self.encoder_norm, self.decoder_norm = last_norm(config.width), last_norm(config.width)
        self.output = nn.Linear(config.width, vocabulary_size, bias=False)
        self._initialise()
        if config.tie_embeddings:
            self.target_embedding.weight = self.source_embedding.weight
            self.output.weight = self.source_embedding.weight

    @property
    def _readers(self) -> list[EncoderBlock]:
        return cast(list[EncoderBlock], list(self.encoder))  # A ModuleList forgets its type.

    @property
    def _writers(self) -> list[DecoderBlock]:
        return cast(list[DecoderBlock], list(self.decoder))

    def _initialise(self) -> None:
        """Xavier-uniform matrices, and embeddings that have unit variance after √d_model."""
        for name, parameter in self.named_parameters():
            if "embedding" in name:
                nn.init.normal_(parameter, std=self.config.width**-0.5)
                with torch.no_grad():
                    parameter[self.padding].zero_()
            elif parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, source_BS: Tensor, target_BT: Tensor) -> Tensor:
        """B×T×V logits of the token after each position of the target."""
        return self.output(self.hidden(source_BS, target_BT))

    def hidden(self, source_BS: Tensor, target_BT: Tensor) -> Tensor:
        """B×T×M: what the output layer turns into logits, at every position of the target."""
        memory_BSM, source_mask = self.encode(source_BS)
        return self.decode(target_BT, memory_BSM, source_mask)

    def encode(self, source_BS: Tensor) -> tuple[Tensor, Tensor]:
        """The memory B×S×M, and the mask B×1×1×S that hides its padding."""
        source_mask = padding_mask(source_BS, self.padding)
        source_BSM = self._embed(self.source_embedding, source_BS)
        for block in self._readers:
            source_BSM = block(source_BSM, source_mask)
        return self.encoder_norm(source_BSM), source_mask

    def decode(self, target_BT: Tensor, memory_BSM: Tensor, source_mask: Tensor) -> Tensor:
        """B×T×M from the memory, all target positions at once (teacher forcing)."""
        length = target_BT.shape[1]
        # Padding stands at the end, where no earlier position looks: it needs no mask of its own.
        target_mask = causal_mask(length, length, target_BT.device)
        target_BTM = self._embed(self.target_embedding, target_BT)
        for block in self._writers:
            target_BTM = block(target_BTM, memory_BSM, target_mask, source_mask)
        return self.decoder_norm(target_BTM)

    def start_decoding(self, source_BS: Tensor) -> DecoderState:
        """Read the source, ready to write one token after another."""
        memory_BSM, source_mask = self.encode(source_BS)
        state = DecoderState(source_mask, [], [KeyValueCache() for _ in self.decoder])
        for block in self._writers:
            cache = KeyValueCache()
            cache.extend(*block.cross_attention.project_memory(memory_BSM))
            state.source.append(cache)
        return state

    def decode_step(self, token_B: Tensor, state: DecoderState) -> Tensor:
        """B×V logits after one more target token; the state grows by it."""
        target_B1M = self._embed(self.target_embedding, token_B[:, None], state.length)
        for block, past, source in zip(self._writers, state.past, state.source, strict=True):
            target_B1M = block.step(target_B1M, past, source, state.source_mask)
        return self.output(self.decoder_norm(target_B1M))[:, 0]

    def _embed(self, embedding: nn.Module, ids_BL: Tensor, start: int = 0) -> Tensor:
        scaled_BLM = embedding(ids_BL) * math.sqrt(self.config.width)
        return self.dropout(self.positions(scaled_BLM, start))

    def sites(self) -> Iterator[tuple[Site, MultiHeadAttention]]:
        """Every attention with its place: encoder, then decoder, then cross-attention."""
        for layer, block in enumerate(self._readers):
            yield Site(SiteKind.ENCODER, layer), block.self_attention
        for layer, block in enumerate(self._writers):
            yield Site(SiteKind.DECODER, layer), block.self_attention
        for layer, block in enumerate(self._writers):
            yield Site(SiteKind.CROSS, layer), block.cross_attention

    def parameter_count(self) -> int:
        """Numbers that are learned; tied ones count once."""
        return sum(p.numel() for p in self.parameters())

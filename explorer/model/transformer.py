"""The whole Transformer (figure 1 of the paper), or its encoder or decoder alone.

Axes: B batch, S source position, T target position, L either, M model width, V vocabulary,
F features of a frame.
"""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.messages.results import Site, SiteKind
from explorer.model.attention import MultiHeadAttention
from explorer.model.blocks import DecoderBlock, EncoderBlock
from explorer.model.cache import DecoderState, KeyValueCache, Plan
from explorer.model.dropout import Dropout
from explorer.model.initialisation import initialise
from explorer.model.looks import look_of
from explorer.model.mask import EVERYTHING, Mask
from explorer.model.norms import make_norm
from explorer.model.packed import packed_count
from explorer.model.patterns import padding_mask, pattern_at, pattern_mask
from explorer.model.positions import (
    alibi_bias,
    alibi_bias_at,
    alibi_slopes,
    make_added_positions,
)
from explorer.model.quick import hooks_besides, plan
from explorer.model.sparse import Blocks, worthwhile
from explorer.model.taps import Tap


class Transformer(nn.Module):
    """Reads a source and says tokens: what follows in the target, or at places of the source.

    `target_size` counts the tokens that it can say; `source_size` those that it reads, where they
    are others; with `features` the source is frames of so many numbers instead.
    """

    slopes_H: Tensor | None

    def __init__(
        self, config: ModelConfig, target_size: int, source_size: int | None = None,
        features: int = 0, padding: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.config = config
        self.padding = padding
        self.source_embedding: nn.Embedding | None = None
        self.source_frames: nn.Linear | None = None
        self.target_embedding: nn.Embedding | None = None
        if config.has_encoder and features:
            self.source_frames = nn.Linear(features, config.width)
        elif config.has_encoder:
            size = source_size or target_size
            self.source_embedding = nn.Embedding(size, config.width, padding)
        if config.has_decoder:
            self.target_embedding = nn.Embedding(target_size, config.width, padding)
        self.positions = make_added_positions(config)
        self.embedding_norm = make_norm(config) if config.embedding_norm else nn.Identity()
        self.dropout = Dropout(config.dropout_of("embedding"))
        self.source_start, self.target_start = Tap(), Tap()
        slopes = alibi_slopes(config.heads) if config.positions == "alibi" else None
        self.register_buffer("slopes_H", slopes, persistent=False)
        # Norms before the sub-layers leave the residual itself unnormalised at the end.
        last = config.norm == "before"
        if config.has_encoder:
            self.encoder = nn.ModuleList(EncoderBlock(config) for _ in range(config.encoder_layers))
            self.encoder_norm = make_norm(config) if last else nn.Identity()
        if config.has_decoder:
            self.decoder = nn.ModuleList(DecoderBlock(config) for _ in range(config.decoder_layers))
            self.decoder_norm = make_norm(config) if last else nn.Identity()
        self.output = nn.Linear(config.width, target_size, bias=False)
        initialise(self, config, padding)
        if config.tie_embeddings:
            self._tie(same_words=source_size is None)

    def _tie(self, *, same_words: bool) -> None:
        """One table for all that has the same words (Press and Wolf, 2017)."""
        if self.target_embedding is not None:
            self.output.weight = self.target_embedding.weight
        if self.source_embedding is not None and same_words:
            if self.target_embedding is not None:
                self.target_embedding.weight = self.source_embedding.weight
            self.output.weight = self.source_embedding.weight

    @property
    def _readers(self) -> list[EncoderBlock]:
        # A ModuleList forgets its type.
        return cast(list[EncoderBlock], list(self.encoder)) if self.config.has_encoder else []

    @property
    def _writers(self) -> list[DecoderBlock]:
        return cast(list[DecoderBlock], list(self.decoder)) if self.config.has_decoder else []

    def forward(self, source: Tensor | None, target_BT: Tensor | None) -> Tensor:
        """B×L×V logits: of the token after each target position, or of an encoder's labels."""
        return self.output(self.hidden(source, target_BT))

    def hidden(self, source: Tensor | None, target_BT: Tensor | None) -> Tensor:
        """B×L×M: what the output layer turns into logits, at every position of the last stack.

        `source` is B×S ids or B×S×F frames, None for a decoder alone; `target_BT` None for an
        encoder alone.
        """
        if not self.config.has_encoder:
            assert target_BT is not None
            return self.decode(target_BT)
        assert source is not None
        memory_BSM, mask = self.encode(source)
        if target_BT is None:
            return memory_BSM
        return self.decode(target_BT, memory_BSM, mask)

    def encode(self, source: Tensor) -> tuple[Tensor, Mask]:
        """The memory B×S×M, and the mask that hides its padding."""
        padding: Tensor | None = padding_mask(source, self.padding)
        if source.device.type == "cpu" and bool(padding.all()):
            padding = None  # A mask that hides nothing costs all the same; a GPU is not asked.
        length, causal = source.shape[1], self.config.pattern == "causal"
        mask = self._self_mask(length, length, causal=causal, padding=padding)
        embedding = self.source_embedding or self.source_frames
        source_BSM = self.source_start(self._embed(embedding, source))
        for block in self._readers:
            source_BSM = block(source_BSM, mask)
        return self.encoder_norm(source_BSM), Mask(padding)

    def decode(
        self, target_BT: Tensor, memory_BSM: Tensor | None = None, source_mask: Mask = EVERYTHING
    ) -> Tensor:
        """B×T×M from the memory, all target positions at once (teacher forcing)."""
        length = target_BT.shape[1]
        # Padding stands at the end, where no earlier position looks: it needs no mask of its own.
        mask = self._self_mask(length, length, causal=True)
        target_BTM = self.target_start(self._embed(self.target_embedding, target_BT))
        for block in self._writers:
            target_BTM = block(target_BTM, mask, memory_BSM, source_mask)
        return self.decoder_norm(target_BTM)

    def start_decoding(
        self, source: Tensor | None, prefix_BT: Tensor | None = None, *, forget: bool = False
    ) -> DecoderState:
        """Read the source and a prefix of the target, ready to write one token after another.

        With `forget`, positions out of reach of a sparse pattern are given up, so that memory
        stays as it is however long the text gets; the state cannot go back then.
        """
        reach = partial(look_of, self.config, queries=2) if forget else None
        state = DecoderState([KeyValueCache(reach) for _ in self._writers])
        if source is not None and self.config.has_encoder:
            memory_BSM, state.source_mask = self.encode(source)
            for block in self._writers:
                assert block.cross_attention is not None
                state.source.append(
                    KeyValueCache.of(*block.cross_attention.project_memory(memory_BSM))
                )
        if prefix_BT is not None and prefix_BT.shape[1]:
            self._read_on(prefix_BT, state)
        return state

    def decode_step(self, token_B: Tensor, state: DecoderState) -> Tensor:
        """B×V logits after one more target token; the state grows by it.

        The state takes some of the weights with it: after a step of training another is begun.
        """
        if self.training or torch.is_grad_enabled():
            return self.output(self._read_on(token_B[:, None], state)[:, -1])
        if state.plan is None:
            state.plan = self._plan()
        step, watched = state.plan
        if any(watched):
            return self.output(self._read_on(token_B[:, None], state)[:, -1])
        mask = self._mask_on(state.length, 1)
        return step(token_B, state, mask)

    def _plan(self) -> Plan:
        return plan(self, self._writers), hooks_besides(self)

    def read_on(self, target_BT: Tensor, state: DecoderState) -> Tensor:
        """B×V logits after some more target tokens, read at once; the state grows by them."""
        return self.output(self._read_on(target_BT, state)[:, -1])

    def read_each(self, target_BT: Tensor, state: DecoderState) -> Tensor:
        """B×T×V logits after each of several more target tokens; the state grows by them."""
        return self.output(self._read_on(target_BT, state))

    def _read_on(self, target_BT: Tensor, state: DecoderState) -> Tensor:
        """B×T×M of target positions that follow what the state holds; it grows by them."""
        start, length = state.length, target_BT.shape[1]
        mask = self._mask_on(start, length)
        target_BTM = self.target_start(self._embed(self.target_embedding, target_BT, start))
        sources = state.source or [None] * len(state.past)
        for block, past, source in zip(self._writers, state.past, sources, strict=True):
            target_BTM = block(target_BTM, mask, source, state.source_mask, past)
        return self.decoder_norm(target_BTM)

    def _self_mask(
        self, queries: int, keys: int, *, causal: bool, padding: Tensor | None = None
    ) -> Mask:
        device, slopes_H = self.output.weight.device, self.slopes_H
        if queries == keys and worthwhile(self.config, keys, causal=causal):
            tokens_BL = None if padding is None else padding[:, 0, 0]
            return Mask(causal=causal, blocks=Blocks(
                self.config, keys, causal=causal, device=device, padding_BL=tokens_BL,
                slopes_H=slopes_H,
            ))  # fmt: skip
        allowed = pattern_mask(self.config, queries, keys, device)
        if padding is not None:
            allowed = padding if allowed is None else padding & allowed
        bias = None if slopes_H is None else alibi_bias(slopes_H, queries, keys)
        return Mask(allowed, causal, bias)

    def _mask_on(self, start: int, queries: int) -> Mask:
        """That of queries which follow `start` positions, of which a sparse pattern needs some."""
        slopes_H = self.slopes_H
        if queries == 1 and slopes_H is None and self.config.pattern in ("full", "causal"):
            return EVERYTHING
        if not start:
            return self._self_mask(queries, queries, causal=True)
        look = look_of(self.config, start, queries)
        allowed = bias = None
        if queries > 1 or slopes_H is not None:
            place_K = look.places(self.output.weight.device)
            if queries > 1:
                allowed = pattern_at(self.config, place_K[-queries:], place_K)
            if slopes_H is not None:
                bias = alibi_bias_at(slopes_H, queries, place_K)
        return Mask(allowed, causal=True, bias=bias, look=None if look.whole else look)

    def _embed(self, embedding: nn.Module | None, source: Tensor, start: int = 0) -> Tensor:
        assert embedding is not None
        # The residual is as exact as the weights, also where products are not.
        embedded_BLM = embedding(source).to(self.output.weight.dtype)
        if self.config.scale_embeddings and isinstance(embedding, nn.Embedding):
            embedded_BLM = embedded_BLM * math.sqrt(self.config.width)
        return self.dropout(self.embedding_norm(self.positions(embedded_BLM, start)))

    def allowed(self, length: int, *, causal: bool) -> Tensor | None:
        """L×L: which places of a sentence without padding self-attention may look at; None: all."""
        causal = causal or self.config.pattern == "causal"
        mask = self._self_mask(length, length, causal=causal)
        table = mask.table(length, length, self.output.weight.device)
        return None if table is None else table.expand(1, 1, length, length)[0, 0]

    def sites(self) -> Iterator[tuple[Site, MultiHeadAttention]]:
        """Every attention with its place: encoder, then decoder, then cross-attention."""
        for layer, block in enumerate(self._readers):
            yield Site(SiteKind.ENCODER, layer), block.self_attention
        for layer, block in enumerate(self._writers):
            yield Site(SiteKind.DECODER, layer), block.self_attention
        for layer, block in enumerate(self._writers):
            if block.cross_attention is not None:
                yield Site(SiteKind.CROSS, layer), block.cross_attention

    def last_stack(self) -> tuple[Tap, Sequence[EncoderBlock | DecoderBlock], nn.Module]:
        """What speaks: the tap on what goes in, the blocks, and the norm before the output."""
        if self.config.has_decoder:
            return self.target_start, self._writers, self.decoder_norm
        return self.source_start, self._readers, self.encoder_norm

    def parameter_count(self) -> int:
        """Numbers that are learned; tied ones count once."""
        return sum(p.numel() for p in self.parameters()) + packed_count(self)

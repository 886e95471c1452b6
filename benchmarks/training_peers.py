"""The same shapes as ours, as a competent person writes them in plain PyTorch.

Axes: B batch, S source position, T target position, L either, M width, V vocabulary.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.data.coding import Batch
from explorer.data.vocabulary import PAD
from explorer.messages.config import ModelConfig
from explorer.model.positions import sinusoidal_table
from explorer.model.transformer import Transformer

Weights = dict[str, Tensor]


class EagerBlock(nn.Module):
    """A block of GPT-2 with the norm before each sub-layer, without biases."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.norm_1 = nn.LayerNorm(width, bias=False)
        self.norm_2 = nn.LayerNorm(width, bias=False)
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.expand = nn.Linear(width, config.feed_forward, bias=False)
        self.contract = nn.Linear(config.feed_forward, width, bias=False)

    def forward(self, x_BLM: Tensor) -> Tensor:
        """B×L×M to B×L×M."""
        batch, length, width = x_BLM.shape
        parts = self.query_key_value(self.norm_1(x_BLM)).split(width, dim=2)
        query, key, value = (
            part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts
        )
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x_BLM = x_BLM + self.output(mixed.transpose(1, 2).reshape(batch, length, width))
        return x_BLM + self.contract(F.gelu(self.expand(self.norm_2(x_BLM))))


class EagerGpt(nn.Module):
    """A decoder alone, one eager operation after another, attention by PyTorch's fused kernel."""

    def __init__(self, ours: Transformer) -> None:
        super().__init__()
        config = ours.config
        self.tokens = nn.Embedding(ours.output.out_features, config.width)
        self.places = nn.Embedding(config.max_length, config.width)
        self.blocks = nn.ModuleList(EagerBlock(config) for _ in range(config.decoder_layers))
        self.norm = nn.LayerNorm(config.width, bias=False)
        self.output = nn.Linear(config.width, ours.output.out_features, bias=False)
        self.output.weight = self.tokens.weight
        self.load_state_dict(self._weights(ours.state_dict(), config.decoder_layers))

    def _weights(self, ours: Weights, layers: int) -> Weights:
        taken = {
            "tokens.weight": ours["target_embedding.weight"],
            "output.weight": ours["output.weight"],
            "places.weight": ours["positions.embedding.weight"],
            "norm.weight": ours["decoder_norm.weight"],
        }
        for n in range(layers):
            block, attention = f"decoder.{n}", f"decoder.{n}.self_attention"
            parts = [ours[f"{attention}.{name}.weight"] for name in ("query", "key", "value")]
            taken |= {
                f"blocks.{n}.query_key_value.weight": torch.cat(parts),
                f"blocks.{n}.output.weight": ours[f"{attention}.output.weight"],
                f"blocks.{n}.expand.weight": ours[f"{block}.feed_forward.expand.weight"],
                f"blocks.{n}.contract.weight": ours[f"{block}.feed_forward.contract.weight"],
                f"blocks.{n}.norm_1.weight": ours[f"{block}.residual_1.norm.weight"],
                f"blocks.{n}.norm_2.weight": ours[f"{block}.residual_3.norm.weight"],
            }
        return taken

    def forward(self, batch: Batch) -> Tensor:
        """B×L×V logits."""
        assert batch.target_BT is not None
        x_BLM = self.tokens(batch.target_BT) + self.places.weight[: batch.target_BT.shape[1]]
        for block in self.blocks:
            x_BLM = block(x_BLM)
        return self.output(self.norm(x_BLM))


class TorchTransformer(nn.Module):
    """`torch.nn.Transformer`, or its encoder with a look-ahead mask for a decoder alone."""

    def __init__(self, ours: Transformer, *, padded: bool) -> None:
        super().__init__()
        config = ours.config
        self.padded = padded
        self.scale = math.sqrt(config.width) if config.scale_embeddings else 1.0
        self.tokens = nn.Embedding(ours.output.out_features, config.width, PAD)
        self.output = nn.Linear(config.width, ours.output.out_features, bias=False)
        self.output.weight = self.tokens.weight
        self.places = nn.Parameter(_places(ours), requires_grad=config.positions == "learned")
        self.dropout = nn.Dropout(config.dropout)
        if config.has_encoder:
            self.stacks = nn.Transformer(
                config.width, config.heads, config.encoder_layers, config.decoder_layers,
                config.feed_forward, config.dropout, config.activation, batch_first=True,
                norm_first=True, bias=config.bias,
            )  # fmt: skip
        else:
            layer = nn.TransformerEncoderLayer(
                config.width, config.heads, config.feed_forward, config.dropout,
                config.activation, batch_first=True, norm_first=True, bias=config.bias,
            )  # fmt: skip
            norm = nn.LayerNorm(config.width, bias=config.bias)
            self.stacks = nn.TransformerEncoder(
                layer, config.decoder_layers, norm, enable_nested_tensor=False
            )
        with torch.no_grad():
            self._copy(ours)

    def _copy(self, ours: Transformer) -> None:
        self.tokens.weight.copy_(ours.output.weight)
        if isinstance(self.stacks, nn.TransformerEncoder):
            _copy_stack(ours.decoder, self.stacks)
            _copy_norm(ours.decoder_norm, self.stacks.norm)
            return
        for name in ("encoder", "decoder"):
            stack = getattr(self.stacks, name)
            _copy_stack(getattr(ours, name), stack)
            _copy_norm(getattr(ours, f"{name}_norm"), stack.norm)

    def forward(self, batch: Batch) -> Tensor:
        """B×T×V logits."""
        assert batch.target_BT is not None
        target = self._embed(batch.target_BT)
        length = target.shape[1]
        ahead = nn.Transformer.generate_square_subsequent_mask(length, target.device)
        if batch.source is None:
            return self.output(self.stacks(target, mask=ahead, is_causal=True))
        hidden = None
        if self.padded:  # As the other mask is: they have to be of one type.
            hidden = torch.zeros_like(batch.source, dtype=ahead.dtype)
            hidden = hidden.masked_fill(batch.source == PAD, -math.inf)
        mixed = self.stacks(
            self._embed(batch.source), target, tgt_mask=ahead, tgt_is_causal=True,
            src_key_padding_mask=hidden, memory_key_padding_mask=hidden,
        )  # fmt: skip
        return self.output(mixed)

    def _embed(self, ids_BL: Tensor) -> Tensor:
        return self.dropout(self.tokens(ids_BL) * self.scale + self.places[: ids_BL.shape[1]])


def _places(ours: Transformer) -> Tensor:
    if ours.config.positions == "learned":
        return ours.state_dict()["positions.embedding.weight"].clone()
    return sinusoidal_table(ours.config.max_length, ours.config.width)


def _copy_stack(ours: nn.Module, theirs: nn.Module) -> None:
    for block, layer in zip(
        ours.children(), theirs.get_submodule("layers").children(), strict=True
    ):
        crossing = getattr(block, "cross_attention", None)
        _copy_attention(block.get_submodule("self_attention"), layer.get_submodule("self_attn"))
        _copy_norm(block.get_submodule("residual_1.norm"), layer.get_submodule("norm1"))
        if crossing is not None:
            _copy_attention(crossing, layer.get_submodule("multihead_attn"))
            _copy_norm(block.get_submodule("residual_2.norm"), layer.get_submodule("norm2"))
        last = "residual_3" if hasattr(block, "residual_3") else "residual_2"
        norm = "norm3" if crossing is not None else "norm2"
        _copy_norm(block.get_submodule(f"{last}.norm"), layer.get_submodule(norm))
        for mine, name in (("expand", "linear1"), ("contract", "linear2")):
            linear = block.get_submodule(f"feed_forward.{mine}")
            layer.get_submodule(name).load_state_dict(linear.state_dict())


def _copy_attention(ours: nn.Module, theirs: nn.Module) -> None:
    state = ours.state_dict()
    taken = {
        "in_proj_weight": torch.cat([state[f"{n}.weight"] for n in ("query", "key", "value")]),
        "out_proj.weight": state["output.weight"],
    }
    if "query.bias" in state:
        taken["in_proj_bias"] = torch.cat([state[f"{n}.bias"] for n in ("query", "key", "value")])
        taken["out_proj.bias"] = state["output.bias"]
    theirs.load_state_dict(taken)


def _copy_norm(ours: nn.Module, theirs: nn.Module | None) -> None:
    assert theirs is not None
    theirs.load_state_dict(ours.state_dict())

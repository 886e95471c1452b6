"""Our Transformer against PyTorch's own, with the same weights."""

import pytest
import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.attention import MultiHeadAttention
from explorer.model.blocks import DecoderBlock, EncoderBlock
from explorer.model.mask import EVERYTHING, Mask
from explorer.model.patterns import padding_mask
from explorer.model.transformer import Transformer

WIDTH, HEADS, VOCABULARY = 16, 4, 11
SOURCE = torch.tensor([[4, 5, 6, 7, 3], [8, 9, 3, 0, 0], [10, 3, 0, 0, 0]])
TARGET = torch.tensor([[2, 5, 6, 7], [2, 9, 4, 0], [2, 10, 0, 0]])


def assert_near(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def small(**changes: object) -> ModelConfig:
    """A small model without dropout."""
    values = {
        "width": WIDTH, "heads": HEADS, "encoder_layers": 2, "decoder_layers": 3,
        "feed_forward": 24, "dropout": 0.0, "max_length": 12,
    }  # fmt: skip
    return ModelConfig.model_validate({**values, **changes})


def random_model(**changes: object) -> Transformer:
    """A small model whose every number, biases and norms too, is drawn at random."""
    torch.manual_seed(1)
    model = Transformer(small(**changes), VOCABULARY)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    return model


def copy_attention(ours: MultiHeadAttention, theirs: nn.MultiheadAttention) -> None:
    parts = (ours.query, ours.key, ours.value)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        theirs.out_proj.load_state_dict(ours.output.state_dict())


def copy_norms(ours: nn.Module, theirs: nn.Module, count: int) -> None:
    for number in range(1, count + 1):
        norm = ours.get_submodule(f"residual_{number}.norm")
        theirs.get_submodule(f"norm{number}").load_state_dict(norm.state_dict())


def copy_feed_forward(ours: EncoderBlock | DecoderBlock, theirs: nn.Module) -> None:
    feed_forward = ours.feed_forward
    theirs.get_submodule("linear1").load_state_dict(feed_forward.expand.state_dict())
    theirs.get_submodule("linear2").load_state_dict(feed_forward.contract.state_dict())


def reference(model: Transformer) -> nn.Transformer:
    """PyTorch's Transformer with the weights of ours."""
    config = model.config
    theirs = nn.Transformer(
        config.width, config.heads, config.encoder_layers, config.decoder_layers,
        config.feed_forward, 0.0, config.activation, batch_first=True,
        norm_first=config.norm == "before",
    )  # fmt: skip
    for ours, layer in zip(model.encoder, theirs.encoder.layers, strict=True):
        assert isinstance(ours, EncoderBlock) and isinstance(layer, nn.TransformerEncoderLayer)
        copy_attention(ours.self_attention, layer.self_attn)
        copy_feed_forward(ours, layer)
        copy_norms(ours, layer, 2)
    for ours, layer in zip(model.decoder, theirs.decoder.layers, strict=True):
        assert isinstance(ours, DecoderBlock) and isinstance(layer, nn.TransformerDecoderLayer)
        copy_attention(ours.self_attention, layer.self_attn)
        copy_attention(ours.cross_attention, layer.multihead_attn)
        copy_feed_forward(ours, layer)
        copy_norms(ours, layer, 3)
    for name in ("encoder", "decoder"):
        last, coder = model.get_submodule(f"{name}_norm"), theirs.get_submodule(name)
        if config.norm == "before":
            coder.get_submodule("norm").load_state_dict(last.state_dict())
        else:
            coder.register_module("norm", None)
    return theirs


def their_logits(model: Transformer, theirs: nn.Transformer) -> Tensor:
    """Logits with the embeddings and the output layer of ours, all between by PyTorch."""
    source = model._embed(model.source_embedding, SOURCE)
    target = model._embed(model.target_embedding, TARGET)
    no_source, no_target = SOURCE == 0, TARGET == 0
    ahead = torch.ones(TARGET.shape[1], TARGET.shape[1], dtype=torch.bool).triu(1)
    hidden = theirs(
        source, target, tgt_mask=ahead, src_key_padding_mask=no_source,
        tgt_key_padding_mask=no_target, memory_key_padding_mask=no_source,
    )  # fmt: skip
    return model.output(hidden)


def loss(logits: Tensor) -> Tensor:
    """A number that every position which is not padding takes part in, each in its own way."""
    kept = logits[TARGET != 0]
    return (kept.square() * torch.arange(1, kept.numel() + 1).view_as(kept)).mean()


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")
@pytest.mark.parametrize("norm", ["after", "before"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_that_logits_are_those_of_pytorchs_transformer(norm: str, activation: str) -> None:
    model = random_model(norm=norm, activation=activation)
    ours, theirs = model(SOURCE, TARGET), their_logits(model, reference(model))
    kept = TARGET != 0
    assert_near(ours[kept], theirs[kept])


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")
@pytest.mark.parametrize("norm", ["after", "before"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_that_gradients_are_those_of_pytorchs_transformer(norm: str, activation: str) -> None:
    model = random_model(norm=norm, activation=activation)
    theirs = reference(model)
    loss(their_logits(model, theirs)).backward()
    expected = [model.source_embedding.weight.grad, *_layer_gradients(theirs)]
    model.zero_grad()
    loss(model(SOURCE, TARGET)).backward()
    found = [model.source_embedding.weight.grad, *_our_gradients(model)]
    assert len(found) == len(expected) > 5
    for ours, other in zip(found, expected, strict=True):
        assert ours is not None and other is not None
        largest = other.abs().max().clamp(min=1)
        assert_near(ours / largest, other / largest)


def _our_gradients(model: Transformer) -> list[Tensor | None]:
    found: list[Tensor | None] = []
    for block in [*model.encoder, *model.decoder]:
        assert isinstance(block, EncoderBlock | DecoderBlock)
        attention = block.self_attention
        parts = [attention.query, attention.key, attention.value]
        found.append(torch.cat([p.weight.grad for p in parts if p.weight.grad is not None]))
        found += [attention.output.weight.grad, block.feed_forward.expand.weight.grad]
        found += [block.residual_1.norm.weight.grad]
        if isinstance(block, DecoderBlock):
            found.append(block.cross_attention.output.weight.grad)
    return found


def _layer_gradients(theirs: nn.Transformer) -> list[Tensor | None]:
    found: list[Tensor | None] = []
    for layer in [*theirs.encoder.layers, *theirs.decoder.layers]:
        assert isinstance(layer, nn.TransformerEncoderLayer | nn.TransformerDecoderLayer)
        found += [layer.self_attn.in_proj_weight.grad, layer.self_attn.out_proj.weight.grad]
        found += [layer.linear1.weight.grad, layer.norm1.weight.grad]
        if isinstance(layer, nn.TransformerDecoderLayer):
            found.append(layer.multihead_attn.out_proj.weight.grad)
    return found


@pytest.mark.parametrize("masked", ["nothing", "padding", "future"])
def test_that_attention_is_that_of_pytorch(masked: str) -> None:
    torch.manual_seed(2)
    ours = MultiHeadAttention(small())
    theirs = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    copy_attention(ours, theirs)
    tokens = torch.randn(3, 5, WIDTH)
    our_mask = {
        "nothing": EVERYTHING, "padding": Mask(padding_mask(SOURCE, 0)),
        "future": Mask(causal=True),
    }[masked]  # fmt: skip
    hidden = SOURCE == 0 if masked == "padding" else None
    ahead = torch.ones(5, 5, dtype=torch.bool).triu(1) if masked == "future" else None
    expected, _ = theirs(tokens, tokens, tokens, key_padding_mask=hidden, attn_mask=ahead)
    assert_near(ours(tokens, tokens, our_mask), expected)

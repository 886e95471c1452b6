"""Our Transformer against PyTorch's own, with the same weights."""

import pytest
import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.attention import MultiHeadAttention
from explorer.model.mask import EVERYTHING, Mask
from explorer.model.patterns import padding_mask
from explorer.model.positions import sinusoidal_table
from explorer.model.transformer import Transformer
from tests.model.agreement import (
    FEED_FORWARD,
    HEADS,
    LAYERS,
    LONGEST,
    VOCABULARY,
    WIDTH,
    Table,
    assert_agree,
    copy_weights,
    randomise,
    renamed,
    shape,
)

SOURCE = torch.tensor([[4, 5, 6, 7, 3], [8, 9, 3, 0, 0], [10, 3, 0, 0, 0]])
TARGET = torch.tensor([[2, 5, 6, 7], [2, 9, 4, 0], [2, 10, 0, 0]])
ARCHITECTURES = ("encoder-decoder", "decoder-only", "encoder-only")


class Theirs(nn.Module):
    """PyTorch's layers between a table of words, tied to the output, and the paper's positions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.architecture, self.norm_first = config.architecture, config.norm == "before"
        self.words = nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
        options = {
            "d_model": WIDTH, "nhead": HEADS, "dim_feedforward": FEED_FORWARD, "dropout": 0.0,
            "activation": config.activation, "batch_first": True, "norm_first": self.norm_first,
            "bias": config.bias,
        }  # fmt: skip
        norm = nn.LayerNorm(WIDTH, bias=config.bias) if self.norm_first else None
        layer = nn.TransformerEncoderLayer(**options)
        self.encoder = nn.TransformerEncoder(layer, LAYERS, norm, enable_nested_tensor=False)
        if config.architecture == "encoder-decoder":
            last = nn.LayerNorm(WIDTH, bias=config.bias) if self.norm_first else None
            layer = nn.TransformerDecoderLayer(**options)
            self.decoder = nn.TransformerDecoder(layer, LAYERS, last)

    def forward(self) -> Tensor:
        """Logits at all places that are not padding."""
        if self.architecture == "decoder-only":
            hidden = self.encoder(self._embed(TARGET), _ahead(), TARGET == 0)
            return (hidden @ self.words.weight.T)[TARGET != 0]
        memory = self.encoder(self._embed(SOURCE), src_key_padding_mask=SOURCE == 0)
        if self.architecture == "encoder-only":
            return (memory @ self.words.weight.T)[SOURCE != 0]
        hidden = self.decoder(
            self._embed(TARGET), memory, tgt_mask=_ahead(), tgt_key_padding_mask=TARGET == 0,
            memory_key_padding_mask=SOURCE == 0,
        )  # fmt: skip
        return (hidden @ self.words.weight.T)[TARGET != 0]

    def _embed(self, ids: Tensor) -> Tensor:
        return self.words(ids) * WIDTH**0.5 + sinusoidal_table(LONGEST, WIDTH)[: ids.shape[1]]

    def translate(self, table: Table) -> dict[str, Tensor]:
        """Their tensors under our names."""
        alone = self.architecture != "encoder-decoder"
        ours = "decoder" if self.architecture == "decoder-only" else "encoder"
        first = "target_embedding" if ours == "decoder" else "source_embedding"
        names = {"words": first, "encoder.norm": f"{ours}_norm"}
        found = _layers(table, "encoder", ours, last=3 if ours == "decoder" else 2)
        if not alone:
            names["decoder.norm"] = "decoder_norm"
            found |= _layers(table, "decoder", "decoder", last=3)
        return found | renamed(table, names)


def _ahead() -> Tensor:
    return torch.ones(TARGET.shape[1], TARGET.shape[1], dtype=torch.bool).triu(1)


def _layers(table: Table, side: str, ours: str, last: int) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    third = side == "decoder"
    for layer in range(LAYERS):
        own, block = f"{side}.layers.{layer}", f"{ours}.{layer}"
        names = {
            "linear1": "feed_forward.expand", "linear2": "feed_forward.contract",
            "norm1": "residual_1.norm", "norm2": f"residual_{2 if third else last}.norm",
            "norm3": "residual_3.norm",
        }  # fmt: skip
        found |= renamed(table, {f"{own}.{n}": f"{block}.{o}" for n, o in names.items()})
        found |= _attention(table, f"{own}.self_attn.", f"{block}.self_attention.")
        if third:
            found |= _attention(table, f"{own}.multihead_attn.", f"{block}.cross_attention.")
    return found


def _attention(table: Table, theirs: str, ours: str) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for kind in ("weight", "bias"):
        if f"{theirs}in_proj_{kind}" in table:
            parts = table[f"{theirs}in_proj_{kind}"].chunk(3)
            for name, part in zip(("query", "key", "value"), parts, strict=True):
                found[f"{ours}{name}.{kind}"] = part
            found[f"{ours}output.{kind}"] = table[f"{theirs}out_proj.{kind}"]
    return found


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("norm", ["after", "before"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("bias", [True, False])
def test_that_logits_and_gradients_are_those_of_pytorchs_transformer(
    architecture: str, norm: str, activation: str, bias: bool
) -> None:
    config = shape(architecture=architecture, norm=norm, activation=activation, bias=bias)
    theirs = Theirs(config)
    randomise(theirs)
    ours = Transformer(config, VOCABULARY)
    copy_weights(ours, theirs.translate(dict(theirs.named_parameters())))
    source = None if architecture == "decoder-only" else SOURCE
    target = None if architecture == "encoder-only" else TARGET
    kept = SOURCE != 0 if target is None else TARGET != 0
    assert_agree(ours, theirs, theirs.translate, ours(source, target)[kept], theirs())


@pytest.mark.parametrize("masked", ["nothing", "padding", "future"])
def test_that_attention_is_that_of_pytorch(masked: str) -> None:
    ours = MultiHeadAttention(shape())
    theirs = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    randomise(theirs)
    copy_weights(ours, _attention(dict(theirs.named_parameters()), "", ""))
    tokens = torch.randn(3, 5, WIDTH)
    our_mask = {
        "nothing": EVERYTHING, "padding": Mask(padding_mask(SOURCE, 0)),
        "future": Mask(causal=True),
    }[masked]  # fmt: skip
    hidden = SOURCE == 0 if masked == "padding" else None
    ahead = torch.ones(5, 5, dtype=torch.bool).triu(1) if masked == "future" else None
    expected, _ = theirs(tokens, tokens, tokens, key_padding_mask=hidden, attn_mask=ahead)
    torch.testing.assert_close(ours(tokens, tokens, our_mask), expected, rtol=1e-5, atol=1e-5)

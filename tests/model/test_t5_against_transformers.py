"""T5's encoder and decoder of `transformers` against ours with the same weights.

T5 knows places by a bias on its scores, which is none of our positions: with its table at zero it
is a model without positions. It does not divide scores by √d_k, and tied outputs by √d_model.
"""

import math
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.model.agreement import (
    FEED_FORWARD,
    HEADS,
    LAYERS,
    VOCABULARY,
    WIDTH,
    Table,
    assert_agree,
    model_like,
    renamed,
)
from tests.model.test_encoders_against_transformers import SOURCE, TARGET

transformers = pytest.importorskip("transformers", reason="transformers is not installed")

OURS = {
    "positions": "none", "norm": "before", "norm_kind": "rms", "bias": False,
    "scale_embeddings": False,
}  # fmt: skip
SITES = (
    ("encoder", "layer.0.SelfAttention", "self_attention"),
    ("decoder", "layer.0.SelfAttention", "self_attention"),
    ("decoder", "layer.1.EncDecAttention", "cross_attention"),
)


def t5(feed_forward: str, *, tied: bool) -> nn.Module:
    """A T5 of our small shape, with the eps of our norms; untied, it has three tables of words."""
    config = transformers.T5Config(
        vocab_size=VOCABULARY, d_model=WIDTH, d_kv=WIDTH // HEADS, d_ff=FEED_FORWARD,
        num_layers=LAYERS, num_heads=HEADS, dropout_rate=0, layer_norm_epsilon=1e-5,
        feed_forward_proj=feed_forward, pad_token_id=0, eos_token_id=3, decoder_start_token_id=2,
        tie_word_embeddings=tied,
    )  # fmt: skip
    theirs = transformers.T5ForConditionalGeneration(config)
    if not tied:
        theirs.get_submodule("decoder").embed_tokens = nn.Embedding(VOCABULARY, WIDTH)  # type: ignore[assignment]
        theirs.lm_head = nn.Linear(WIDTH, VOCABULARY, bias=False)
    return theirs


def without_bias(theirs: nn.Module) -> None:
    """Take the places of tokens away."""
    for side in ("encoder", "decoder"):
        table = f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        nn.init.zeros_(theirs.get_parameter(table))


def from_t5(table: Table, *, tied: bool, gradients: bool = False) -> dict[str, Tensor]:
    """T5's tensors as ours; what a weight is multiplied by, its gradient is divided by."""
    words = {"shared": "source_embedding"} if tied else {
        "shared": "source_embedding", "decoder.embed_tokens": "target_embedding",
        "lm_head": "output",
    }  # fmt: skip
    found = renamed(table, words | _blocks())
    folded = {
        f"{name}.query.weight": math.sqrt(WIDTH / HEADS)
        for side, _, ours in SITES
        for name in (f"{side}.{layer}.{ours}" for layer in range(LAYERS))
    }
    if tied:
        folded["decoder_norm.weight"] = WIDTH**-0.5
    for name, factor in folded.items():
        found[name] = found[name] / factor if gradients else found[name] * factor
    return found


def _blocks() -> dict[str, str]:
    """Our names by T5's, of all but the tables of words."""
    names = {f"{side}.final_layer_norm": f"{side}_norm" for side in ("encoder", "decoder")}
    for side, last in (("encoder", 1), ("decoder", 2)):
        parts = {
            "layer.0.layer_norm": "residual_1.norm", "layer.1.layer_norm": "residual_2.norm",
            f"layer.{last}.layer_norm": f"residual_{last + 1}.norm",
            f"layer.{last}.DenseReluDense.wi": "feed_forward.expand",
            f"layer.{last}.DenseReluDense.wi_0": "feed_forward.gate",
            f"layer.{last}.DenseReluDense.wi_1": "feed_forward.expand",
            f"layer.{last}.DenseReluDense.wo": "feed_forward.contract",
        } | {
            f"{theirs}.{kind[0]}": f"{ours}.{kind}"
            for where, theirs, ours in SITES if where == side
            for kind in ("query", "key", "value", "output")
        }  # fmt: skip
        names |= {
            f"{side}.block.{layer}.{theirs}": f"{side}.{layer}.{ours}"
            for layer in range(LAYERS) for theirs, ours in parts.items()
        }  # fmt: skip
    return names


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize(
    ("feed_forward", "activation"), [("relu", "relu"), ("gated-silu", "swiglu")]
)
def test_that_t5_without_its_bias_is_ours_without_positions(
    feed_forward: str, activation: str, tied: bool
) -> None:
    theirs = t5(feed_forward, tied=tied)
    weights: Any = partial(from_t5, tied=tied)
    ours = model_like(theirs, weights, **OURS, activation=activation, tie_embeddings=tied)
    without_bias(theirs)
    kept = TARGET != 0
    expected = theirs(
        SOURCE, attention_mask=(SOURCE != 0).long(), decoder_input_ids=TARGET, use_cache=False
    ).logits
    found = ours(SOURCE, TARGET)
    assert_agree(ours, theirs, partial(weights, gradients=True), found[kept], expected[kept])


def test_that_the_order_of_the_source_tells_t5_apart_from_ours_with_its_bias() -> None:
    """Without a place a source is a bag of words; T5's bias is what would order it."""
    theirs = t5("relu", tied=True)
    weights: Any = partial(from_t5, tied=True)
    ours = model_like(theirs, weights, **OURS)
    turned = SOURCE[:1, :3].flip(1)
    with torch.no_grad():
        for model, same in ((ours, True), (theirs, False)):
            there = _logits(model, SOURCE[:1, :3])
            assert torch.allclose(there, _logits(model, turned), atol=1e-4) is same


def _logits(model: nn.Module, source_BS: Tensor) -> Tensor:
    found = model(source_BS, TARGET[:1]) if not hasattr(model, "lm_head") else model(
        source_BS, decoder_input_ids=TARGET[:1], use_cache=False
    ).logits  # fmt: skip
    assert isinstance(found, Tensor)
    return found

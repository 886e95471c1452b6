"""Models with an encoder against model classes of `transformers` with the same weights."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

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
    model_like,
    renamed,
)

transformers = pytest.importorskip("transformers", reason="transformers is not installed")

SOURCE = torch.tensor([
    [4, 5, 6, 7, 10, 8, 9, 3], [8, 9, 5, 6, 3, 0, 0, 0], [10, 3, 0, 0, 0, 0, 0, 0],
])  # fmt: skip
TARGET = torch.tensor([[2, 5, 6, 7, 9], [2, 9, 4, 0, 0], [2, 10, 0, 0, 0]])


# BERT and Longformer: encoders alone

_BERT = {
    "vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS, "intermediate_size": FEED_FORWARD, "hidden_act": "gelu",
    "layer_norm_eps": 1e-5, "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0,
    "pad_token_id": 0, "type_vocab_size": 1,
}  # fmt: skip
OURS = {
    "architecture": "encoder-only", "positions": "learned", "embedding_norm": True,
    "norm": "after", "activation": "gelu", "scale_embeddings": False,
}  # fmt: skip


class Spoken(nn.Module):
    """An encoder of theirs whose output goes through its own table of words, as ours is tied."""

    def __init__(self, encoder: nn.Module, **inputs: Tensor) -> None:
        super().__init__()
        self.encoder, self.inputs = encoder, inputs

    def logits(self) -> Tensor:
        """Logits at every place of the source."""
        hidden = self.encoder(SOURCE, attention_mask=(SOURCE != 0).long(), **self.inputs)[0]
        return hidden @ self.encoder.get_submodule("embeddings.word_embeddings").weight.T


def from_bert(table: Table, skipped: int = 0) -> dict[str, Tensor]:
    """Longformer leaves its first places unused."""
    embeddings = "encoder.embeddings"
    found = renamed(table, {
        f"{embeddings}.word_embeddings": "source_embedding",
        f"{embeddings}.position_embeddings": "positions.embedding",
        f"{embeddings}.LayerNorm": "embedding_norm",
    })  # fmt: skip
    places = found["positions.embedding.weight"]
    found["positions.embedding.weight"] = places[skipped : skipped + LONGEST]
    parts = {
        "attention.self.query": "self_attention.query", "attention.self.key": "self_attention.key",
        "attention.self.value": "self_attention.value",
        "attention.output.dense": "self_attention.output",
        "attention.output.LayerNorm": "residual_1.norm",
        "intermediate.dense": "feed_forward.expand", "output.dense": "feed_forward.contract",
        "output.LayerNorm": "residual_2.norm",
    }  # fmt: skip
    names = {
        f"encoder.encoder.layer.{layer}.{theirs}": f"encoder.{layer}.{ours}"
        for layer in range(LAYERS) for theirs, ours in parts.items()
    }  # fmt: skip
    return found | renamed(table, names)


def agree_alone(theirs: Spoken, translate: Callable[[Table], Any], **changes: Any) -> None:
    """Ours has no kinds of sentences: the one vector that all tokens get is zero there."""
    ours = model_like(theirs, translate, **{**OURS, **changes})
    nn.init.zeros_(theirs.get_parameter("encoder.embeddings.token_type_embeddings.weight"))
    kept = SOURCE != 0
    assert_agree(ours, theirs, translate, ours(SOURCE, None)[kept], theirs.logits()[kept])


def test_that_bert_is_ours() -> None:
    config = transformers.BertConfig(
        **_BERT, max_position_embeddings=LONGEST, attn_implementation="eager"
    )
    agree_alone(Spoken(transformers.BertModel(config, add_pooling_layer=False)), from_bert)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_that_longformer_with_its_window_and_first_tokens_is_ours(first: int) -> None:
    window = 2  # The least that Longformer can.
    theirs = longformer(window, first)
    from_longformer = lambda table: from_bert(table, skipped=1)  # noqa: E731
    pattern = {"pattern": "global", "global_tokens": first} if first else {"pattern": "window"}
    look_alike(theirs)
    agree_alone(theirs, from_longformer, **pattern, window=window)


def longformer(window: int, first: int) -> Spoken:
    config = transformers.LongformerConfig(
        **_BERT, max_position_embeddings=LONGEST + 1, attention_window=2 * window
    )
    everywhere = (torch.arange(SOURCE.shape[1]) < first).long().expand_as(SOURCE)
    encoder = transformers.LongformerModel(config, add_pooling_layer=False)
    return Spoken(encoder, global_attention_mask=everywhere)


def look_alike(theirs: Spoken) -> None:
    """Longformer's first tokens look with projections of their own; ours with those of all."""
    for layer in range(LAYERS):
        attention = theirs.get_submodule(f"encoder.encoder.layer.{layer}.attention.self")
        for name in ("query", "key", "value"):
            setattr(attention, f"{name}_global", getattr(attention, name))


# BART, Marian, Pegasus: encoder and decoder


def bart(name: str, **changes: Any) -> nn.Module:
    """One of BART's relatives; both sides share positions and embedding norm, as in ours."""
    config = getattr(transformers, f"{name}Config")(**{
        "vocab_size": VOCABULARY, "max_position_embeddings": LONGEST, "d_model": WIDTH,
        "encoder_layers": LAYERS, "encoder_ffn_dim": FEED_FORWARD, "dropout": 0,
        "encoder_attention_heads": HEADS, "decoder_layers": LAYERS,
        "decoder_ffn_dim": FEED_FORWARD, "decoder_attention_heads": HEADS, "pad_token_id": 0,
        "bos_token_id": 2, "eos_token_id": 3, "decoder_start_token_id": 2,
        "forced_eos_token_id": None, "attn_implementation": "eager", **changes,
    })  # fmt: skip
    model = {"Bart": "BartForConditionalGeneration", "Marian": "MarianMTModel"}.get(
        name, "PegasusForConditionalGeneration"
    )
    theirs = getattr(transformers, model)(config)
    coder = theirs.get_submodule("model")
    coder.decoder.embed_positions = coder.encoder.embed_positions
    if name == "Bart":
        coder.decoder.layernorm_embedding = coder.encoder.layernorm_embedding
    return theirs


def from_bart(table: Table) -> dict[str, Tensor]:
    found = renamed(table, {
        "model.shared": "source_embedding", "model.encoder.layernorm_embedding": "embedding_norm",
        "model.encoder.layer_norm": "encoder_norm", "model.decoder.layer_norm": "decoder_norm",
    })  # fmt: skip
    if "model.encoder.layernorm_embedding.weight" in table:  # BART's first two places are unused.
        places = table["model.encoder.embed_positions.weight"]
        found["positions.embedding.weight"] = places[2:]
    for side, last in (("encoder", 2), ("decoder", 3)):
        parts = {
            "self_attn_layer_norm": "residual_1.norm", "final_layer_norm": f"residual_{last}.norm",
            "encoder_attn_layer_norm": "residual_2.norm",
            "fc1": "feed_forward.expand", "fc2": "feed_forward.contract",
        } | {
            f"{theirs}.{kind[0] if kind != 'output' else 'out'}_proj": f"{ours}.{kind}"
            for theirs, ours in
            (("self_attn", "self_attention"), ("encoder_attn", "cross_attention"))
            for kind in ("query", "key", "value", "output")
        }  # fmt: skip
        found |= renamed(table, {
            f"model.{side}.layers.{layer}.{theirs}": f"{side}.{layer}.{ours}"
            for layer in range(LAYERS) for theirs, ours in parts.items()
        })  # fmt: skip
    return found


def agree_both(ours: Transformer, theirs: nn.Module) -> None:
    kept = TARGET != 0
    expected = theirs(
        SOURCE, attention_mask=(SOURCE != 0).long(), decoder_input_ids=TARGET, use_cache=False
    ).logits
    assert_agree(ours, theirs, from_bart, ours(SOURCE, TARGET)[kept], expected[kept])


def test_that_bart_is_ours() -> None:
    theirs = bart("Bart", activation_function="gelu")
    ours = model_like(
        theirs, from_bart, positions="learned", embedding_norm=True, norm="after",
        activation="gelu", scale_embeddings=False,
    )  # fmt: skip
    agree_both(ours, theirs)


@pytest.mark.parametrize(("name", "norm"), [("Marian", "after"), ("Pegasus", "before")])
@pytest.mark.parametrize("activation", ["silu", "relu", "gelu"])
def test_that_marian_and_pegasus_with_our_sines_are_ours(
    name: str, norm: str, activation: str
) -> None:
    """They order the columns of the same table in another way, which no weight can undo."""
    theirs = bart(name, activation_function=activation, scale_embedding=True)
    for parameter in theirs.get_submodule("model.encoder.embed_positions").parameters():
        parameter.requires_grad_(False)
    ours = model_like(theirs, from_bart, norm=norm, activation=activation)
    with torch.no_grad():
        table = theirs.get_parameter("model.encoder.embed_positions.weight")
        table.copy_(ours.positions.get_buffer("table_LM"))
    agree_both(ours, theirs)

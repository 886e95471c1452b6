"""Decoders alone against model classes of `transformers` with the same weights."""

import re
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

TARGET = torch.tensor([
    [2, 5, 6, 7, 4, 9, 10, 8], [2, 9, 4, 10, 7, 0, 0, 0], [2, 10, 0, 0, 0, 0, 0, 0],
])  # fmt: skip
KEPT = TARGET != 0


def agree(ours: Transformer, theirs: nn.Module, translate: Any) -> None:
    """Logits and gradients at every token that is not padding."""
    found = ours(None, TARGET)[KEPT]
    expected = theirs(TARGET, attention_mask=KEPT.long(), use_cache=False).logits[KEPT]
    assert_agree(ours, theirs, translate, found, expected)


# GPT-2: learned positions, layer norms, biases, tied


def gpt2(activation: str) -> nn.Module:
    config = transformers.GPT2Config(
        vocab_size=VOCABULARY, n_positions=LONGEST, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS,
        n_inner=FEED_FORWARD, activation_function=activation, attn_implementation="eager",
        resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, bos_token_id=2, eos_token_id=3,
    )  # fmt: skip
    return transformers.GPT2LMHeadModel(config)


def from_gpt2(table: Table) -> dict[str, Tensor]:
    found = renamed(
        table,
        {
            "transformer.wte": "target_embedding", "transformer.wpe": "positions.embedding",
            "transformer.ln_f": "decoder_norm",
        },
    )  # fmt: skip
    for layer in range(LAYERS):
        own, block = f"transformer.h.{layer}", f"decoder.{layer}"
        for kind in ("weight", "bias"):
            parts = table[f"{own}.attn.c_attn.{kind}"].chunk(3, dim=-1)
            for name, part in zip(("query", "key", "value"), parts, strict=True):
                found[f"{block}.self_attention.{name}.{kind}"] = part.T if kind[0] == "w" else part
        names = {
            f"{own}.ln_1": f"{block}.residual_1.norm", f"{own}.ln_2": f"{block}.residual_3.norm",
            f"{own}.attn.c_proj": f"{block}.self_attention.output",
            f"{own}.mlp.c_fc": f"{block}.feed_forward.expand",
            f"{own}.mlp.c_proj": f"{block}.feed_forward.contract",
        }  # fmt: skip
        # GPT-2 keeps its matrices the other way round.
        found |= {n: t.T if t.dim() == 2 else t for n, t in renamed(table, names).items()}
    return found


@pytest.mark.parametrize("activation", ["gelu", "relu", "relu2", "silu"])
def test_that_gpt2_is_ours(activation: str) -> None:
    theirs = gpt2(activation)
    ours = model_like(
        theirs, from_gpt2, architecture="decoder-only", positions="learned",
        activation=activation, scale_embeddings=False,
    )  # fmt: skip
    agree(ours, theirs, from_gpt2)


# Llama and its kin: rotary positions, RMS norms, gates, shared keys and values

LLAMA = {
    "architecture": "decoder-only", "positions": "rotary", "norm_kind": "rms",
    "activation": "swiglu", "scale_embeddings": False, "tie_embeddings": False, "bias": False,
}  # fmt: skip


def kin(name: str, **changes: Any) -> nn.Module:
    """A model of one of Llama's descendants; the eps of their norms is that of ours."""
    values = {
        "vocab_size": VOCABULARY, "hidden_size": WIDTH, "intermediate_size": FEED_FORWARD,
        "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "num_key_value_heads": HEADS,
        "head_dim": WIDTH // HEADS, "rms_norm_eps": 1e-5, "max_position_embeddings": LONGEST,
        "tie_word_embeddings": False, "attn_implementation": "eager", "pad_token_id": 0,
        "bos_token_id": 2, "eos_token_id": 3,
    }  # fmt: skip
    config = getattr(transformers, f"{name}Config")(**{**values, **changes})
    return getattr(transformers, f"{name}ForCausalLM")(config)


def from_llama(table: Table) -> dict[str, Tensor]:
    parts = {
        "input_layernorm": "residual_1.norm", "post_attention_layernorm": "residual_3.norm",
        "self_attn.q_proj": "self_attention.query", "self_attn.k_proj": "self_attention.key",
        "self_attn.v_proj": "self_attention.value", "self_attn.o_proj": "self_attention.output",
        "self_attn.q_norm": "self_attention.query_norm",
        "self_attn.k_norm": "self_attention.key_norm",
        "mlp.up_proj": "feed_forward.expand", "mlp.gate_proj": "feed_forward.gate",
        "mlp.down_proj": "feed_forward.contract",
    }  # fmt: skip
    names = {
        f"model.layers.{layer}.{theirs}": f"decoder.{layer}.{ours}"
        for layer in range(LAYERS) for theirs, ours in parts.items()
    }  # fmt: skip
    whole = {
        "model.embed_tokens": "target_embedding", "model.norm": "decoder_norm", "lm_head": "output",
    }  # fmt: skip
    return renamed(table, names | whole)


@pytest.mark.parametrize("groups", [4, 2, 1])
def test_that_llama_with_shared_keys_is_ours(groups: int) -> None:
    theirs = kin("Llama", num_key_value_heads=groups)
    agree(model_like(theirs, from_llama, **LLAMA, key_value_heads=groups), theirs, from_llama)


def test_that_llama_with_biases_a_gelu_gate_and_tied_tables_is_ours() -> None:
    theirs = kin(
        "Llama", attention_bias=True, mlp_bias=True, hidden_act="gelu", tie_word_embeddings=True
    )
    changes = {**LLAMA, "bias": True, "activation": "geglu", "tie_embeddings": True}
    agree(model_like(theirs, from_llama, **changes), theirs, from_llama)


@pytest.mark.parametrize("base", [100.0, 500_000.0])
def test_that_llama_with_another_base_of_its_angles_is_ours(base: float) -> None:
    turned = {"rope_type": "default", "rope_theta": base}
    theirs = kin("Llama", rope_parameters=turned)
    agree(model_like(theirs, from_llama, **LLAMA, rotary_base=base), theirs, from_llama)


def test_that_qwen3_with_normed_queries_and_keys_is_ours() -> None:
    theirs = kin("Qwen3", num_key_value_heads=2)
    for name, module in theirs.named_modules():
        if re.search(r"\.[qk]_norm$", name):
            module.variance_epsilon = 1e-6  # type: ignore[assignment]
    ours = model_like(theirs, from_llama, **LLAMA, key_value_heads=2, query_key_norm=True)
    agree(ours, theirs, from_llama)


@pytest.mark.parametrize("window", [1, 2, 5])
def test_that_mistral_with_a_sliding_window_is_ours(window: int) -> None:
    theirs = kin("Mistral", num_key_value_heads=2, sliding_window=window + 1)  # With itself.
    ours = model_like(
        theirs, from_llama, **LLAMA, key_value_heads=2, pattern="window", window=window
    )
    agree(ours, theirs, from_llama)


# MPT: ALiBi


def mpt(heads: int, width: int) -> nn.Module:
    config = transformers.MptConfig(
        d_model=width, n_heads=heads, n_layers=LAYERS, expansion_ratio=4, max_seq_len=LONGEST,
        vocab_size=VOCABULARY, resid_pdrop=0, emb_pdrop=0,
    )  # fmt: skip
    return transformers.MptForCausalLM(config)


def from_mpt(table: Table) -> dict[str, Tensor]:
    found = renamed(
        table, {"transformer.wte": "target_embedding", "transformer.norm_f": "decoder_norm"}
    )
    for layer in range(LAYERS):
        own, block = f"transformer.blocks.{layer}", f"decoder.{layer}"
        parts = table[f"{own}.attn.Wqkv.weight"].chunk(3)
        for name, part in zip(("query", "key", "value"), parts, strict=True):
            found[f"{block}.self_attention.{name}.weight"] = part
        found |= renamed(table, {
            f"{own}.norm_1": f"{block}.residual_1.norm",
            f"{own}.norm_2": f"{block}.residual_3.norm",
            f"{own}.attn.out_proj": f"{block}.self_attention.output",
            f"{own}.ffn.up_proj": f"{block}.feed_forward.expand",
            f"{own}.ffn.down_proj": f"{block}.feed_forward.contract",
        })  # fmt: skip
    return found


@pytest.mark.parametrize("heads", [4, 8, 6])
def test_that_mpt_with_alibi_is_ours(heads: int) -> None:
    width = 4 * heads
    theirs = mpt(heads, width)
    ours = model_like(
        theirs, from_mpt, architecture="decoder-only", positions="alibi", activation="gelu",
        width=width, heads=heads, feed_forward=4 * width, scale_embeddings=False, bias=False,
    )  # fmt: skip
    agree(ours, theirs, from_mpt)

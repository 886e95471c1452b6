"""Decoders alone: the shapes of GPT-2, GPT-NeoX and Llama."""

import torch

from explorer.messages.config import ModelConfig
from explorer.subjects.outward.fit import (
    ADDED,
    PLAIN,
    UNGATED,
    Named,
    Shape,
    Weights,
    must_fit,
    tied,
)

_ALWAYS = {
    **PLAIN, "norm": ("before",), "pattern": ("full", "causal"), "query_key_norm": (False,),
    "embedding_norm": (False,),
}  # fmt: skip


def decoder_shape(weights: Weights, size: int) -> Shape:
    """The family by the norm and the positions; raises `ModelFileError` where none fits."""
    if weights.config.norm_kind == "rms":
        return _llama(weights, size)
    return _neox(weights, size) if weights.config.positions == "rotary" else _gpt2(weights, size)


def _gpt2(weights: Weights, size: int) -> Shape:
    """GPT-2 (Radford et al., 2019); its linear layers hold inputs × outputs."""
    config = weights.config
    must_fit(config, "GPT-2", {
        **_ALWAYS, "positions": ADDED, "activation": UNGATED,
        "key_value_heads": (0, config.heads),
    })  # fmt: skip
    named: Named = {
        "transformer.wte.weight": weights.embedded("target_embedding"),
        "transformer.wpe.weight": weights.places(),
        **weights.norm("decoder_norm", "transformer.ln_f"),
        "lm_head.weight": weights["output.weight"],
    }
    for layer in range(config.decoder_layers):
        ours, theirs = f"decoder.{layer}", f"transformer.h.{layer}"
        named |= _joint(weights, ours, f"{theirs}.attn.c_attn", turned=True)
        for module, name in (
            ("self_attention.output", "attn.c_proj"), ("feed_forward.expand", "mlp.c_fc"),
            ("feed_forward.contract", "mlp.c_proj"),
        ):  # fmt: skip
            named |= weights.linear(f"{ours}.{module}", f"{theirs}.{name}", turned=True)
        named |= weights.norm(f"{ours}.residual_1.norm", f"{theirs}.ln_1")
        named |= weights.norm(f"{ours}.residual_3.norm", f"{theirs}.ln_2")
    return Shape(
        {
            "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": size,
            "n_embd": config.width, "n_head": config.heads, "n_layer": config.decoder_layers,
            "n_inner": config.feed_forward, "n_positions": config.max_length,
            "activation_function": config.activation, "layer_norm_epsilon": 1e-5,
            "tie_word_embeddings": tied(config),
            "embd_pdrop": config.dropout_of("embedding"), "resid_pdrop": config.dropout,
            "attn_pdrop": config.dropout_of("attention"),
        }, named,
    )  # fmt: skip


def _joint(weights: Weights, block: str, name: str, *, turned: bool = False) -> Named:
    """Query, key and value one after the other, as one layer."""
    parts = [
        weights.linear(f"{block}.self_attention.{part}", "of", turned=turned)
        for part in ("query", "key", "value")
    ]
    side = 1 if turned else 0
    return {
        f"{name}.weight": torch.cat([part["of.weight"] for part in parts], dim=side),
        f"{name}.bias": torch.cat([part["of.bias"] for part in parts]),
    }


def _neox(weights: Weights, size: int) -> Shape:
    """GPT-NeoX (Black et al., 2022), with its sub-layers one after the other."""
    config = weights.config
    must_fit(config, "GPT-NeoX", {
        **_ALWAYS, "activation": UNGATED, "key_value_heads": (0, config.heads),
    })  # fmt: skip
    named: Named = {
        "gpt_neox.embed_in.weight": weights.embedded("target_embedding"),
        **weights.norm("decoder_norm", "gpt_neox.final_layer_norm"),
        "embed_out.weight": weights["output.weight"],
    }
    for layer in range(config.decoder_layers):
        ours, theirs = f"decoder.{layer}", f"gpt_neox.layers.{layer}"
        joint = _joint(weights, ours, f"{theirs}.attention.query_key_value")
        named |= {name: _by_head(value, config.heads) for name, value in joint.items()}
        for module, name in (
            ("self_attention.output", "attention.dense"),
            ("feed_forward.expand", "mlp.dense_h_to_4h"),
            ("feed_forward.contract", "mlp.dense_4h_to_h"),
            ("residual_1.norm", "input_layernorm"),
            ("residual_3.norm", "post_attention_layernorm"),
        ):
            named |= weights.linear(f"{ours}.{module}", f"{theirs}.{name}")
    return Shape(
        {
            **_common(config, size), "model_type": "gpt_neox",
            "architectures": ["GPTNeoXForCausalLM"], "use_parallel_residual": False,
            "rotary_pct": 1.0, "rotary_emb_base": config.rotary_base, "attention_bias": True,
            "rope_parameters": {
                "rope_type": "default", "rope_theta": config.rotary_base,
                "partial_rotary_factor": 1.0,
            },
            "layer_norm_eps": 1e-5, "hidden_dropout": config.dropout,
        }, named,
    )  # fmt: skip


def _by_head(joint: torch.Tensor, heads: int) -> torch.Tensor:
    """Query, key and value of each head together, instead of all queries first."""
    rows = joint.view(3, heads, -1, *joint.shape[1:])
    return rows.transpose(0, 1).reshape(joint.shape)


def _llama(weights: Weights, size: int) -> Shape:
    """Llama (Touvron et al., 2023), with grouped heads."""
    config = weights.config
    must_fit(config, "Llama", {
        **_ALWAYS, "positions": ("rotary",), "activation": ("swiglu", "geglu"),
    })  # fmt: skip
    named: Named = {
        "model.embed_tokens.weight": weights.embedded("target_embedding"),
        **weights.plain("decoder_norm", "model.norm"),
        "lm_head.weight": weights["output.weight"],
    }
    for layer in range(config.decoder_layers):
        ours, theirs = f"decoder.{layer}", f"model.layers.{layer}"
        for module, name in _LLAMA:
            named |= weights.plain(f"{ours}.{module}", f"{theirs}.{name}")
    return Shape(
        {
            **_common(config, size), "model_type": "llama", "architectures": ["LlamaForCausalLM"],
            "num_key_value_heads": config.groups, "head_dim": config.head_width,
            "hidden_act": "silu" if config.activation == "swiglu" else "gelu",
            "rms_norm_eps": 1e-5, "attention_bias": config.bias, "mlp_bias": config.bias,
            "rope_theta": config.rotary_base,
            "rope_parameters": {"rope_type": "default", "rope_theta": config.rotary_base},
        }, named,
    )  # fmt: skip


_LLAMA = (
    ("self_attention.query", "self_attn.q_proj"), ("self_attention.key", "self_attn.k_proj"),
    ("self_attention.value", "self_attn.v_proj"), ("self_attention.output", "self_attn.o_proj"),
    ("feed_forward.expand", "mlp.up_proj"), ("feed_forward.gate", "mlp.gate_proj"),
    ("feed_forward.contract", "mlp.down_proj"), ("residual_1.norm", "input_layernorm"),
    ("residual_3.norm", "post_attention_layernorm"),
)  # fmt: skip


def _common(config: ModelConfig, size: int) -> dict[str, object]:
    return {
        "vocab_size": size, "hidden_size": config.width, "num_attention_heads": config.heads,
        "num_hidden_layers": config.decoder_layers, "intermediate_size": config.feed_forward,
        "max_position_embeddings": config.max_length, "hidden_act": config.activation,
        "attention_dropout": config.dropout_of("attention"), "tie_word_embeddings": tied(config),
    }  # fmt: skip

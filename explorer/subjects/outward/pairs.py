"""Encoder and decoder: the shapes of BART, MBart, Blenderbot and Marian."""

from explorer.messages.config import ModelConfig
from explorer.subjects.outward.fit import (
    ADDED,
    PLAIN,
    UNGATED,
    Named,
    Shape,
    Weights,
    must_fit,
)

_FAMILIES = {
    ("after", True): ("bart", "BART", "BartForConditionalGeneration"),
    ("before", True): ("mbart", "MBart", "MBartForConditionalGeneration"),
    ("before", False): ("blenderbot", "Blenderbot", "BlenderbotForConditionalGeneration"),
    ("after", False): ("marian", "Marian", "MarianMTModel"),
}
"""By the place of the norms, and whether embeddings have one of their own."""
_ATTENTION = (("query", "q_proj"), ("key", "k_proj"), ("value", "v_proj"), ("output", "out_proj"))
_SKIPPED = 2
"""Rows of the table of positions that BART and MBart leave out."""


def pair_shape(weights: Weights, size: int) -> Shape:
    """The family by its norms; raises `ModelFileError` where none fits."""
    config = weights.config
    family, called, name = _FAMILIES[config.norm, config.embedding_norm]
    must_fit(config, called, {
        **PLAIN, "norm_kind": ("layer",), "pattern": ("full",), "query_key_norm": (False,),
        "positions": ADDED, "activation": UNGATED, "key_value_heads": (0, config.heads),
        "tie_embeddings": (True,),
    })  # fmt: skip
    first = _SKIPPED if family in ("bart", "mbart") else 0
    named: Named = {
        "model.shared.weight": weights["source_embedding.weight"],
        "lm_head.weight": weights["output.weight"],
        "final_logits_bias": weights["output.weight"].new_zeros(1, size),
    }
    for side, layers in (("encoder", config.encoder_layers), ("decoder", config.decoder_layers)):
        named[f"model.{side}.embed_tokens.weight"] = weights["source_embedding.weight"]
        named[f"model.{side}.embed_positions.weight"] = weights.places(first)
        if config.embedding_norm:
            named |= weights.norm("embedding_norm", f"model.{side}.layernorm_embedding")
        if config.norm == "before":
            named |= weights.norm(f"{side}_norm", f"model.{side}.layer_norm")
        for layer in range(layers):
            named |= _block(weights, side, layer)
    return Shape({**_config(config, size), "model_type": family, "architectures": [name]}, named)


def _block(weights: Weights, side: str, layer: int) -> Named:
    ours, theirs = f"{side}.{layer}", f"model.{side}.layers.{layer}"
    named = _attention(weights, f"{ours}.self_attention", f"{theirs}.self_attn")
    named |= weights.norm(f"{ours}.residual_1.norm", f"{theirs}.self_attn_layer_norm")
    last = "residual_2"
    if side == "decoder":
        named |= _attention(weights, f"{ours}.cross_attention", f"{theirs}.encoder_attn")
        named |= weights.norm(f"{ours}.residual_2.norm", f"{theirs}.encoder_attn_layer_norm")
        last = "residual_3"
    named |= weights.norm(f"{ours}.{last}.norm", f"{theirs}.final_layer_norm")
    named |= weights.linear(f"{ours}.feed_forward.expand", f"{theirs}.fc1")
    return named | weights.linear(f"{ours}.feed_forward.contract", f"{theirs}.fc2")


def _attention(weights: Weights, module: str, name: str) -> Named:
    named: Named = {}
    for ours, theirs in _ATTENTION:
        named |= weights.linear(f"{module}.{ours}", f"{name}.{theirs}")
    return named


def _config(config: ModelConfig, size: int) -> dict[str, object]:
    return {
        "vocab_size": size, "decoder_vocab_size": size, "d_model": config.width,
        "encoder_layers": config.encoder_layers, "decoder_layers": config.decoder_layers,
        "encoder_attention_heads": config.heads, "decoder_attention_heads": config.heads,
        "encoder_ffn_dim": config.feed_forward, "decoder_ffn_dim": config.feed_forward,
        "max_position_embeddings": config.max_length, "activation_function": config.activation,
        "scale_embedding": config.scale_embeddings, "dropout": config.dropout,
        "attention_dropout": config.dropout_of("attention"),
        "activation_dropout": config.dropout_of("hidden"), "is_encoder_decoder": True,
        "share_encoder_decoder_embeddings": True, "tie_word_embeddings": True,
        "normalize_before": config.norm == "before", "encoder_no_repeat_ngram_size": 0,
        "forced_eos_token_id": None, "num_hidden_layers": config.encoder_layers,
    }  # fmt: skip

"""Encoders alone: the shapes of BERT, RoBERTa-PreLayerNorm and ESM, with a label at each token.

Our output layer is one matrix, as that of `…ForTokenClassification`; the heads for masked words of
these families have a layer and a norm more.
"""

import torch

from explorer.messages.config import ModelConfig
from explorer.subjects.outward.fit import ADDED, PLAIN, UNGATED, Named, Shape, Weights, must_fit

_ALWAYS = {
    **PLAIN, "norm_kind": ("layer",), "pattern": ("full",), "query_key_norm": (False,),
}  # fmt: skip
_PARTS = (
    ("self_attention.query", "attention.self.query"), ("self_attention.key", "attention.self.key"),
    ("self_attention.value", "attention.self.value"),
    ("self_attention.output", "attention.output.dense"),
    ("feed_forward.expand", "intermediate.dense"), ("feed_forward.contract", "output.dense"),
)  # fmt: skip
_NORMS = {
    "bert": ("attention.output.LayerNorm", "output.LayerNorm"),
    "roberta_prelayernorm": ("attention.LayerNorm", "intermediate.LayerNorm"),
    "esm": ("attention.LayerNorm", "LayerNorm"),
}


def encoder_shape(weights: Weights, size: int, labels: list[str]) -> Shape:
    """The family by the place of the norms; raises `ModelFileError` where none fits."""
    config = weights.config
    fitting = {**_ALWAYS, "key_value_heads": (0, config.heads)}
    if config.norm == "after":
        must_fit(config, "BERT", {
            **fitting, "embedding_norm": (True,), "positions": ADDED, "activation": UNGATED,
        })  # fmt: skip
        return _shape(weights, "bert", size, labels)
    if config.embedding_norm and config.positions != "rotary":
        must_fit(config, "RoBERTa-PreLayerNorm", {
            **fitting, "positions": ADDED, "activation": UNGATED,
        })  # fmt: skip
        return _shape(weights, "roberta_prelayernorm", size, labels)
    must_fit(config, "ESM", {
        **fitting, "positions": (*ADDED, "rotary"), "activation": ("gelu",),
        "rotary_base": (10_000.0,),
    })  # fmt: skip
    return _shape(weights, "esm", size, labels)


def _shape(weights: Weights, family: str, size: int, labels: list[str]) -> Shape:
    config = weights.config
    named = _embeddings(weights, family)
    for layer in range(config.encoder_layers):
        ours, theirs = f"encoder.{layer}", f"{family}.encoder.layer.{layer}"
        for module, name in _PARTS:
            named |= weights.linear(f"{ours}.{module}", f"{theirs}.{name}")
        for number, name in enumerate(_NORMS[family], 1):
            named |= weights.norm(f"{ours}.residual_{number}.norm", f"{theirs}.{name}")
    if family == "esm":
        named |= weights.norm("encoder_norm", "esm.encoder.emb_layer_norm_after")
        named |= _of_esm(config)
    elif family != "bert":
        named |= weights.norm("encoder_norm", f"{family}.LayerNorm")
    named["classifier.weight"] = weights["output.weight"]
    named["classifier.bias"] = torch.zeros(len(labels))
    return Shape(_config(config, family, size, labels), named)


def _of_esm(config: ModelConfig) -> Named:
    """What else a file of this family holds: a head that nothing here asks, and wavelengths."""
    begun, size = "esm.contact_head.regression", config.encoder_layers * config.heads
    named: Named = {f"{begun}.weight": torch.zeros(1, size), f"{begun}.bias": torch.zeros(1)}
    if config.positions == "rotary":
        step_D = torch.arange(0, config.head_width, 2).float() / config.head_width
        named["esm.rotary_embeddings.inv_freq"] = config.rotary_base**-step_D
    return named


def _embeddings(weights: Weights, family: str) -> Named:
    config, begun = weights.config, f"{family}.embeddings"
    named: Named = {f"{begun}.word_embeddings.weight": weights.embedded("source_embedding")}
    if family != "esm":
        named[f"{begun}.token_type_embeddings.weight"] = torch.zeros(1, config.width)
    if config.positions != "rotary":
        # Both relatives of RoBERTa begin to count behind the row of padding, which is 0.
        first = 0 if family == "bert" else 1
        named[f"{begun}.position_embeddings.weight"] = weights.places(first)
    if config.embedding_norm:
        name = "layer_norm" if family == "esm" else "LayerNorm"
        named |= weights.norm("embedding_norm", f"{begun}.{name}")
    return named


_CLASSES = {
    "bert": "BertForTokenClassification",
    "roberta_prelayernorm": "RobertaPreLayerNormForTokenClassification",
    "esm": "EsmForTokenClassification",
}


def _config(config: ModelConfig, family: str, size: int, labels: list[str]) -> dict[str, object]:
    rows = config.max_length + (family != "bert")
    told: dict[str, object] = {
        "model_type": family.replace("_", "-"), "architectures": [_CLASSES[family]],
        "vocab_size": size, "hidden_size": config.width, "num_attention_heads": config.heads,
        "num_hidden_layers": config.encoder_layers, "intermediate_size": config.feed_forward,
        "hidden_act": config.activation, "max_position_embeddings": rows, "type_vocab_size": 1,
        "layer_norm_eps": 1e-5, "hidden_dropout_prob": config.dropout,
        "attention_probs_dropout_prob": config.dropout_of("attention"),
        "id2label": {str(id): label for id, label in enumerate(labels)},
        "label2id": {label: id for id, label in enumerate(labels)},
        "tie_word_embeddings": False,
    }  # fmt: skip
    if family == "esm":
        told |= {
            "position_embedding_type": "rotary" if config.positions == "rotary" else "absolute",
            "emb_layer_norm_before": config.embedding_norm, "token_dropout": False,
            "is_folding_model": False,
        }  # fmt: skip
    return told

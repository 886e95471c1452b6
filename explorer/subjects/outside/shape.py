"""The settings of a foreign model in our own words, as far as panels ask for them."""

from typing import Any

import torch

from explorer.messages.config import (
    DecodingConfig,
    ModelConfig,
    RunConfig,
    TaskConfig,
    TrainingConfig,
)
from explorer.messages.results import SiteKind
from explorer.subjects.outside.model import OutsideModel

_LONGEST = 512
"""Tokens that a model reads which names no limit, as T5."""
_SMALL = 50_000_000
"""Weights up to which a long text is written unasked."""
_PLAIN = "The old cat sleeps on the chair near the fire."
_TALK = "user: Why is the sky blue?"
_EXAMPLES = {
    "encoder-only": "The old cat sleeps on the <mask> near the fire.",
    "decoder-only": "Once upon a time",
    "encoder-decoder": _PLAIN,
}


def longest_input(config: Any, tokenizer: Any, padding_row: int | None) -> int:
    """Tokens that a model reads at most, by its positions and by its tokenizer.

    A table of positions that has a row for padding (RoBERTa's) begins behind that row.
    """
    names = ("max_position_embeddings", "n_positions", "max_sequence_length")
    told = [value for name in names if isinstance(value := getattr(config, name, None), int)]
    if padding_row is not None:
        told = [value - padding_row - 1 for value in told]
    of_words = tokenizer.model_max_length
    if isinstance(of_words, int) and of_words < 10**9:
        told.append(of_words)
    return min((value for value in told if value > 0), default=_LONGEST)


def rough_shape(architecture: str, config: Any, longest: int) -> ModelConfig:
    """The shape by the configuration, before anything has run.

    Bounds of our own settings do not hold for models from outside, so nothing is checked.
    """
    first = _first(config, "hidden_size", "d_model", "n_embd", "dim")
    heads = _first(config, "num_attention_heads", "encoder_attention_heads", "n_head", "num_heads")
    shared = _first(config, "num_key_value_heads")
    return ModelConfig.model_construct(
        architecture=architecture, width=first or 1, heads=heads or 1,
        key_value_heads=shared if shared != heads else 0, max_length=longest,
        feed_forward=_first(config, "intermediate_size", "d_ff", "encoder_ffn_dim", "n_inner")
        or 4 * first, dropout=0.0, positions="none",
    )  # fmt: skip


def _first(config: Any, *names: str) -> int:
    found = (getattr(config, name, None) for name in names)
    return next((value for value in found if isinstance(value, int)), 0)


def as_run(model: OutsideModel, title: str, kind: torch.dtype, *, chats: bool = False) -> RunConfig:
    """Settings whose layers are those that attend, and whose precision is the weights'."""
    shape = model.config.model_copy(
        update={
            "encoder_layers": max(1, model.count(SiteKind.ENCODER)),
            "decoder_layers": max(1, model.count(SiteKind.DECODER)),
        }
    )
    longest = 256 if model.parameter_count() <= _SMALL else 64
    return RunConfig.model_construct(
        title=title, example=_example(model, chats=chats), model=shape,
        task=TaskConfig.model_construct(name="text"),
        training=TrainingConfig.model_construct(precision=str(kind).removeprefix("torch.")),
        decoding=DecodingConfig(max_length=min(longest, shape.max_length)),
    )  # fmt: skip


def _example(model: OutsideModel, *, chats: bool) -> str:
    """A sentence to begin with; one that hides a word only for a model that guesses words."""
    if chats and model.config.architecture == "decoder-only":
        return _TALK
    if model.says != "words":
        return _PLAIN
    return _EXAMPLES[model.config.architecture]

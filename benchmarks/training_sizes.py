"""The sizes at which training is compared: settings of ours, whose shape every side takes."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.messages.config import RunConfig
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values

SIDES: Mapping[str, str] = {
    "ours": "Attention Explorer, Trainer.train_step",
    "torch": "torch.nn.Transformer, plain loop",
    "eager": "eager GPT with fused attention, plain loop",
    "hf": "transformers GPT2LMHeadModel with Trainer",
}
_STEADY: Mapping[str, Any] = {
    "training.optimizer": "adamw", "training.learning_rate": 1e-3, "training.schedule": "constant",
    "training.warmup_steps": 0, "training.weight_decay": 0.1, "training.beta2": 0.99,
    "training.clip_norm": 1.0, "training.label_smoothing": 0.0, "training.precision": "float32",
    "training.steps": 1_000_000,
}  # fmt: skip
"""What a plain loop can follow step by step."""


@dataclass(frozen=True, slots=True)
class Size:
    """A shape with its task, and who is compared on it."""

    name: str
    title: str
    sides: tuple[str, ...]
    values: Mapping[str, Any]
    preset: str = "reverse"

    def config(self, text: Path, *, dropout: bool) -> RunConfig:
        """The settings of a run, with or without dropout."""
        values = {**_STEADY, **self.values}
        if values.get("task.name") == "text":
            values["task.file"] = str(text)
        if not dropout:
            places = ("dropout", "embedding_dropout", "attention_dropout", "hidden_dropout")
            values |= dict.fromkeys([f"model.{place}" for place in places], 0.0)
        return with_values(load_preset(self.preset), values)


SIZES: tuple[Size, ...] = (
    Size("toy", "preset reverse, width 64, 1+1 layers, 64 lists", ("ours", "torch"), {}),
    Size(
        "pairs", "encoder–decoder, width 128, 3+3 layers, 8 heads, dropout 0.1, 64 × 16 tokens",
        ("ours", "torch"),
        {
            "model.width": 128, "model.heads": 8, "model.encoder_layers": 3,
            "model.decoder_layers": 3, "model.feed_forward": 512, "model.dropout": 0.1,
            "task.min_length": 15, "task.max_length": 15, "task.symbols": 36,
            "training.batch_size": 64,
        },
    ),
    Size(
        "gpt", "decoder alone, nanoGPT's CPU recipe: width 128, 4 layers, 4 heads, 12 × 64 tokens",
        ("ours", "eager", "torch", "hf"),
        {
            "model.architecture": "decoder-only", "model.width": 128, "model.heads": 4,
            "model.decoder_layers": 4, "model.feed_forward": 512, "model.dropout": 0.0,
            "model.activation": "gelu", "model.positions": "learned", "model.bias": False,
            "model.scale_embeddings": False, "model.initialisation": "gpt2",
            "model.max_length": 64, "task.name": "text", "task.context": 64,
            "task.vocabulary": "character", "training.batch_size": 12,
            "decoding.max_length": 64,
        },
    ),
)  # fmt: skip


def size_of(name: str) -> Size:
    """The size of a name."""
    return next(size for size in SIZES if size.name == name)


def made_up_text(path: Path, letters: int = 400_000) -> Path:
    """A file of words that mean nothing, for where no real text lies; the same each time."""
    chance = random.Random(0)
    alphabet = "etaoinshrdlucmfwypvbgkjqxz"
    lengths = range(2, 9)
    words = ["".join(chance.choices(alphabet, k=chance.choice(lengths))) for _ in range(3000)]
    text = ""
    while len(text) < letters:
        line = " ".join(chance.choices(words, k=9))
        text += f"{line.capitalize()}.\n"
    path.write_text(text, encoding="utf-8")
    return path

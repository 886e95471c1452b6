"""How the settings are parted into groups of the form, and how their choices are called."""

import re
from collections.abc import Sequence

from explorer.messages.settings import Setting, all_settings
from explorer.messages.tasks import TASK_INFO

COMMON = (
    "model.architecture",
    "model.encoder_layers",
    "model.decoder_layers",
    "model.heads",
    "model.width",
    "training.steps",
    "training.batch_size",
    "training.learning_rate",
)
"""The settings that are in sight from the start."""
ELSEWHERE = ("task.name",)
"""Settings that have a control of their own outside the form."""
_BEGINS = {
    "model.architecture": "Architecture",
    "model.norm": "Norms and positions",
    "model.pattern": "Attention",
    "model.tie_embeddings": "Embeddings and weights",
    "model.dropout": "Dropout and length",
    "task.name": "Data",
    "task.vocabulary": "Vocabulary",
    "task.validation": "Held-out data",
    "training.steps": "Optimizer and schedule",
    "training.precision": "Precision and speed",
    "training.evaluate_every": "Evaluation and saving",
    "decoding.max_length": "Writing",
}
"""The setting with which a group begins; those declared after it belong to it too."""

_TITLES = {
    "relu": "ReLU", "relu2": "ReLU²", "gelu": "GELU", "silu": "SiLU", "swiglu": "SwiGLU",
    "geglu": "GEGLU", "rms": "RMS norm", "layer": "Layer norm", "after": "After (paper)",
    "before": "Before", "alibi": "ALiBi", "gpt2": "As GPT-2", "depth": "Mild in depth",
    "xavier": "Xavier", "global": "Global and window", "block": "Own block",
    "window": "Sliding window", "dilated": "Dilated window", "zero": "Zero score",
    "learned": "Learned", "ternary": "Ternary (−1, 0, 1)", "binary": "Binary (−1, 1)",
    "sgd": "Gradient descent", "adam": "Adam", "adamw": "AdamW", "muon": "Muon",
    "wsd": "Warm-up, stable, decay", "noam": "Noam (paper)", "bpe": "Pieces (BPE)",
    "word": "Words", "character": "Characters", "float32": "float32", "bfloat16": "bfloat16",
    "float16": "float16", "encoder-decoder": "Encoder–decoder", "decoder-only": "Decoder only",
    "encoder-only": "Encoder only",
}  # fmt: skip
_TITLES_HERE = {("model.weights", "full"): "Full precision", ("model.pattern", "full"): "All"}


def topics() -> list[tuple[str, list[Setting]]]:
    """The groups of the form, each with its settings in the order of declaration."""
    groups: list[tuple[str, list[Setting]]] = []
    for setting in all_settings():
        title = _BEGINS.get(setting.path)
        if title is not None:
            groups.append((title, []))
        if setting.path not in (*COMMON, *ELSEWHERE):
            groups[-1][1].append(setting)
    return groups


def common() -> list[Setting]:
    """The settings in sight from the start."""
    settings = {setting.path: setting for setting in all_settings()}
    return [settings[path] for path in COMMON]


def choice_title(path: str, choice: str) -> str:
    """A choice as people read it."""
    known = _TITLES_HERE.get((path, choice)) or _TITLES.get(choice)
    return known or choice.replace("-", " ").capitalize()


def answers(setting: Setting, words: Sequence[str]) -> bool:
    """Whether each of these words, in lower case, begins a word of what is said of a setting."""
    said = [setting.title, setting.path, setting.help, setting.symbol, setting.special]
    said += [f"{choice} {choice_title(setting.path, choice)}" for choice in setting.choices]
    known = re.findall(r"\w+", " ".join(said).lower())
    return all(
        word in setting.path or any(other.startswith(word) for other in known) for word in words
    )


def when(setting: Setting) -> str:
    """Under which values of other settings a setting matters, in words; empty: always."""
    titles = {other.path: other.title for other in all_settings()}
    return " and ".join(
        f"{titles[path]} is {_either(path, values)}" for path, values in setting.needs.items()
    )


def _either(path: str, values: Sequence[str]) -> str:
    if path == "task.name":
        return _either_task(values)
    return " or ".join(choice_title(path, value) for value in values)


def _either_task(values: Sequence[str]) -> str:
    titles = [info.title for name, info in TASK_INFO.items() if name in values]
    return ", ".join(titles[:3]) + (" or the like" if len(titles) > 3 else "")

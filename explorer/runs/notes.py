"""What a person wrote about a run, in its folder as `notes.md`, and the run's name."""

import tomllib
from pathlib import Path

import tomli_w

from explorer.runs.atomic import write_text
from explorer.runs.folder import RunFolder
from explorer.runs.lock import is_trained
from explorer.runs.weights import ModelFileError

NAME = "notes.md"
_NOT_IN_NAMES = '/\\:*?"<>|'
_LONGEST = 120


def read_notes(folder: Path) -> str:
    """The notes on a run; empty where there are none."""
    try:
        return (folder / NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def write_notes(folder: Path, text: str) -> None:
    """Keep the notes on a run, whole or not at all; empty ones go.

    Raises `OSError` for a folder that cannot be written, `ModelFileError` where no run is.
    """
    if not RunFolder(folder).is_run:
        raise ModelFileError(f"{folder} is not there any more: the notes on it were not kept")
    if text.strip():
        write_text(folder / NAME, text)
    else:
        (folder / NAME).unlink(missing_ok=True)


def rename_run(folder: Path, name: str) -> Path:
    """Give a run's folder another name, and tell the forks beside it; the new place.

    Raises `ModelFileError` in words for a name that no folder can have or that is taken.
    """
    name = name.strip()
    wrong = next((sign for sign in name if sign in _NOT_IN_NAMES or not sign.isprintable()), "")
    if not name or name.startswith(".") or wrong or len(name) > _LONGEST:
        raise ModelFileError(
            f"“{name}” cannot be the name of a folder: take 1 to {_LONGEST} letters, without a dot "
            f"in front and without any of {' '.join(_NOT_IN_NAMES)}"
        )
    place = folder.with_name(name)
    if place == folder:
        return folder
    if is_trained(folder):
        raise ModelFileError(f"“{folder.name}” is being trained; end that, then rename it")
    if place.exists():
        raise ModelFileError(f"There is a run named “{name}” already; take another name")
    folder.rename(place)
    for other in place.parent.glob("*/run.toml"):
        _tell_of_move(other, str(folder), str(place))
    return place


def _tell_of_move(settings: Path, before: str, after: str) -> None:
    """Write a parent's new place into a fork's settings."""
    try:
        text = settings.read_text(encoding="utf-8")
        data = tomllib.loads(text)
        fork = data["made"]["fork"]
        if fork["parent"] != before:
            return
    except (OSError, ValueError, KeyError, TypeError):
        return  # No fork, or one that cannot be read.
    fork["parent"] = after
    write_text(settings, tomli_w.dumps(data))

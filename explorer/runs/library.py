"""Which models there are, and what a name or a path means."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from explorer.resources import sample_models
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.weights import ModelFileError


@dataclass(frozen=True, slots=True)
class Found:
    """A model on disk: its run folder and the checkpoint to load, or the snapshot's file."""

    name: str
    folder: RunFolder
    checkpoint: Path


def home() -> Path:
    """The user's own folder for runs; the variable ATTENTION_EXPLORER_HOME moves it."""
    chosen = os.environ.get("ATTENTION_EXPLORER_HOME")
    return Path(chosen) if chosen else user_data_path("attention-explorer", appauthor=False)


def fresh_run_folder(task: str) -> Path:
    """A folder for a new run that does not exist yet, named by task and time."""
    stamp = datetime.now().strftime("%Y-%m-%d %H.%M.%S")
    return free_folder(f"{task} {stamp}")


def fork_folder(parent: str, step: int) -> Path:
    """A folder for a fork that does not exist yet, named by its parent and the step."""
    return free_folder(f"{parent} from {step}")


def free_folder(name: str) -> Path:
    """A folder of this name among the user's runs, with a number where there is one already."""
    path = home() / "runs" / name
    number = 1
    while path.exists():
        number += 1
        path = path.with_name(f"{name} ({number})")
    return path


def find_model(reference: str) -> Found:
    """The model that a sample's name, a run folder's or a checkpoint's path stands for.

    Raises `ModelFileError` in words for a person.
    """
    samples = sample_models()
    if reference in samples:
        return _newest(reference, RunFolder(samples[reference]))
    path = Path(reference).expanduser()
    if not path.exists():
        known = ", ".join(samples) or "none"
        raise ModelFileError(
            f"There is no model “{reference}”: it is no sample model ({known}) and no run folder "
            "or checkpoint"
        )
    path = path.absolute()
    if path.is_file():
        if _is_snapshot(path):
            folder = RunFolder(path.parent.parent)
            return Found(folder.path.name, folder, path)
        path = path.parent
    if step_named(path) and (path.parent.parent / "run.toml").exists():
        folder = RunFolder(path.parent.parent)
        return Found(folder.path.name, folder, path)
    if not (path / "run.toml").exists():
        raise ModelFileError(
            f"{path} is no run of Attention Explorer: it holds no run.toml. Open the folder that "
            "a training made, or one of its checkpoints"
        )
    return _newest(path.name, RunFolder(path))


def step_named(path: Path) -> bool:
    """Whether a path is named as a checkpoint is."""
    try:
        return path.name.startswith("step-") and step_of(path) >= 0
    except ValueError:
        return False


def _is_snapshot(file: Path) -> bool:
    return (
        file.parent.name == "snapshots" and file.suffix == ".safetensors" and step_named(file)
        and (file.parent.parent / "run.toml").exists()
    )  # fmt: skip


def _newest(name: str, folder: RunFolder) -> Found:
    checkpoints = folder.checkpoints()
    if not checkpoints:
        raise ModelFileError(f"{folder.path} holds no checkpoint yet: it stopped before its first")
    return Found(name, folder, checkpoints[-1])

"""Runs at a glance, and two of them side by side."""

import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.messages.config import RunConfig
from explorer.messages.results import Measurement
from explorer.messages.settings import all_settings, live_values
from explorer.runs.folder import RunFolder
from explorer.runs.library import home
from explorer.runs.metrics import read_history
from explorer.runs.moments import moments
from explorer.runs.weights import ModelFileError


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run: how far it is, what it reached, what it takes on disk (`bytes`), whence it came.

    `kept` counts the steps whose weights are there. Figures are those of the last look at held-out
    data, None where there was none.
    """

    name: str
    path: str
    title: str
    task: str
    step: int
    steps: int
    kept: int
    bytes: int
    created: str
    loss: float | None
    accuracy: float | None
    exact_match: float | None
    parent: str | None = None
    parent_step: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def all_runs() -> list[RunSummary]:
    """The user's runs, the newest first; folders that cannot be read are left out."""
    whole = (path for path in (home() / "runs").glob("*") if not path.name.startswith("."))
    found = map(_summary_or_none, whole)
    return sorted((run for run in found if run), key=lambda run: run.created, reverse=True)


def _summary_or_none(path: Path) -> RunSummary | None:
    try:
        return summary_of(RunFolder(path))
    except ModelFileError:
        return None


def summary_of(folder: RunFolder) -> RunSummary:
    """One run; raises `ModelFileError` for a folder that holds none."""
    config, fork = folder.config(), folder.fork()
    history = read_history(folder.metrics)
    last = history.measurements[-1] if history.measurements else None
    step = max(folder.newest_step(), int(history.steps.max(initial=0)))
    return RunSummary(
        folder.path.name, str(folder.path), config.title, config.task.name, step,
        config.training.steps, len(moments(folder)), size_on_disk(folder.path), created(folder),
        *figures_of(last), fork.parent if fork else None, fork.step if fork else None,
    )  # fmt: skip


def figures_of(found: Measurement | None) -> tuple[float | None, float | None, float | None]:
    """Loss, accuracy and exact match, each None where it is not known."""
    if found is None:
        return None, None, None
    loss, accuracy, exact = found.loss, found.accuracy, found.exact_match
    return _known(loss), _known(accuracy), _known(exact)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def size_on_disk(path: Path) -> int:
    """Bytes that a folder takes of its own: a file shared with another run counts by its share."""
    found = (file.stat() for file in path.rglob("*") if file.is_file())
    return sum(about.st_size // max(1, about.st_nlink) for about in found)


def created(folder: RunFolder) -> str:
    """When the run began, as ISO 8601; empty where that is not told."""
    try:
        data = tomllib.loads((folder.path / "run.toml").read_text(encoding="utf-8"))
        return str(data.get("made", {}).get("created", ""))
    except (OSError, ValueError):
        return ""


def settings_now(folder: RunFolder) -> RunConfig:
    """A run's settings with what was changed while it trained."""
    config = folder.config()
    for change in read_history(folder.metrics).changes:
        config = live_values(config, {change.path: change.value})
    return config


def differences(one: RunConfig, other: RunConfig) -> Iterator[tuple[str, Any, Any]]:
    """The settings in which two runs differ, by path."""
    for setting in all_settings():
        mine, theirs = (
            getattr(getattr(config, setting.section), setting.name) for config in (one, other)
        )
        if mine != theirs:
            yield setting.path, mine, theirs


def parted_at(one: RunFolder, other: RunFolder) -> int | None:
    """The first step at which their losses differ; None where they agree as far as both go."""
    mine, theirs = read_history(one.metrics), read_history(other.metrics)
    both, here, there = np.intersect1d(mine.steps, theirs.steps, return_indices=True)
    apart = np.flatnonzero(mine.losses[here] != theirs.losses[there])
    return int(both[apart[0]]) if len(apart) else None

"""The reverse preset made small, and runs of it, for tests that train for real."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from explorer.engine.run import Run
from explorer.messages.config import RunConfig
from explorer.messages.events import Event, TrainStep
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.runs.library import find_model
from explorer.subjects.opening import open_subject
from explorer.subjects.subject import Subject

CPU = torch.device("cpu")
SMALL: Mapping[str, Any] = {
    "model.width": 16, "model.feed_forward": 32, "model.max_length": 16, "model.dropout": 0.1,
    "decoding.max_length": 16, "task.max_length": 5, "task.validation": 6, "task.test": 4,
    "training.steps": 20, "training.batch_size": 8, "training.warmup_steps": 5,
    "training.evaluate_every": 5, "training.evaluate_examples": 6,
    "training.checkpoint_every": 10, "training.baselines": False,
}  # fmt: skip


def small_config(values: Mapping[str, Any] = {}) -> RunConfig:
    """Settings of a run that takes well under a second."""
    return with_values(load_preset("reverse"), {**SMALL, **values})


def begin(folder: Path, told: list[Event], values: Mapping[str, Any] = {}) -> Run:
    """A new small run in a folder; what it tells is added to `told`."""
    return Run.begin(small_config(values), folder, CPU, told.append, lambda *_: None)


def reopen(folder: Path, told: list[Event]) -> Run:
    """The run in a folder, from its newest checkpoint."""
    found = find_model(str(folder))
    return Run.reopen(found.folder, found.checkpoint, CPU, told.append, lambda *_: None)


def open_again(folder: Path) -> Subject:
    """The model in a run's folder, from its newest checkpoint."""
    return open_subject(str(folder), CPU)


def finish(run: Run) -> None:
    """All that is left to do, and the saving at the end."""
    while not run.done:
        run.advance()
    run.close()


def losses(told: list[Event]) -> list[float]:
    """The loss of every step told."""
    return [event.loss for event in told if isinstance(event, TrainStep)]

"""A run on disk made ready to go on exactly as it would have."""

import shutil
from pathlib import Path

from explorer.data.prepare import Report, TaskData, prepare
from explorer.runs.checkpoints import (
    best_step,
    load_checkpoint,
    load_memories,
    mark_best,
    read_state,
)
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.metrics import read_history, truncate_metrics
from explorer.runs.weights import ModelFileError
from explorer.training.trainer import Trainer


def open_data(folder: RunFolder, report: Report) -> TaskData:
    """The data that the run learned from; raises `ModelFileError` when it is another by now."""
    config = folder.config()
    data = prepare(config, folder.vocabularies(), report)
    if data.fingerprint != folder.fingerprint():
        raise ModelFileError(
            f"{config.task.file} has changed since this run began, so it cannot be continued "
            "as it was; put the old file back, or start a new run"
        )
    return data


def load_trainer(trainer: Trainer, checkpoint: Path | None) -> None:
    """Bring a fresh trainer to a checkpoint; without one it stays at its first step."""
    if checkpoint is None:
        return
    trainer.step, trainer.meter.seconds = load_checkpoint(checkpoint, trainer.model)
    load_memories(checkpoint, trainer.optimizers.parts)
    state = read_state(checkpoint)
    trainer.follow(state.changes)
    trainer.precision.restore(dict(state.scaling))


def restore(trainer: Trainer, folder: RunFolder, checkpoint: Path | None) -> None:
    """Load a checkpoint and drop what the folder has of later steps: it will come again."""
    load_trainer(trainer, checkpoint)
    truncate_metrics(folder.metrics, trainer.step, trainer.changes)
    for later in folder.checkpoints():
        if step_of(later) > trainer.step:
            shutil.rmtree(later, ignore_errors=True)
    for later in folder.snapshots():
        if step_of(later) > trainer.step:
            later.unlink(missing_ok=True)
    best = best_step(folder)
    if best is not None and best > trainer.step:
        _mark_best_so_far(folder)


def _mark_best_so_far(folder: RunFolder) -> None:
    kept = {step_of(path) for path in folder.checkpoints()}
    found = [m for m in read_history(folder.metrics).measurements if m.step in kept]
    if found:
        best = min(found, key=lambda m: m.loss)
        mark_best(folder, best.step, best.loss)
    else:
        (folder.path / "best.json").unlink(missing_ok=True)

"""What a run writes while it goes on: figures, checkpoints, snapshots."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from explorer.messages.config import TrainingConfig
from explorer.messages.events import Event, Failed, RunSaved, TrainStep
from explorer.messages.results import Change, Measurement
from explorer.runs.checkpoints import (
    CheckpointState,
    is_snapshot_step,
    mark_best,
    save_checkpoint,
    save_snapshot,
)
from explorer.runs.figures import CsvTable, EventFiles, Figures, TensorBoardMissingError
from explorer.runs.folder import RunFolder
from explorer.runs.metrics import MetricsLog
from explorer.training.trainer import Trainer

Emit = Callable[[Event], None]
FLUSH_SECONDS = 1.0
"""Seconds of work whose figures a killed process may lose, and a follower may be behind."""


class Keeper:
    """Writes a run's folder; what cannot be written is told, and training goes on."""

    def __init__(self, trainer: Trainer, folder: RunFolder, emit: Emit) -> None:
        self.folder = folder
        self._trainer, self._emit = trainer, emit
        self._saved_step = -1
        self._flushed = trainer.meter.seconds
        self._sinks: list[Figures] = [MetricsLog(folder.metrics)]
        self._open_others(trainer.config.training)

    def _open_others(self, training: TrainingConfig) -> None:
        if training.csv:
            with self._guarded():
                self._sinks.append(CsvTable(self.folder.path / "metrics.csv", self.folder.metrics))
        if training.tensorboard:
            try:
                path = self.folder.path / "tensorboard"
                self._sinks.append(EventFiles(path, self._trainer.step))
            except TensorBoardMissingError as error:
                self._emit(Failed("training", str(error)))

    def step(self, figures: TrainStep) -> None:
        """Note a step; once a second of work the figures go to disk."""
        for sink in self._sinks:
            sink.step(figures)
        if figures.seconds - self._flushed >= FLUSH_SECONDS:
            self._flushed = figures.seconds
            with suppress(OSError):  # They are kept; the next checkpoint tells what is wrong.
                self._flush()

    def measurement(self, figures: Measurement) -> None:
        """Note figures on held-out data."""
        for sink in self._sinks:
            sink.measurement(figures)
        self.flush()

    def change(self, changes: tuple[Change, ...]) -> None:
        """Note changed settings; a checkpoint of this step that lacks them is out of date."""
        for sink in self._sinks:
            for change in changes:
                sink.change(change)
        self._saved_step = -1
        self.flush()

    def flush(self) -> None:
        """Hand all figures to the system."""
        with self._guarded():
            self._flush()

    def _flush(self) -> None:
        for sink in self._sinks:
            sink.flush()

    def close(self) -> None:
        """Hand all figures to the system and end what writes them."""
        self.flush()
        for sink in self._sinks:
            sink.close()

    def snapshot(self) -> None:
        """Keep the weights where they are due."""
        trainer = self._trainer
        if is_snapshot_step(trainer.step, trainer.config.training.steps):
            with self._guarded():
                save_snapshot(self.folder, trainer.step, trainer.model)

    def is_saved(self) -> None:
        """The step at hand has its checkpoint: the run was opened from it."""
        self._saved_step = self._trainer.step

    def save(self) -> None:
        """Write a checkpoint unless this step has one."""
        if self._trainer.step != self._saved_step:
            with self._guarded():
                self._save()

    def _save(self) -> None:
        trainer = self._trainer
        self._flush()
        state = CheckpointState(
            trainer.step, trainer.meter.seconds, trainer.changes, trainer.precision.state()
        )
        keep = trainer.config.training.keep_checkpoints
        save_checkpoint(self.folder, state, trainer.model, trainer.optimizers.parts, keep)
        self._saved_step = trainer.step
        self._emit(RunSaved(str(self.folder.path), trainer.step))

    def save_best(self, loss: float) -> None:
        """Write a checkpoint that stays until a better one comes."""
        self.save()
        with self._guarded():
            mark_best(self.folder, self._trainer.step, loss)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            self._emit(
                Failed(
                    "training",
                    f"Step {self._trainer.step} could not be saved in {self.folder.path}: "
                    f"{reason}. What was saved before is untouched, and training goes on; free "
                    "some space and save again (Ctrl+S).",
                )
            )

"""A training run under way: its trainer, its folder on disk, and what is due after each step."""

from collections.abc import Callable, Generator
from pathlib import Path

import torch

from explorer.data.prepare import Report, prepare
from explorer.messages.config import RunConfig
from explorer.messages.events import Evaluated, Event, Failed, RunSaved
from explorer.messages.results import Measurement
from explorer.runs.folder import (
    RunFolder,
    is_snapshot_step,
    load_checkpoint,
    save_checkpoint,
    save_snapshot,
    truncate_metrics,
)
from explorer.runs.library import Found
from explorer.runs.metrics import MetricsLog, read_history
from explorer.runs.weights import ModelFileError
from explorer.subjects.subject import Subject
from explorer.training.evaluation import measure
from explorer.training.trainer import Trainer, new_model

Emit = Callable[[Event], None]


class Run:
    """Advances in slices: one optimizer step, or one slice of an evaluation, at a time."""

    def __init__(self, trainer: Trainer, folder: RunFolder, emit: Emit) -> None:
        self.trainer = trainer
        self.folder = folder
        self._emit = emit
        self._log = MetricsLog(folder.metrics)
        self._evaluation: Generator[None, None, Measurement] | None = None
        self._saved_step = -1

    @classmethod
    def begin(
        cls, config: RunConfig, path: Path, device: torch.device, emit: Emit, report: Report
    ) -> "Run":
        """A new run in a new folder.

        Raises `CorpusError` for data that cannot be used, `OSError` for a folder that cannot.
        """
        data = prepare(config, report=report)
        folder = RunFolder(path)
        held_out = {"validation": data.validation, "test": data.test}
        folder.begin(config, data.coding.vocabularies, data.fingerprint, held_out)
        trainer = Trainer(config, new_model(data.coding), data, device)
        return cls(trainer, folder, emit)

    @classmethod
    def reopen(cls, found: Found, device: torch.device, emit: Emit, report: Report) -> "Run":
        """The run that a checkpoint belongs to, ready to go on from there.

        Raises `ModelFileError` when it cannot be continued, `CorpusError` when its data is gone.
        """
        config, vocabularies = found.folder.config(), found.folder.vocabularies()
        data = prepare(config, vocabularies, report)
        if data.fingerprint != found.folder.fingerprint():
            raise ModelFileError(
                f"{config.task.file} has changed since this run began, so it cannot be continued "
                "as it was; put the old file back, or start a new run"
            )
        trainer = Trainer(config, new_model(data.coding), data, device)
        step, seconds = load_checkpoint(found.checkpoint, trainer.model, trainer.optimizer)
        trainer.step, trainer.meter.seconds = step, seconds
        truncate_metrics(found.folder, step)
        run = cls(trainer, found.folder, emit)
        run._saved_step = step
        run._take_up_evaluation()
        return run

    def _take_up_evaluation(self) -> None:
        """Begin the evaluation that was due at this step if the run ended before it did."""
        measured = read_history(self.folder.metrics).measurements
        if self._evaluation_due() and self.trainer.step not in {m.step for m in measured}:
            self._evaluation = self._new_evaluation()

    def _evaluation_due(self) -> bool:
        step, every = self.trainer.step, self.trainer.config.training.evaluate_every
        return step > 0 and (self.trainer.done or step % every == 0)

    @property
    def subject(self) -> Subject:
        """The model as it is now."""
        trainer = self.trainer
        return Subject(
            self.folder.path.name, str(self.folder.path), trainer.config, trainer.model,
            trainer.data.coding, trainer.step,
        )  # fmt: skip

    @property
    def done(self) -> bool:
        """Whether the last step and all that was due after it are behind."""
        return self.trainer.done and self._evaluation is None

    def advance(self) -> None:
        """One slice of work; raises `DivergedError` when the loss is no number any more."""
        if self._evaluation is not None:
            self._evaluate_slice(self._evaluation)
        else:
            self.step()

    def step(self) -> None:
        """One optimizer step and what is due after it; an evaluation is begun, not finished.

        One that was begun before is finished first: it belongs to the weights of its step.
        """
        while self._evaluation is not None:
            self._evaluate_slice(self._evaluation)
        trainer, training = self.trainer, self.trainer.config.training
        if trainer.step == 0:
            self._snapshot()
        figures = trainer.train_step()
        self._log.step(figures)
        self._emit(figures)
        self._snapshot()
        if trainer.done or trainer.step % training.checkpoint_every == 0:
            self.save()
        if self._evaluation_due():
            self._evaluation = self._new_evaluation()

    def _new_evaluation(self) -> Generator[None, None, Measurement]:
        trainer = self.trainer
        return measure(trainer.model, trainer.config, trainer.data, trainer.step)

    def _evaluate_slice(self, evaluation: Generator[None, None, Measurement]) -> None:
        try:
            next(evaluation)
        except StopIteration as end:
            self._evaluation = None
            self._log.measurement(end.value)
            self._emit(Evaluated(end.value))
            self._guarded(self._log.flush)

    def _snapshot(self) -> None:
        trainer = self.trainer
        if is_snapshot_step(trainer.step, trainer.config.training.steps):
            self._guarded(lambda: save_snapshot(self.folder, trainer.step, trainer.model))

    def save(self) -> None:
        """Write a checkpoint unless this step has one; a failure is told, and training goes on."""
        if self.trainer.step != self._saved_step:
            self._guarded(self._save)

    def _save(self) -> None:
        trainer = self.trainer
        self._log.flush()
        save_checkpoint(
            self.folder, trainer.step, trainer.model, trainer.optimizer, trainer.meter.seconds,
            trainer.config.training.keep_checkpoints,
        )  # fmt: skip
        self._saved_step = trainer.step
        self._emit(RunSaved(str(self.folder.path), trainer.step))

    def _guarded(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            reason = error.strerror or str(error)
            self._emit(
                Failed(
                    "training",
                    f"Step {self.trainer.step} could not be saved in {self.folder.path}: {reason}. "
                    "What was saved before is untouched, and training goes on; free some space "
                    "and save again (Ctrl+S).",
                )
            )

    def close(self) -> None:
        """Save, figures too."""
        self.save()
        self._guarded(self._log.flush)

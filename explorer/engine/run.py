"""A training run under way: its trainer, and what is due after each step."""

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import torch

from explorer.data.prepare import Report, TaskData, prepare
from explorer.engine.baseline_work import BaselineWork
from explorer.engine.keeping import Emit, Keeper
from explorer.engine.reopening import open_data, restore
from explorer.engine.watching import Watcher, watched_trace
from explorer.messages.config import RunConfig
from explorer.messages.events import Evaluated, Failed, SettingsChanged
from explorer.messages.results import Measurement
from explorer.messages.travel import SentencesWatched, Watched
from explorer.runs.folder import RunFolder
from explorer.runs.lock import RunLock
from explorer.runs.metrics import read_history
from explorer.runs.watch import WatchFolder
from explorer.subjects.subject import SentenceError, Subject
from explorer.training.early_stop import EarlyStop
from explorer.training.evaluation import measure
from explorer.training.memory import keep_freed_memory
from explorer.training.parallel import ALONE, World
from explorer.training.precision import require_precision
from explorer.training.stability import LossWatch, exploded
from explorer.training.trainer import Trainer, new_model


class Run:
    """Advances in slices: one optimizer step, or one slice of an evaluation, at a time."""

    def __init__(self, trainer: Trainer, folder: RunFolder, emit: Emit) -> None:
        keep_freed_memory()
        self._lock = RunLock.take(folder.path)
        self.trainer = trainer
        self.folder = folder
        self.early_stop = EarlyStop(trainer.config.training)
        self._emit = emit
        self._keeper = Keeper(trainer, folder, emit)
        self.baselines = BaselineWork(trainer, folder.path, emit)
        self._evaluation: Generator[None, None, Measurement] | None = None
        self._measured_at = trainer.meter.seconds
        words = len(trainer.data.coding.vocabularies.target)
        self.watcher: Watcher | None = None
        self._watch = LossWatch(words, trainer.config.training.warmup_steps)

    @classmethod
    def begin(
        cls, config: RunConfig, path: Path, device: torch.device, emit: Emit, report: Report,
        world: World = ALONE,
    ) -> "Run":  # fmt: skip
        """A new run in a new folder.

        Raises `CorpusError` for data that cannot be used, `PrecisionError` for a number format
        that the device lacks, `OSError` for a folder that cannot be written.
        """
        require_precision(config.training, device)
        data = prepare(config, report=report)
        folder = RunFolder(path)
        held_out = {"validation": data.validation, "test": data.test}
        folder.begin(config, data.coding.vocabularies, data.fingerprint, held_out)
        world.wait()  # The others read this folder.
        return cls(_trainer(config, data, device, world), folder, emit)

    @classmethod
    def reopen(
        cls, folder: RunFolder, checkpoint: Path | None, device: torch.device, emit: Emit,
        report: Report, world: World = ALONE,
    ) -> "Run":  # fmt: skip
        """A run on disk, ready to go on from a checkpoint, or from its start where it has none.

        Raises `ModelFileError` when it cannot be continued, `CorpusError` when its data is gone.
        """
        lock = RunLock.take(folder.path)  # Before anything is cut back to the checkpoint.
        try:
            return cls._reopened(folder, checkpoint, device, emit, report, world)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _reopened(
        cls, folder: RunFolder, checkpoint: Path | None, device: torch.device, emit: Emit,
        report: Report, world: World,
    ) -> "Run":  # fmt: skip
        data = open_data(folder, report)
        world.wait()
        trainer = _trainer(folder.config(), data, device, world)
        restore(trainer, folder, checkpoint)
        run = cls(trainer, folder, emit)
        run.take_up(saved=checkpoint is not None)
        return run

    def take_up(self, *, saved: bool) -> None:
        """Remember what was seen before, and make up for an evaluation that was due."""
        if saved:
            self._keeper.is_saved()
        kept = WatchFolder.of(self.folder)
        kept.forget(self.trainer.step)
        if sentences := kept.sentences():
            self.watcher = Watcher(self.folder, sentences)
        history = read_history(self.folder.metrics)
        self._watch.catch_up(history.steps.tolist(), history.losses.tolist())
        for found in history.measurements:
            self.early_stop.take(found)
        if self._due_by_steps() and self.trainer.step not in {m.step for m in history.measurements}:
            self._evaluation = self._new_evaluation()

    def _due_by_steps(self) -> bool:
        step, every = self.trainer.step, self.trainer.config.training.evaluate_every
        return step > 0 and (self.trainer.done or step % every == 0)

    def _due_by_time(self) -> bool:
        seconds = self.trainer.config.training.evaluate_seconds
        return seconds > 0 and self.trainer.meter.seconds - self._measured_at >= seconds

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
        return self._evaluation is None and (self.trainer.done or self.early_stop.reached)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do, nor to be found out beside it."""
        return self.done and self.baselines.done

    def advance(self) -> None:
        """One slice of work; raises `TrainingStoppedError` when it cannot go on as it is."""
        if self._evaluation is not None:
            self._evaluate_slice(self._evaluation)
        elif self.done:
            self.baselines.wait()
        else:
            self.step()

    def finish_evaluation(self) -> None:
        """End an evaluation that was begun: it belongs to the weights of its step."""
        while self._evaluation is not None:
            self._evaluate_slice(self._evaluation)

    def step(self) -> None:
        """One optimizer step and what is due after it; an evaluation is begun, not finished."""
        self.finish_evaluation()
        trainer, training = self.trainer, self.trainer.config.training
        if trainer.step == 0:
            self._keeper.snapshot()
            self._look()
        figures = trainer.train_step()
        self._watch.take(figures.step, figures.loss)
        self._keeper.step(figures)
        self._emit(figures)
        if self._watch.exploded:
            raise exploded(figures.step, figures.loss, training)
        self._keeper.snapshot()
        self._look()
        due = trainer.step % training.checkpoint_every == 0 and not self._watch.alarmed
        if trainer.done or due:
            self.save()
        if self._due_by_steps() or self._due_by_time():
            self._evaluation = self._new_evaluation()
        self.baselines.advance()

    def watch(self, sentences: Sequence[Watched]) -> None:
        """Keep the attention of these sentences while training; of none, no more.

        Raises `SentenceError` for one that cannot be read, `OSError` for a folder that cannot be
        written.
        """
        for sentence in sentences:
            watched_trace(self.subject, sentence)
        self.watcher = Watcher(self.folder, sentences) if sentences else None

    def _look(self) -> None:
        """Look at watched sentences; a full disk ends that, not the training."""
        if self.watcher is None:
            return
        try:
            if self.watcher.step(self.subject, self.trainer.meter.seconds):
                self._emit(SentencesWatched(self.trainer.step, self.watcher.traces))
                self._emit(self.watcher.state())
        except (OSError, SentenceError) as error:
            self.watcher = None
            reason = getattr(error, "strerror", None) or str(error)
            self._emit(
                Failed(
                    "training",
                    f"Watched sentences are no longer recorded from step {self.trainer.step}: "
                    f"{reason}. Training goes on; choose them again to record on.",
                )
            )

    def _new_evaluation(self) -> Generator[None, None, Measurement]:
        trainer = self.trainer
        self._measured_at = trainer.meter.seconds
        return measure(trainer.model, trainer.config, trainer.data, trainer.step)

    def _evaluate_slice(self, evaluation: Generator[None, None, Measurement]) -> None:
        try:
            next(evaluation)
        except StopIteration as end:
            self._evaluation = None
            self._take_measurement(end.value)

    def _take_measurement(self, found: Measurement) -> None:
        self._keeper.measurement(found)
        self._emit(Evaluated(found))
        if self.early_stop.take(found):
            self._keeper.save_best(found.loss)

    def change(self, values: Mapping[str, float]) -> None:
        """Change live settings from the next step on; raises `SettingsError` in words."""
        changes = self.trainer.change(values)
        if changes:
            self._keeper.change(changes)
            self._emit(SettingsChanged(changes))

    def save(self) -> None:
        """Write a checkpoint unless this step has one; a failure is told, and training goes on."""
        self._keeper.save()

    def close(self) -> None:
        """Save, figures too."""
        self.baselines.close()
        self.save()
        self._keeper.close()
        self._lock.release()

    def abandon(self, *, good: bool) -> int:
        """End without trusting the weights unless they are good; the step to go on from."""
        self.baselines.close()
        if good and self.trainer.intact:
            self.save()
        self._keeper.close()
        self._lock.release()
        return self.folder.newest_step()


def _trainer(config: RunConfig, data: TaskData, device: torch.device, world: World) -> Trainer:
    return Trainer(config, new_model(data.coding), data, device, world)

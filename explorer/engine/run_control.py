"""The one run that the worker may hold: begun, held, stepped, changed, ended."""

from collections.abc import Callable
from pathlib import Path

import torch

from explorer.data.prepare import Report
from explorer.engine.forking import fork_run, note_of
from explorer.engine.keeping import Emit
from explorer.engine.run import Run
from explorer.messages.commands import ChangeTraining, ResumeTraining, StartTraining
from explorer.messages.events import Failed, Remedy, TrainingChanged, TrainingState
from explorer.messages.runs import ForkRun, RunForked
from explorer.messages.settings import live_values
from explorer.runs.folder import RunFolder
from explorer.runs.library import find_model, fork_folder, fresh_run_folder
from explorer.runs.room import expected_bytes
from explorer.subjects.subject import Subject
from explorer.training.stability import MemoryFullError, TrainingStoppedError


class RunError(RuntimeError):
    """Something that cannot be done with the run in its present state."""


class RunControl:
    """Holds at most one run; `take` is told its model, `moved` that its weights have moved."""

    def __init__(
        self, emit: Emit, device: torch.device, report: Report, take: Callable[[Subject], None],
    ) -> None:  # fmt: skip
        self._emit, self._device, self._report, self._take = emit, device, report, take
        self._run: Run | None = None
        self.running = False

    @property
    def step(self) -> int | None:
        """The steps behind the run; None without one."""
        return None if self._run is None else self._run.trainer.step

    @property
    def run(self) -> Run | None:
        """The run that is held."""
        return self._run

    def holds(self, folder: Path) -> bool:
        """Whether the run lives in this folder."""
        return self._run is not None and self._run.folder.path == folder

    def start(self, command: StartTraining) -> None:
        """Begin a new run."""
        path = Path(command.folder or fresh_run_folder(command.config.task.name))
        run = Run.begin(command.config, path, self._device, self._emit, self._report)
        self._adopt(run, "paused" if command.paused else "running")

    def fork(self, command: ForkRun) -> None:
        """Branch off a run at a kept step; the fork takes the place of the run at hand."""
        parent = RunFolder(Path(command.path))
        out = fork_folder(parent.path.name, command.step)
        run = fork_run(
            parent, command.step, dict(command.values), out, self._device, self._emit,
            self._report, command.fresh_heads,
        )  # fmt: skip
        self._adopt(run, "paused" if command.paused else "running")
        made = run.folder.fork()
        assert made is not None
        self._emit(RunForked(str(out), note_of(made)))

    def resume(self, command: ResumeTraining, subject: Subject | None) -> None:
        """Go on with the run at hand, or with the one that the subject is from."""
        values = dict(command.values)
        if self._run is None:
            run = self._reopened(subject)
            live_values(run.trainer.config, values)  # Before anything is given up for it.
            self._adopt(run, "paused")
            run.change(values)
        else:
            self._run.change(values)
        self._go_on()

    def _go_on(self) -> None:
        if self._run is not None:
            self.running = True
            self._tell(self._run, "running")

    def _reopened(self, subject: Subject | None) -> Run:
        if subject is None:
            raise RunError("There is no run to go on with: press Train to begin one.")
        folder = RunFolder(Path(subject.origin))
        if folder.is_run and not folder.checkpoints():
            checkpoint = None  # It failed before its first: it begins again.
        else:
            found = find_model(subject.origin)
            folder, checkpoint = found.folder, found.checkpoint
        run = Run.reopen(folder, checkpoint, self._device, self._emit, self._report)
        if run.done:
            raise RunError(_why_done(run))
        return run

    def _adopt(self, run: Run, state: TrainingState) -> None:
        """Let the present run go and make this one the worker's."""
        self.let_go("stopped")
        self._run, self.running = run, state == "running"
        self._take(run.subject)
        self._tell(run, state)

    def change(self, command: ChangeTraining) -> None:
        """Change live settings from the next step on."""
        if self._run is None:
            raise RunError(
                "There is no run to change: press Resume first, or Train to begin one with these "
                "settings."
            )
        self._run.change(dict(command.values))

    def pause(self) -> bool:
        """Hold the run; whether it ran."""
        if self._run is None or not self.running:
            return False
        self.running = False
        self._tell(self._run, "paused")
        return True

    def take_step(self) -> None:
        """One step of the held run."""
        if self._run is None:
            raise RunError("There is no run to step: press Train to begin one.")
        self.running = False
        run = self._run
        if not self._guarded(run, run.step):
            return
        if run.trainer.done:
            self.running = True  # Its last evaluation is still to come.
        else:
            self._tell(run, "paused")

    def work(self) -> bool:
        """One slice of training; whether the run came to its end by it."""
        run = self._run
        if run is None or not self._guarded(run, run.advance) or not run.finished:
            return False
        self.let_go("finished")
        return True

    def _guarded(self, run: Run, work: Callable[[], None]) -> bool:
        """Work on the run; what stops it is told with its remedies, and the run is let go."""
        try:
            work()
        except TrainingStoppedError as error:
            self._give_up(run, error)
            return False
        return True

    def _give_up(self, run: Run, error: TrainingStoppedError) -> None:
        self._run, self.running = None, False
        step = run.abandon(good=isinstance(error, MemoryFullError))
        steps = run.trainer.config.training.steps
        self._emit(TrainingChanged("stopped", str(run.folder.path), step, steps))
        kept = f"The checkpoint of step {step:,} is kept." if step else "No step was saved yet."
        how = f"Go on from step {step:,}" if step else "Begin again"
        remedies = tuple(Remedy(f"{how} with {r.label}", r.values) for r in error.remedies)
        self._emit(Failed("training", f"{error} {kept}", remedies=remedies))

    def halt(self) -> None:
        """Hold the run after a failure that nobody foresaw."""
        self.running = False
        if self._run is not None:
            self._tell(self._run, "paused")

    def let_go(self, state: TrainingState) -> None:
        """Save the run and end it; it can be continued from its folder."""
        if self._run is not None:
            run, self._run, self.running = self._run, None, False
            run.close()
            self._tell(run, state)

    def save(self) -> None:
        """Write a checkpoint now."""
        if self._run is None:
            raise RunError("There is no run to save: every checkpoint on disk is as it was.")
        self._run.save()

    def _tell(self, run: Run, state: TrainingState) -> None:
        trainer, path = run.trainer, str(run.folder.path)
        early = state == "finished" and run.early_stop.reached
        detail = run.early_stop.words() if early else ""
        steps = trainer.config.training.steps
        room = expected_bytes(trainer.model, trainer.config.training) if state == "running" else 0
        self._emit(TrainingChanged(state, path, trainer.step, steps, detail, room))


def _why_done(run: Run) -> str:
    name = run.folder.path.name
    if run.early_stop.reached:
        return f"The run “{name}” is over. {run.early_stop.words()}"
    return (
        f"The run “{name}” has taken all its {run.trainer.step:,} steps. Press Train to begin "
        "another; training.steps says how many it takes."
    )

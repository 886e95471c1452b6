"""What the worker can do: a method per command, and a slice of training at a time."""

from pathlib import Path
from typing import Literal, assert_never

from explorer.data.pairs import CorpusError
from explorer.engine.device import choose_device, describe_device
from explorer.engine.run import Emit, Run
from explorer.engine.sentences import Sentences
from explorer.messages.commands import (
    ChangeTraining,
    Command,
    Decode,
    FollowRun,
    Inspect,
    OpenModel,
    PauseTraining,
    ResumeTraining,
    SaveRun,
    Shutdown,
    StartTraining,
    StepTraining,
    StopTraining,
)
from explorer.messages.events import (
    Failed,
    ModelOpened,
    Progress,
    TrainingChanged,
    TrainingState,
)
from explorer.runs.library import find_model, fresh_run_folder
from explorer.runs.weights import ModelFileError
from explorer.subjects.opening import describe, open_subject
from explorer.subjects.subject import SentenceError, Subject
from explorer.training.trainer import DivergedError

About = Literal["sentence", "model", "training", "engine"]


class RunError(RuntimeError):
    """Something that cannot be done with the run in its present state."""


class Engine:
    """Holds the model and at most one run; tells everything through `emit`."""

    def __init__(self, emit: Emit, device: str = "auto") -> None:
        self._emit = emit
        self._device = choose_device(device)
        self._sentences = Sentences(emit)
        self._run: Run | None = None
        self._running = False
        emit(describe_device(self._device))

    @property
    def busy(self) -> bool:
        """Whether there is work to do without any command."""
        return self._running

    def handle(self, command: Command) -> None:
        """Carry out a command; what fails is told in words, and the engine lives on."""
        try:
            self._dispatch(command)
        except SentenceError as error:
            self._emit(Failed("sentence", str(error), getattr(command, "request", 0)))
        except (ModelFileError, CorpusError, RunError, DivergedError, FileExistsError) as error:
            self._emit(Failed(_about(command), str(error)))
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            self._emit(Failed(_about(command), f"{error.strerror or error}{where}"))

    def _dispatch(self, command: Command) -> None:
        match command:
            case OpenModel():
                self._open_model(command)
            case StartTraining():
                self._start_training(command)
            case ResumeTraining():
                self._resume_training()
            case PauseTraining():
                self._pause_training()
            case StepTraining():
                self._step_training()
            case StopTraining():
                self._let_go("stopped")
            case SaveRun():
                self._save_run()
            case ChangeTraining() | FollowRun():
                raise RunError("This is not there yet.")
            case Inspect() | Decode():
                self._sentences.answer(command)
            case Shutdown():
                self._let_go("stopped")
            case _:
                assert_never(command)

    def work(self) -> None:
        """One slice of what goes on by itself: training, or another look at the sentences."""
        question = self._sentences.due()
        if question is not None:
            self.handle(question)
        elif self._run is not None:
            self._train(self._run)

    def _open_model(self, command: OpenModel) -> None:
        subject = open_subject(command.reference, self._device)
        self._let_go("stopped")
        self._take(subject)

    def _take(self, subject: Subject) -> None:
        self._sentences.subject = subject
        self._emit(ModelOpened(describe(subject)))

    def _start_training(self, command: StartTraining) -> None:
        path = Path(command.folder or fresh_run_folder(command.config.task.name))
        run = Run.begin(command.config, path, self._device, self._emit, self._report)
        self._adopt(run, "paused" if command.paused else "running")

    def _resume_training(self) -> None:
        if self._run is not None:
            self._running = True
            self._tell(self._run, "running")
            return
        subject = self._sentences.subject
        if subject is None:
            raise RunError("There is no run to go on with: press Train to begin one.")
        found = find_model(subject.origin)
        run = Run.reopen(found, self._device, self._emit, self._report)
        if run.done:
            raise RunError(
                f"The run “{found.name}” has taken all its {run.trainer.step:,} steps. Press Train "
                "to begin another; training.steps says how many it takes."
            )
        self._adopt(run, "running")

    def _adopt(self, run: Run, state: TrainingState) -> None:
        """Let the present run go and make this one the engine's."""
        self._let_go("stopped")
        self._run, self._running = run, state == "running"
        self._take(run.subject)
        self._tell(run, state)

    def _pause_training(self) -> None:
        if self._run is not None and self._running:
            self._running = False
            self._sentences.again()
            self._tell(self._run, "paused")

    def _step_training(self) -> None:
        if self._run is None:
            raise RunError("There is no run to step: press Train to begin one.")
        self._running = False
        self._run.step()
        self._note_step(self._run)
        self._sentences.again()
        if self._run.trainer.done:
            self._running = True  # Its last evaluation is still to come.
        else:
            self._tell(self._run, "paused")

    def _train(self, run: Run) -> None:
        try:
            run.advance()
        except DivergedError as error:
            self._running = False
            self._emit(Failed("training", str(error)))
            self._tell(run, "paused")
            return
        self._note_step(run)
        if run.done:
            self._let_go("finished")
            self._sentences.again()

    def halt(self) -> None:
        """Hold the run after a failure that nobody foresaw."""
        self._running = False
        if self._run is not None:
            self._tell(self._run, "paused")

    def _note_step(self, run: Run) -> None:
        if self._sentences.subject is not None:
            self._sentences.subject.step = run.trainer.step

    def _let_go(self, state: TrainingState) -> None:
        """Save the run and end it; it can be continued from its folder."""
        if self._run is not None:
            run, self._run, self._running = self._run, None, False
            run.close()
            self._tell(run, state)

    def _save_run(self) -> None:
        if self._run is None:
            raise RunError("There is no run to save: every checkpoint on disk is as it was.")
        self._run.save()

    def _tell(self, run: Run, state: TrainingState) -> None:
        trainer, path = run.trainer, str(run.folder.path)
        steps = trainer.config.training.steps
        self._emit(TrainingChanged(state, path, trainer.step, steps))

    def _report(self, doing: str, done: int, total: int) -> None:
        self._emit(Progress(doing, done, total))


def _about(command: Command) -> About:
    match command:
        case OpenModel():
            return "model"
        case Inspect() | Decode():
            return "sentence"
        case _:
            return "training"

"""What the worker can do: a method per command, and a slice of what goes on by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, assert_never

from explorer.data.pairs import CorpusError
from explorer.data.preview import Previewer
from explorer.engine.device import choose_device, describe_device
from explorer.engine.follower import Follower
from explorer.engine.keeping import Emit
from explorer.engine.run_control import RunControl, RunError
from explorer.engine.sentences import Sentences
from explorer.messages.commands import (
    ChangeTraining,
    Command,
    Decode,
    FollowRun,
    Inspect,
    OpenModel,
    PauseTraining,
    PreviewData,
    ResumeTraining,
    SaveRun,
    Shutdown,
    StartTraining,
    StepTraining,
    StopTraining,
)
from explorer.messages.events import DataPreviewed, Failed, ModelOpened, Progress
from explorer.messages.settings import SettingsError
from explorer.runs.weights import ModelFileError
from explorer.subjects.opening import describe, open_subject
from explorer.subjects.subject import SentenceError, Subject
from explorer.training.precision import PrecisionError
from explorer.training.stability import TrainingStoppedError, is_memory_full

About = Literal["sentence", "model", "training", "engine"]
_FORESEEN = (
    ModelFileError, CorpusError, RunError, TrainingStoppedError, PrecisionError, SettingsError,
    FileExistsError,
)  # fmt: skip
"""Errors whose words are for people."""


class Engine:
    """Holds the model and at most one run; tells everything through `emit`.

    `leaving` says whether a command waits for which long preparations are given up.
    """

    def __init__(
        self, emit: Emit, device: str = "auto", leaving: Callable[[], bool] = lambda: False
    ) -> None:
        self._emit, self._leaving = emit, leaving
        self._previewer = Previewer()
        self._device = choose_device(device)
        self._sentences = Sentences(emit)
        self._run = RunControl(emit, self._device, self._report, self._take)
        self._follower: Follower | None = None
        emit(describe_device(self._device))

    @property
    def busy(self) -> bool:
        """Whether there is work to do without any command."""
        return self._run.running

    @property
    def patience(self) -> float | None:
        """Seconds after which there is something to look after even so; None if there is not."""
        return None if self._follower is None else self._follower.patience

    def handle(self, command: Command) -> None:
        """Carry out a command; what fails is told in words, and the engine lives on."""
        try:
            self._dispatch(command)
        except SentenceError as error:
            self._emit(Failed("sentence", str(error), getattr(command, "request", 0)))
        except _FORESEEN as error:
            self._emit(Failed(_about(command), str(error)))
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            self._emit(Failed(_about(command), f"{error.strerror or error}{where}"))
        except (RuntimeError, MemoryError) as error:
            if not is_memory_full(error):
                raise
            self._emit(Failed(_about(command), _no_memory(command)))

    def _dispatch(self, command: Command) -> None:
        match command:
            case OpenModel():
                self._open_model(command)
            case StartTraining():
                self._run.start(command)
            case ResumeTraining():
                self._resume_training(command)
            case PauseTraining():
                if self._run.pause():
                    self._sentences.again()
            case StepTraining():
                self._step_training()
            case StopTraining() | Shutdown():
                self._run.let_go("stopped")
            case ChangeTraining():
                self._run.change(command)
            case FollowRun():
                self._follow_run(command)
            case SaveRun():
                self._run.save()
            case Inspect() | Decode():
                self._sentences.answer(command)
            case PreviewData():
                self._preview(command)
            case _:
                assert_never(command)

    def work(self) -> None:
        """One slice of what goes on by itself: training, following, or another look."""
        if self._follower is not None:
            self._look_after(self._follower)
            return
        question = self._sentences.due()
        if question is not None:
            self.handle(question)
        else:
            self._train()

    def _open_model(self, command: OpenModel) -> None:
        subject = open_subject(command.reference, self._device)
        self._run.let_go("stopped")
        self._take(subject)

    def _take(self, subject: Subject) -> None:
        self._follower = None
        self._sentences.subject = subject
        self._emit(ModelOpened(describe(subject)))

    def _resume_training(self, command: ResumeTraining) -> None:
        if self._follower is not None:
            raise RunError(
                "Another process trains this run. When that has ended, open the run's folder, and "
                "press Resume."
            )
        self._run.resume(command, self._sentences.subject)

    def _step_training(self) -> None:
        self._run.take_step()
        self._note_step()
        self._sentences.again()

    def _train(self) -> None:
        ended = self._run.work()
        self._note_step()
        if ended:
            self._sentences.again()

    def _note_step(self) -> None:
        step = self._run.step
        if self._sentences.subject is not None and step is not None:
            self._sentences.subject.step = step

    def _follow_run(self, command: FollowRun) -> None:
        folder = Path(command.folder).expanduser().absolute()
        if self._run.holds(folder):
            raise RunError("This window trains that run itself; there is nothing to follow.")
        follower = Follower(folder, self._device, self._emit)
        self._run.let_go("stopped")
        self._take(follower.subject)
        follower.begin()
        self._follower = follower

    def _look_after(self, follower: Follower) -> None:
        news = follower.look()
        if news == "another":
            self._sentences.subject = follower.subject
            self._emit(ModelOpened(describe(follower.subject)))
            follower.begin()
        elif news == "weights":
            self._sentences.again()
        elif news == "over":
            self._follower = None

    def halt(self) -> None:
        """Hold the run after a failure that nobody foresaw."""
        self._follower = None
        self._run.halt()

    def _preview(self, command: PreviewData) -> None:
        found = self._previewer.look(command.settings, command.sentence, guess=command.guess)
        self._emit(DataPreviewed(command.request, found))

    def _report(self, doing: str, done: int, total: int) -> None:
        if self._leaving():
            raise RunError("Stopped before the data was ready; nothing was begun.")
        self._emit(Progress(doing, done, total))


def _no_memory(command: Command) -> str:
    if isinstance(command, Inspect | Decode):
        return "Memory ran out for this sentence; type a shorter one."
    return (
        "Memory ran out. Take a smaller model (model.width, the layers), a smaller "
        "training.batch_size, or close other programs."
    )


def _about(command: Command) -> About:
    match command:
        case OpenModel() | FollowRun():
            return "model"
        case Inspect() | Decode():
            return "sentence"
        case _:
            return "training"

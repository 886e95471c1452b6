"""What the worker can do: a method per command, and a slice of what goes on by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from explorer.data.pairs import CorpusError
from explorer.data.preview import Previewer
from explorer.engine.device import choose_device, describe_device
from explorer.engine.failing import about, no_memory
from explorer.engine.follower import Follower
from explorer.engine.keeping import Emit
from explorer.engine.lens_work import answer_lens
from explorer.engine.looking_back import LookingBack
from explorer.engine.measuring import Measuring
from explorer.engine.opening import Opening
from explorer.engine.racing import Racing
from explorer.engine.run_control import RunControl, RunError
from explorer.engine.runs_work import RunsWork
from explorer.engine.sentences import Sentences
from explorer.engine.watch_list import WatchList
from explorer.messages.commands import (
    ChangeTraining,
    Command,
    Decode,
    ExportModel,
    FollowRun,
    Inspect,
    Lens,
    MeasureHeads,
    MeasureSample,
    OpenModel,
    PauseTraining,
    PreviewData,
    ResumeTraining,
    SaveRun,
    Shutdown,
    StartTraining,
    StepTraining,
    StopFetching,
    StopTraining,
    TraceFlow,
    TracePath,
    Watch,
)
from explorer.messages.events import DataPreviewed, Failed, ModelExported, ModelOpened, Progress
from explorer.messages.race import ControlRace, RaceCommand, StartRace, WatchRace
from explorer.messages.runs import ForkRun, RunCommand
from explorer.messages.settings import SettingsError
from explorer.messages.travel import LookBack
from explorer.runs.weights import ModelFileError
from explorer.subjects.opening import describe
from explorer.subjects.outward.writing import write_outward
from explorer.subjects.subject import SentenceError, Subject
from explorer.training.precision import PrecisionError
from explorer.training.stability import TrainingStoppedError, is_memory_full

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
        self._measuring = Measuring(emit, self._sentences)
        self._watched = WatchList(emit, self._sentences)
        self._back = LookingBack(emit, self._sentences, self._watched)
        self._run = RunControl(emit, self._device, self._report, self._take)
        self._race = Racing(emit, self._device, self._report)
        self._runs = RunsWork(emit, self._run, self._move)
        self._follower: Follower | None = None
        self._opening = Opening(emit, self._device)
        emit(describe_device(self._device))

    @property
    def busy(self) -> bool:
        """Whether there is work to do without any command."""
        return self._occupied or self._runs.busy

    @property
    def _occupied(self) -> bool:
        """Whether there is work that a person waits for."""
        running = self._run.running or self._race.running
        waits = self._measuring.busy or self._sentences.writing is not None
        return running or waits or self._back.busy

    @property
    def patience(self) -> float | None:
        """Seconds after which there is something to look after even so; None if there is not."""
        waits = (self._follower, self._opening)
        told = (waiting.patience for waiting in waits if waiting is not None)
        return min((seconds for seconds in told if seconds is not None), default=None)

    def handle(self, command: Command) -> None:
        """Carry out a command; what fails is told in words, and the engine lives on."""
        self._attempt(command, lambda: self._dispatch(command))
        self._back.after(command)

    def _attempt(self, command: Command, work: Callable[[], None]) -> None:
        try:
            work()
        except SentenceError as error:
            self._emit(Failed("sentence", str(error), getattr(command, "request", 0)))
        except _FORESEEN as error:
            self._emit(Failed(about(command), str(error)))
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            self._emit(Failed(about(command), f"{error.strerror or error}{where}"))
        except (RuntimeError, MemoryError) as error:
            if not is_memory_full(error):
                raise
            self._emit(Failed(about(command), no_memory(command)))

    def _dispatch(self, command: Command) -> None:
        if isinstance(command, StartTraining | ResumeTraining | StepTraining):
            self._race.hold()
        if isinstance(command, RunCommand):
            self._runs.answer(command)
            if isinstance(command, ForkRun):
                self._watched.begin(self._run.run)
            return
        if isinstance(command, LookBack):
            self._back.answer(command)
            return
        match command:
            case OpenModel():
                self._open(lambda: self._opening.open(command))
            case ExportModel(folder=folder):
                loader = write_outward(
                    self._sentences.subject or self._sentences.required(), Path(folder)
                )
                self._emit(ModelExported(folder, loader))
            case StartTraining():
                self._run.start(command)
                self._watched.begin(self._run.run)
            case ResumeTraining():
                self._resume_training(command)
            case PauseTraining():
                if self._run.pause():
                    self._sentences.again()
            case StepTraining():
                self._step_training()
            case StopTraining():
                self._run.let_go("stopped")
            case StopFetching():
                self._opening.stop()
            case Shutdown():
                self._opening.stop()
                self._run.let_go("stopped")
                self._race.let_go()
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
            case Lens():
                self._emit(answer_lens(self._sentences.required(), command))
            case MeasureHeads() | MeasureSample() | TraceFlow() | TracePath():
                self._measuring.answer(command)
            case StartRace() | ControlRace() | WatchRace():
                self._command_race(command)
            case Watch():
                self._watched.take(command, self._run.run)
            case _:
                assert_never(command)

    def work(self) -> None:
        """One slice of what goes on by itself: writing, measuring, training, following, looking."""
        if self._opening.patience is not None:
            self._attempt(OpenModel(""), lambda: self._open(self._opening.arrived))
        if self._runs.due(alone=not self._occupied):
            self._runs.advance()
            return
        writing = self._sentences.writing
        if writing is not None:
            self._attempt(writing, self._sentences.advance)
            return
        if self._measuring.busy:
            self._measuring.advance()
            return
        if self._back.works(running=self._run.running or self._race.running):
            return
        if self._race.running and (self._follower is None or self._follower.patience > 0):
            self._race.work()
            return
        if self._follower is not None:
            self._look_after(self._follower)
            return
        question = self._sentences.due()
        if question is not None:
            self.handle(question)
        else:
            self._train()

    def _open(self, find: Callable[[], Subject | None]) -> None:
        """Let the run go for a model that was opened, if one was."""
        subject = find()
        if subject is not None:
            self._run.let_go("stopped")
            self._take(subject)

    def _take(self, subject: Subject) -> None:
        self._follower = None
        self._sentences.subject = subject
        self._emit(ModelOpened(describe(subject)))
        self._back.travelling.opened()
        self._watched.opened()

    def _move(self, before: Path, after: Path) -> None:
        """A run's folder has another place; the model that is open may be from there."""
        subject = self._sentences.subject
        if subject is not None and subject.origin == str(before):
            subject.origin, subject.name = str(after), after.name
            self._emit(ModelOpened(describe(subject)))

    def _resume_training(self, command: ResumeTraining) -> None:
        if self._follower is not None:
            raise RunError(
                "Another process trains this run. When that has ended, open the run's folder, and "
                "press Resume."
            )
        self._run.resume(command, self._sentences.subject)

    def _command_race(self, command: RaceCommand) -> None:
        """A race and a run have the worker in turn: whichever was asked for last."""
        self._race.handle(command)
        if self._race.running and self._run.pause():
            self._sentences.again()

    def _step_training(self) -> None:
        self._run.take_step()
        self._note_step()
        self._sentences.again()

    def _train(self) -> None:
        ended = self._run.work()
        self._note_step()
        if ended:
            self._back.travelling.look_around(at_once=True)
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
            self._back.travelling.opened()
            follower.begin()
        elif news == "weights":
            self._sentences.again()
        elif news == "over":
            self._follower = None

    def halt(self) -> None:
        """Hold the run after a failure that nobody foresaw."""
        self._follower = None
        self._race.hold()
        self._run.halt()

    def _preview(self, command: PreviewData) -> None:
        found = self._previewer.look(command.settings, command.sentence, guess=command.guess)
        self._emit(DataPreviewed(command.request, found))

    def _report(self, doing: str, done: int, total: int) -> None:
        if self._leaving():
            raise RunError("Stopped before the data was ready; nothing was begun.")
        self._emit(Progress(doing, done, total))

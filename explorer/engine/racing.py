"""Several runs of one task trained in turns on the one worker, fairly by step or by time.

A lane is an ordinary run, and a step is a function of its seed and number alone: a lane learns
the very same as if it trained by itself.
"""

import time
from collections.abc import Callable
from pathlib import Path

import torch

from explorer.data.prepare import Report
from explorer.decoding.stepper import decode
from explorer.engine.keeping import Emit
from explorer.engine.run import Run
from explorer.inspection.tracing import trace
from explorer.messages.events import Evaluated, Event, Failed, TrainStep
from explorer.messages.race import (
    FEWEST,
    MOST,
    By,
    ControlRace,
    Lane,
    LaneEnded,
    LaneMeasured,
    LaneStep,
    LaneTraced,
    RaceChanged,
    RaceCommand,
    RaceState,
    StartRace,
    WatchRace,
)
from explorer.messages.settings import SettingsError
from explorer.runs.library import fresh_run_folder
from explorer.subjects.subject import SentenceError, Subject
from explorer.training.stability import MemoryFullError, TrainingStoppedError

SHARE = 0.05
"""Share of the time that looking at the watched sentence may take while the lanes learn."""
RATE = 6.0
"""Looks a second at most."""


class _Runner:
    """A lane: its run, and whether it still goes."""

    def __init__(self, number: int, name: str, run: Run) -> None:
        self.number, self.name, self.run = number, name, run
        self.going = True

    def effort(self, by: By) -> float:
        """What its turns are counted by."""
        trainer = self.run.trainer
        return trainer.step if by == "step" else trainer.meter.seconds

    @property
    def lane(self) -> Lane:
        """What is told of it."""
        trainer, folder = self.run.trainer, str(self.run.folder.path)
        return Lane(self.name, folder, trainer.model.parameter_count(), trainer.config)


class Race:
    """Two to four runs; each slice of work goes to the one that is furthest behind.

    Raises what `Run.begin` raises, `SettingsError` for entrants that cannot race; nothing is left
    behind then but folders.
    """

    def __init__(
        self, command: StartRace, device: torch.device, emit: Emit, report: Report,
    ) -> None:  # fmt: skip
        _require_fair(command)
        self._by: By = command.by
        self._target, self._emit = command.target, emit
        self.runners: list[_Runner] = []
        try:
            for number, entrant in enumerate(command.entrants):
                path = _folder_of(command, number)
                teller = _Teller(number, emit)
                run = Run.begin(entrant.config, path, device, teller, report)
                self.runners.append(_Runner(number, entrant.name, run))
        except BaseException:
            self._close()
            raise

    @property
    def going(self) -> bool:
        """Whether a lane still learns."""
        return any(runner.going for runner in self.runners)

    @property
    def level(self) -> bool:
        """Whether all lanes that go stand at the same step; by time they hardly ever do."""
        steps = {runner.run.trainer.step for runner in self.runners if runner.going}
        return self._by == "seconds" or len(steps) <= 1

    def tell(self, state: RaceState) -> None:
        """Say where the race stands."""
        lanes = tuple(runner.lane for runner in self.runners)
        self._emit(RaceChanged(state, self._by, self._target, lanes))

    def work(self) -> None:
        """One slice of the lane that is furthest behind."""
        going = [runner for runner in self.runners if runner.going]
        if not going:
            return
        runner = min(going, key=lambda one: (one.effort(self._by), one.number))
        try:
            runner.run.advance()
        except TrainingStoppedError as error:
            self._give_up(runner, error)
            return
        if runner.run.finished:
            runner.going = False
            runner.run.close()
            self._emit(LaneEnded(runner.number, runner.run.trainer.step))

    def _give_up(self, runner: _Runner, error: TrainingStoppedError) -> None:
        runner.going = False
        step = runner.run.abandon(good=isinstance(error, MemoryFullError))
        self._emit(LaneEnded(runner.number, step, str(error)))

    def look(self, wish: WatchRace) -> None:
        """Trace a sentence in all lanes."""
        for runner in self.runners:
            self._emit(_traced(runner, wish))

    def end(self, state: RaceState) -> None:
        """Save every lane and say that it is over."""
        self._close()
        self.tell(state)

    def _close(self) -> None:
        for runner in self.runners:
            if runner.going:
                runner.going = False
                runner.run.close()


class _Teller:
    """Tells a run's events as those of its lane; what concerns the run's folder alone is left."""

    def __init__(self, lane: int, emit: Emit) -> None:
        self._lane, self._emit, self._seconds = lane, emit, 0.0

    def __call__(self, event: Event) -> None:
        match event:
            case TrainStep():
                self._seconds = event.seconds
                self._emit(LaneStep(
                    self._lane, event.step, event.steps, event.loss, event.seconds
                ))  # fmt: skip
            case Evaluated(measurement=found):
                self._emit(LaneMeasured(self._lane, found, self._seconds))
            case Failed():
                self._emit(event)
            case _:
                pass


class Racing:
    """The worker's end of a race: at most one; it runs, is held, or is over."""

    def __init__(
        self, emit: Emit, device: torch.device, report: Report,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self._emit, self._device, self._report, self._clock = emit, device, report, clock
        self._race: Race | None = None
        self._wish: WatchRace | None = None
        self._looked, self._cost, self._fresh = 0.0, 0.0, False
        self.running = False

    def handle(self, command: RaceCommand) -> None:
        """Carry out a command; raises what beginning a run raises."""
        match command:
            case StartRace():
                race = Race(command, self._device, self._emit, self._report)
                self.let_go()
                self._race = race
                self._set(True)
            case ControlRace(action="pause"):
                self.hold()
            case ControlRace(action="resume"):
                if self._race is not None and self._race.going and not self.running:
                    self._set(True)
            case ControlRace(action="stop"):
                self.let_go()
            case WatchRace():
                self._wish = command if command.source.strip() else None
                self._look()

    def hold(self) -> None:
        """Hold the race, where one runs."""
        if self.running:
            self._set(False)
            self._look()

    def let_go(self) -> None:
        """Save and end the race, where there is one that still goes."""
        if self._race is not None and self._race.going:
            self._race.end("stopped")
        self.running = False

    def _set(self, running: bool) -> None:
        self.running, self._fresh = running, running
        if self._race is not None:
            self._race.tell("running" if running else "paused")

    def work(self) -> None:
        """A slice of a lane, or a look at the watched sentence where it is due."""
        race = self._race
        if race is None:
            self.running = False
        elif self._due(race):
            self._look()
        else:
            race.work()
            if not race.going:
                self.running = False
                self._look()
                race.tell("finished")

    def _due(self, race: Race) -> bool:
        if self._wish is None or not race.level:
            return False
        waited = self._clock() - self._looked
        return self._fresh or waited >= max(1 / RATE, self._cost / SHARE)

    def _look(self) -> None:
        self._fresh = False
        if self._race is None or self._wish is None:
            return
        started = self._clock()
        self._race.look(self._wish)
        self._looked = self._clock()
        self._cost = self._looked - started


def _traced(runner: _Runner, wish: WatchRace) -> LaneTraced:
    try:
        found, written = _read(runner.run.subject, wish)
    except SentenceError as error:
        return LaneTraced(runner.number, wish.request, None, refused=str(error))
    return LaneTraced(runner.number, wish.request, found, written)


def _read(subject: Subject, wish: WatchRace) -> tuple:
    read, own = subject.source(wish.source), not wish.target.strip()
    written = decode(subject, read, wish.source, subject.config.decoding).text
    alone = subject.architecture == "encoder-only"
    text = "" if alone else written if own else wish.target
    target = subject.target(text)
    return trace(subject, read, target, wish.source, text, own_target=own), written


def _require_fair(command: StartRace) -> None:
    entrants = command.entrants
    if not FEWEST <= len(entrants) <= MOST:
        raise SettingsError(f"A race has {FEWEST} to {MOST} lanes, not {len(entrants)}.")
    first = entrants[0].config
    for entrant in entrants[1:]:
        config = entrant.config
        if (config.task, config.training.seed) != (first.task, first.training.seed):
            raise SettingsError(
                f"“{entrant.name}” has another task or seed than “{entrants[0].name}”: all lanes "
                "of a race learn from the same examples."
            )


def _folder_of(command: StartRace, number: int) -> Path:
    entrant = command.entrants[number]
    name = "".join(char if char.isalnum() else "-" for char in entrant.name.lower())
    if command.folder is not None:
        return Path(command.folder) / f"{number + 1}-{name}"
    return fresh_run_folder(f"race-{entrant.config.task.name}-{name}")

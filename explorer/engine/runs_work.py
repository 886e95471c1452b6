"""What the worker does with the runs on disk, besides training one."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import assert_never

from explorer.engine.carrying import carry_in, carry_out
from explorer.engine.keeping import Emit
from explorer.engine.run_control import RunControl, RunError
from explorer.engine.run_list import RunList, read_curves
from explorer.messages.run_file import ExportRun, ImportRun
from explorer.messages.runs import (
    ForkRun,
    ListRuns,
    NoteRun,
    ReadCurves,
    RenameRun,
    RunCommand,
    RunRenamed,
)
from explorer.runs.notes import rename_run, write_notes

SHARE = 0.08
"""Part of the time that reading may take while something else is under way."""


class RunsWork:
    """Answers what is asked of runs; what takes longer goes on in slices.

    `moved` is told of a run's folder that has another place now.
    """

    def __init__(
        self, emit: Emit, control: RunControl, moved: Callable[[Path, Path], None]
    ) -> None:
        self._emit, self._control, self._moved = emit, control, moved
        self._list = RunList(emit)
        self._jobs: dict[str, Iterator[None]] = {}
        self._next = 0.0

    @property
    def busy(self) -> bool:
        """Whether there is a slice to do."""
        return bool(self._jobs)

    def due(self, *, alone: bool) -> bool:
        """Whether a slice may be done now; besides other work, only now and then."""
        return self.busy and (alone or time.perf_counter() >= self._next)

    def advance(self) -> None:
        """A slice of the job whose turn it is; a short one does not wait for a long one."""
        kind = next(iter(self._jobs))
        job = self._jobs[kind] = self._jobs.pop(kind)
        started = time.perf_counter()
        try:
            next(job)
        except StopIteration:
            del self._jobs[kind]
        except BaseException:
            del self._jobs[kind]
            raise
        now = time.perf_counter()
        self._next = now + (now - started) * (1 / SHARE - 1)

    def answer(self, command: RunCommand) -> None:
        """Do what is asked, or begin with it."""
        match command:
            case ListRuns():
                self._jobs["list"] = self._list.read(command)
            case ReadCurves(paths=paths):
                self._jobs["curves"] = read_curves(paths, self._emit)
            case NoteRun(path=path, text=text):
                write_notes(Path(path), text)
            case RenameRun():
                self._rename(command)
            case ForkRun():
                self._control.fork(command)
            case ExportRun(file=file):
                self._jobs[f"to {file}"] = carry_out(command, self._emit)
            case ImportRun(file=file):
                self._jobs[f"from {file}"] = carry_in(command, self._emit)
            case _:
                assert_never(command)

    def _rename(self, command: RenameRun) -> None:
        path = Path(command.path)
        if self._control.holds(path):
            raise RunError(f"“{path.name}” is being trained: press Stop, then rename it.")
        place = rename_run(path, command.name)
        if place != path:
            self._moved(path, place)
            self._emit(RunRenamed(str(path), str(place)))

"""The list of runs, read in slices beside whatever else the worker does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.engine.keeping import Emit
from explorer.messages.config import RunConfig
from explorer.messages.results import Change
from explorer.messages.runs import (
    CurvesRead,
    KeptStep,
    ListRuns,
    RunCurve,
    RunFound,
    RunInfo,
    RunKind,
    RunsListed,
)
from explorer.messages.settings import SettingsError, live_values
from explorer.resources import sample_models
from explorer.runs.baselines import NAME as BASELINES
from explorer.runs.baselines import read_baselines
from explorer.runs.digest import Digest
from explorer.runs.folder import RunFolder
from explorer.runs.library import home
from explorer.runs.lock import is_trained
from explorer.runs.metrics import HistoryReader, read_metrics
from explorer.runs.moments import moments
from explorer.runs.notes import read_notes
from explorer.runs.summary import created, figures_of, size_on_disk
from explorer.runs.weights import ModelFileError

_LINES = 400
"""Lines of a log in a slice."""


@dataclass(slots=True)
class _Known:
    """What was read of a run before; its settings with the time at which they were written."""

    digest: Digest
    written: float = -1.0
    config: RunConfig = field(default_factory=RunConfig)


class RunList:
    """Reads runs one after another; what was read before costs a glance."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._known: dict[Path, _Known] = {}

    def read(self, command: ListRuns) -> Iterator[None]:
        """Tell them all, a slice at a time."""
        told: list[str] = []
        for path, kind in _places(command.elsewhere).items():
            yield from self._read(path, kind)
            told.append(str(path))
            yield
        self._known = {path: known for path, known in self._known.items() if str(path) in told}
        self._emit(RunsListed(tuple(told)))

    def _read(self, path: Path, kind: RunKind) -> Iterator[None]:
        folder = RunFolder(path)
        known = self._known.setdefault(path, _Known(Digest(folder.metrics)))
        try:
            written = (path / "run.toml").stat().st_mtime
            if written != known.written:
                known.config, known.written = folder.config(), written
            while known.digest.advance():
                yield
            yield
            self._emit(RunFound(_info(folder, kind, known)))
        except (ModelFileError, OSError) as error:
            trouble = RunInfo(str(path), path.name, kind, RunConfig(), trouble=str(error))
            if path.exists():
                self._emit(RunFound(trouble))


def _places(elsewhere: tuple[str, ...]) -> dict[Path, RunKind]:
    """Every folder that holds a run, and whose it is."""
    found: dict[Path, RunKind] = {}
    for path in sorted((home() / "runs").glob("*")):
        if path.is_dir() and not path.name.startswith("."):
            found[path] = "own"
    for path in sample_models().values():
        found[path] = "sample"
    for name in elsewhere:
        path = Path(name)
        if path not in found and RunFolder(path).is_run:
            found[path] = "elsewhere"
    return found


def _info(folder: RunFolder, kind: RunKind, known: _Known) -> RunInfo:
    digest, fork = known.digest, folder.fork()
    loss, accuracy, exact = figures_of(digest.newest)
    values = fork.changed.items() if fork else ()
    step = max(folder.newest_step(), digest.step)
    return RunInfo(
        str(folder.path), folder.path.name, kind, changed(known.config, digest.changes), step,
        created(folder), size_on_disk(folder.path), loss, accuracy, exact, *digest.curve(),
        _kept(folder), read_notes(folder.path), is_trained(folder.path, elsewhere=True),
        fork.parent if fork else "", fork.step if fork else 0,
        tuple((path, _said(value)) for path, value in values),
    )  # fmt: skip


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def changed(config: RunConfig, changes: Iterable[Change]) -> RunConfig:
    """The settings with what was changed while it trained."""
    for change in changes:
        try:
            config = live_values(config, {change.path: change.value})
        except SettingsError:  # Of another version.
            continue
    return config


def _kept(folder: RunFolder) -> tuple[KeptStep, ...]:
    return tuple(
        KeptStep(
            moment.step, moment.whole,
            str(moment.weights if moment.checkpoint is None else moment.checkpoint),
        )
        for moment in moments(folder)
    )  # fmt: skip


def read_curves(paths: Iterable[str], emit: Emit) -> Iterator[None]:
    """The whole histories of some runs, a slice at a time, and told together."""
    found: list[RunCurve] = []
    for path in map(Path, paths):
        folder, reader = RunFolder(path), HistoryReader()
        try:
            config = folder.config()
        except ModelFileError:
            continue
        for number, entry in enumerate(read_metrics(folder.metrics)):
            reader.take(entry)
            if number % _LINES == _LINES - 1:
                yield
        history = replace(reader.history(), baselines=read_baselines(path / BASELINES))
        config = changed(config, history.changes)
        found.append(RunCurve(str(path), path.name, config, history))
    emit(CurvesRead(tuple(found)))

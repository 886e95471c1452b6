"""Runs on disk: what is asked about them and done to them, and what the worker tells."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.messages.config import RunConfig
from explorer.messages.heads import Floats
from explorer.messages.results import History
from explorer.messages.run_file import ExportRun, ImportRun, RunExported, RunImported

RunKind = Literal["own", "sample", "elsewhere"]


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step whose weights lie on disk; a `whole` one has the optimizer's memory too.

    `reference` opens it.
    """

    step: int
    whole: bool
    reference: str


def _no_steps() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


def _no_values() -> Floats:
    return np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as a list shows it; figures are the last ones on held-out data, None without any.

    `config` has the changes that were made while it trained. `curve_steps` and `curve_losses` are
    the training loss in means of neighbouring steps. With `trained` a process trains it right now.
    Where `trouble` says why it cannot be read, the rest tells nothing.
    """

    path: str
    name: str
    kind: RunKind
    config: RunConfig
    step: int = 0
    created: str = ""
    bytes: int = 0
    loss: float | None = None
    accuracy: float | None = None
    exact_match: float | None = None
    curve_steps: NDArray[np.int64] = field(default_factory=_no_steps, compare=False)
    curve_losses: Floats = field(default_factory=_no_values, compare=False)
    kept: tuple[KeptStep, ...] = ()
    notes: str = ""
    trained: bool = False
    parent: str = ""
    parent_step: int = 0
    changed: tuple[tuple[str, str], ...] = ()
    trouble: str = ""

    @property
    def steps(self) -> int:
        """Steps that the run is to take in all."""
        return self.config.training.steps


@dataclass(frozen=True, slots=True)
class ListRuns:
    """Read what runs there are: samples, the user's own, and those in folders `elsewhere`.

    Replaces its elder.
    """

    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteRun:
    """Keep these notes in a run's folder."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class RenameRun:
    """Give a run's folder another name; forks of it are told."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadCurves:
    """Read the whole histories of some runs; replaces its elder."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunCurve:
    """A run's settings, with what changed while it trained, and its history."""

    path: str
    name: str
    config: RunConfig
    history: History


@dataclass(frozen=True, slots=True)
class CurvesRead:
    """The answer to a `ReadCurves`; a run that cannot be read is left out."""

    runs: tuple[RunCurve, ...]


@dataclass(frozen=True, slots=True)
class ForkRun:
    """Go on from a kept step of a run as a new run, with settings changed by path.

    Heads named in `fresh_heads` are drawn anew. `paused` as in `StartTraining`.
    """

    path: str
    step: int
    values: tuple[tuple[str, str], ...] = ()
    fresh_heads: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class RunForked:
    """A fork stands ready in its folder; `note` says in words what it is."""

    path: str
    note: str


@dataclass(frozen=True, slots=True)
class RunFound:
    """A run was read, for the first time or anew."""

    run: RunInfo


@dataclass(frozen=True, slots=True)
class RunsListed:
    """All runs have been told; there are no others than these."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunRenamed:
    """A run's folder has another place now."""

    before: str
    after: str


RunCommand = ListRuns | NoteRun | RenameRun | ForkRun | ReadCurves | ExportRun | ImportRun
RunEvent = RunFound | RunsListed | RunRenamed | RunForked | CurvesRead | RunExported | RunImported

"""A race: one task and seed in several configurations, trained in turns on the one worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.messages.config import RunConfig
from explorer.messages.results import Measurement, Trace

By = Literal["step", "seconds"]
"""Turns are fair by optimizer steps, or by the seconds of work that these took."""
FEWEST, MOST = 2, 4
TARGET = 0.95
"""Share of single tokens predicted right, on held-out data, at which a lane has arrived."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One lane's name for people, and all its settings."""

    name: str
    config: RunConfig


@dataclass(frozen=True, slots=True)
class StartRace:
    """Begin a race; a run that trains is held meanwhile, and another race is saved and ended.

    Every lane writes an ordinary run folder into `folder` (None: the user's runs).
    """

    entrants: tuple[Entrant, ...]
    by: By = "step"
    target: float = TARGET
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class ControlRace:
    """Hold the race, go on with it, or save and end it; every lane is a run that can go on."""

    action: Literal["pause", "resume", "stop"]


@dataclass(frozen=True, slots=True)
class WatchRace:
    """Trace this sentence in all lanes, now and while they learn; replaces its elder.

    Without a target every model writes its own. Nothing is watched where the source is empty.
    """

    source: str
    target: str = ""
    request: int = 0


RaceState = Literal["running", "paused", "stopped", "finished"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that stands ready: its run's folder, and how many parameters its model has."""

    name: str
    folder: str
    parameters: int
    config: RunConfig


@dataclass(frozen=True, slots=True)
class RaceChanged:
    """The race began, was held, went on, or is over; `lanes` are in the order of the entrants."""

    state: RaceState
    by: By
    target: float
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class LaneStep:
    """One optimizer step of a lane: loss in nats a token, `seconds` of its own work so far."""

    lane: int
    step: int
    steps: int
    loss: float
    seconds: float


@dataclass(frozen=True, slots=True)
class LaneMeasured:
    """A lane's figures on held-out data, after so many seconds of its own work."""

    lane: int
    measurement: Measurement
    seconds: float


@dataclass(frozen=True, slots=True)
class LaneTraced:
    """The watched sentence in a lane; where it is None, `refused` says why in words.

    `written` is what the model itself writes, or says of the sentence.
    """

    lane: int
    request: int
    trace: Trace | None
    written: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class LaneEnded:
    """A lane has taken all its steps, or cannot go on: then `trouble` says why in words."""

    lane: int
    step: int
    trouble: str = ""


RaceCommand = StartRace | ControlRace | WatchRace
RaceEvent = RaceChanged | LaneStep | LaneMeasured | LaneTraced | LaneEnded


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a lane was first seen at the target: a look at held-out data."""

    lane: int
    step: int
    seconds: float
    accuracy: float

    def effort(self, by: By) -> float:
        """What counts: steps or seconds."""
        return self.step if by == "step" else self.seconds


def places(arrivals: Sequence[Arrival], by: By) -> dict[int, int]:
    """Each arrived lane's place, from 1; lanes that took the same share it."""
    efforts = [arrival.effort(by) for arrival in arrivals]
    return {a.lane: 1 + sum(other < a.effort(by) for other in efforts) for a in arrivals}

"""What the worker tells the window: a closed union of frozen values."""

from dataclasses import dataclass
from typing import Literal

from explorer.messages.data_preview import DataPreview
from explorer.messages.flow import FlowMaps, FlowPath
from explorer.messages.foreign import Fetching, FetchStopped, FileAsks, ModelExported
from explorer.messages.lenses import LensReading
from explorer.messages.measures import HeadMeasures
from explorer.messages.race import (
    LaneEnded,
    LaneMeasured,
    LaneStep,
    LaneTraced,
    RaceChanged,
)
from explorer.messages.results import (
    Baseline,
    Change,
    Decoding,
    Measurement,
    ModelInfo,
    Trace,
)
from explorer.messages.runs import RunEvent
from explorer.messages.travel import (
    Finding,
    HappeningsFound,
    Moments,
    ParentInspected,
    SentencesWatched,
    Travelled,
    TravelPart,
    TravelWritten,
    WatchState,
    WentTo,
)


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The worker has loaded its libraries; `device` names what it computes on."""

    device: str
    detail: str


@dataclass(frozen=True, slots=True)
class ModelOpened:
    """Another model stands in the worker: opened, or fresh at the start of a run."""

    model: ModelInfo


@dataclass(frozen=True, slots=True)
class Inspected:
    """The answer to an `Inspect`; `request` is that of the command, also for repeats."""

    request: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class Decoded:
    """The answer to a `Decode`."""

    request: int
    decoding: Decoding


@dataclass(frozen=True, slots=True)
class LensRead:
    """The answer to a `Lens`; where it is None, `refused` says why in words."""

    request: int
    reading: LensReading | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class DecodedPart:
    """What has been written so far for a `Decode` that takes longer; `Decoded` follows."""

    request: int
    decoding: Decoding


TrainingState = Literal["running", "paused", "stopped", "finished", "following"]
"""Where a run stands; one that is followed is trained by another process."""


@dataclass(frozen=True, slots=True)
class TrainingChanged:
    """The run started, paused, went on, was stopped, or reached its end.

    `folder` is the run's place on disk; `detail` says in a sentence what else there is to know,
    such as why it ended early. `room` are the bytes that the whole run takes on disk at most, data
    and watched sentences aside; 0 where that is not told.
    """

    state: TrainingState
    folder: str
    step: int
    steps: int
    detail: str = ""
    room: int = 0


@dataclass(frozen=True, slots=True)
class TrainStep:
    """One optimizer step: loss in nats a token, rates as used, `seconds` of work so far.

    `tokens_per_second` counts target and source tokens without padding, smoothed over seconds.
    """

    step: int
    steps: int
    loss: float
    learning_rate: float
    gradient_norm: float
    tokens: int
    tokens_per_second: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Figures on held-out data while training."""

    measurement: Measurement


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Settings of the run were changed while it goes on; a chart marks where."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class BaselinesFound:
    """What counting reaches on the run's held-out data."""

    baselines: tuple[Baseline, ...]


@dataclass(frozen=True, slots=True)
class DataPreviewed:
    """The answer to a `PreviewData`; faults of the data stand in it."""

    request: int
    preview: DataPreview


@dataclass(frozen=True, slots=True)
class MeasuringHeads:
    """A `MeasureHeads` has done so many heads, a `MeasureSample` examples, a `TraceFlow` rows."""

    about: Literal["sentence", "sample", "flow"]
    request: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class HeadsMeasured:
    """The answer to a `MeasureHeads`, or with `sample` to a `MeasureSample`.

    Where it is None, `refused` says why in words.
    """

    request: int
    measures: HeadMeasures | None
    refused: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class FlowTraced:
    """The answer to a `TraceFlow`; where it is None, `refused` says why in words."""

    request: int
    flow: FlowMaps | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class PathTraced:
    """The answer to a `TracePath`; None where the graph is gone."""

    request: int
    path: FlowPath | None


@dataclass(frozen=True, slots=True)
class RunSaved:
    """A checkpoint lies on disk whole."""

    folder: str
    step: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Something longer is under way; `done` of `total` (total 0: unknown) in its own units."""

    doing: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way to go on after a failure: what a button says, and the `values` to resume with."""

    label: str
    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A command could not be carried out: what was tried, what happened, what to do.

    `about` tells panels whose input is concerned: the sentence, the model, the training or the list
    of runs. `remedies` are ways to resume the run, the best first.
    """

    about: Literal["sentence", "model", "training", "engine", "runs"]
    message: str
    request: int = 0
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The worker's last word."""


Event = (
    EngineReady
    | ModelOpened
    | ModelExported
    | FileAsks
    | Fetching
    | FetchStopped
    | Inspected
    | Decoded
    | DecodedPart
    | LensRead
    | TrainingChanged
    | TrainStep
    | Evaluated
    | SettingsChanged
    | BaselinesFound
    | DataPreviewed
    | MeasuringHeads
    | HeadsMeasured
    | FlowTraced
    | PathTraced
    | Moments
    | TravelPart
    | Travelled
    | TravelWritten
    | WentTo
    | ParentInspected
    | WatchState
    | SentencesWatched
    | Finding
    | HappeningsFound
    | RunSaved
    | RaceChanged
    | LaneStep
    | LaneMeasured
    | LaneTraced
    | LaneEnded
    | RunEvent
    | Progress
    | Failed
    | Ended
)

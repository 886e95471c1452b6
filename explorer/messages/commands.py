"""What the window asks of the worker: a closed union of frozen values."""

from dataclasses import dataclass

from explorer.messages.config import RunConfig, TaskConfig
from explorer.messages.decoding import PLAIN, Wish
from explorer.messages.flow import PLAIN_FLOW, FlowChoice
from explorer.messages.foreign import ExportModel, StopFetching
from explorer.messages.race import ControlRace, StartRace, WatchRace
from explorer.messages.runs import ListRuns, ReadCurves, RunCommand
from explorer.messages.travel import (
    FindHappenings,
    GoTo,
    InspectParent,
    LookBack,
    Travel,
    Watch,
    WatchAt,
)


@dataclass(frozen=True, slots=True)
class OpenModel:
    """Load a sample model by name, a run folder, checkpoint or folder of `transformers` by path.

    `ORG/NAME` or `hf:NAME`, where no file is called so, is fetched from the hub of Hugging Face.

    `answers` are to what a file asked (`FileAsks`), by the question's name.
    """

    reference: str
    answers: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True)
class StartTraining:
    """Begin a new run; with `paused` the model stands ready, untrained, before its first step.

    `folder` is where the run goes; None takes a fresh folder among the user's runs.
    """

    config: RunConfig
    folder: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class ResumeTraining:
    """Go on with the paused run, or with the run that was opened, from its last checkpoint.

    `values` are live settings to change first, by path.
    """

    values: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PauseTraining:
    """Hold the run after the step in progress; it stays ready to go on."""


@dataclass(frozen=True, slots=True)
class StepTraining:
    """Take one step of the paused run."""


@dataclass(frozen=True, slots=True)
class StopTraining:
    """Save the run and end it; it can be continued later."""


@dataclass(frozen=True, slots=True)
class ChangeTraining:
    """Change live settings of the run, by path, from its next step on."""

    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class FollowRun:
    """Show a run that another process trains, live, from its folder; `OpenModel` ends it."""

    folder: str


@dataclass(frozen=True, slots=True)
class SaveRun:
    """Write a checkpoint now."""


@dataclass(frozen=True, slots=True)
class Inspect:
    """Run a sentence through the model and capture every head; replaces its waiting elder.

    An empty target means what the model itself writes. While training, the worker repeats the
    newest `Inspect` and `Decode` by itself, within a small share of the time.
    """

    source: str
    target: str = ""
    request: int = 0


@dataclass(frozen=True, slots=True)
class Decode:
    """Write a target for the source, one recorded decision at a time; replaces its elder.

    An empty source asks for nothing: nobody looks, and the last one is repeated no more. A long
    text is told in parts while it is written (`DecodedPart`), and other commands are served
    between.
    """

    source: str
    request: int = 0
    wish: Wish = PLAIN


@dataclass(frozen=True, slots=True)
class Lens:
    """Read out every layer at some decisions, and take one decision's logit apart.

    `written` are the ids that stand there, one a decision, as in `Decoding.steps`; after them comes
    the next decision, unless the text has ended. `index` is the decision whose logit is taken apart
    (−1: the last), that of `token`, else of the token written there, else of the likeliest; with
    `against` it is its lead over that rival. `decisions` are the grid's columns, none meaning all
    up to `index`; `top` tokens are told of each cell. Replaces its elder.
    """

    source: str
    written: tuple[int, ...] = ()
    index: int = -1
    token: int | None = None
    against: int | None = None
    decisions: tuple[int, ...] = ()
    top: int = 5
    request: int = 0


@dataclass(frozen=True, slots=True)
class PreviewData:
    """Look at the beginning of a person's data, as `settings` name it; replaces its elder.

    With `guess` the task and the vocabulary are found out. `sentence` is cut into tokens; an empty
    one means one from the data.
    """

    settings: TaskConfig
    sentence: str = ""
    guess: bool = False
    request: int = 0


@dataclass(frozen=True, slots=True)
class MeasureHeads:
    """Measure every head on a sentence, as `Inspect` reads it; replaces its elder."""

    source: str
    target: str = ""
    request: int = 0


@dataclass(frozen=True, slots=True)
class MeasureSample:
    """Measure every head on so many held-out examples of the model's task; replaces its elder.

    With 0 the one under way is given up.
    """

    examples: int
    request: int = 0


@dataclass(frozen=True, slots=True)
class TraceFlow:
    """Add up a sentence's attention across layers as `choice` says; replaces its elder."""

    source: str
    target: str = ""
    choice: FlowChoice = PLAIN_FLOW
    request: int = 0


@dataclass(frozen=True, slots=True)
class TracePath:
    """Which way the maximum flow from a query to a key takes, of the newest `TraceFlow`'s graph."""

    query: int
    key: int
    request: int = 0


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Finish the step in progress, save what is unsaved, say `Ended`, end the thread."""


Command = (
    OpenModel
    | ExportModel
    | StopFetching
    | StartTraining
    | ResumeTraining
    | PauseTraining
    | StepTraining
    | StopTraining
    | ChangeTraining
    | FollowRun
    | SaveRun
    | Inspect
    | Decode
    | Lens
    | PreviewData
    | MeasureHeads
    | MeasureSample
    | TraceFlow
    | TracePath
    | StartRace
    | ControlRace
    | WatchRace
    | RunCommand
    | LookBack
    | Watch
    | Shutdown
)

LATEST_WINS = (
    Inspect, Decode, Lens, PreviewData, MeasureHeads, MeasureSample, TraceFlow, TracePath,
    WatchRace, ListRuns, ReadCurves, Travel, GoTo, FindHappenings,
    InspectParent, WatchAt,
)  # fmt: skip
"""Commands of which only the newest of a kind matters; the others are never dropped."""

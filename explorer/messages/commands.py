"""What the window asks of the worker: a closed union of frozen values."""

from dataclasses import dataclass

from explorer.messages.config import RunConfig, TaskConfig


@dataclass(frozen=True, slots=True)
class OpenModel:
    """Load a sample model by name, or a run folder or checkpoint by path."""

    reference: str


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

    An empty source asks for nothing: nobody looks, and the last one is repeated no more.
    """

    source: str
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
class Shutdown:
    """Finish the step in progress, save what is unsaved, say `Ended`, end the thread."""


Command = (
    OpenModel
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
    | PreviewData
    | Shutdown
)

LATEST_WINS = (Inspect, Decode, PreviewData)
"""Commands of which only the newest of a kind matters; the others are never dropped."""

"""Travelling in a run's time: what the window asks of the weights of then, and what it is told."""

from dataclasses import dataclass

from explorer.messages.decoding import Decoding
from explorer.messages.happenings import Happening
from explorer.messages.measures import HeadMeasures
from explorer.messages.results import Trace
from explorer.messages.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Watched:
    """A sentence that is watched while training; without a target the model writes its own."""

    source: str
    target: str = ""


# What the window asks


@dataclass(frozen=True, slots=True)
class Travel:
    """Run a sentence through the weights of all kept steps; replaces its elder.

    Parts come coarse to fine (`TravelPart`), then `Travelled`. Steps that are kept later, while the
    run trains, are told as further parts until another `Travel`; one without a source ends it.
    """

    source: str
    target: str = ""
    request: int = 0


@dataclass(frozen=True, slots=True)
class GoTo:
    """Answer from now on from the kept weights nearest to a step; None: from those of now.

    A run that trains goes on untouched. A target that the model writes itself stays the one that
    its newest weights write, so that attention can be compared over time. Replaces its elder.
    """

    step: int | None


@dataclass(frozen=True, slots=True)
class InspectParent:
    """Read a pair by the kept weights of the fork's parent nearest to a step; replaces its elder.

    The target is what the fork read, written by it or not, so that the two can be subtracted.
    """

    source: str
    target: str
    step: int


@dataclass(frozen=True, slots=True)
class Watch:
    """Watch these sentences while training, in the run at hand and in the next ones."""

    sentences: tuple[Watched, ...]


@dataclass(frozen=True, slots=True)
class WatchAt:
    """Tell the watched sentences by the kept weights nearest to a step, while time is dragged.

    Replaces its elder; all else goes on being answered from where it is.
    """

    step: int


@dataclass(frozen=True, slots=True)
class FindHappenings:
    """Find out what happened when, on so many held-out examples; 0 gives it up."""

    examples: int
    request: int = 0


LookBack = Travel | GoTo | WatchAt | FindHappenings | InspectParent


# What the window is told


@dataclass(frozen=True, slots=True)
class Moments:
    """The steps of the open run whose weights are on disk, rising; of a model without a run none.

    `folder` is the run's.
    """

    folder: str
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TravelPart:
    """Some steps of the timeline asked for; `done` of `total` steps are told with it.

    `measures` are those of all heads on this sentence, a table for each of these steps; none for a
    text so long that its attention is not kept.
    """

    request: int
    timeline: Timeline
    measures: tuple[HeadMeasures, ...]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Travelled:
    """The timeline is whole as of now, or `refused` says in words why there is none."""

    request: int
    milliseconds: float = 0.0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class TravelWritten:
    """What the weights of some kept steps write for the source by themselves, as `Decode` says it.

    Follows `Travelled`, coarse to fine, where the model writes at all and the text is not too long.
    """

    request: int
    decodings: tuple[Decoding, ...]


@dataclass(frozen=True, slots=True)
class WentTo:
    """Answers come from the kept weights of this step from now on; None: from those of now."""

    step: int | None


@dataclass(frozen=True, slots=True)
class ParentInspected:
    """The answer to an `InspectParent`; the trace names the step whose weights were read."""

    asked: InspectParent
    trace: Trace


@dataclass(frozen=True, slots=True)
class WatchState:
    """What is watched, and its measured cost.

    `share` is the time it took of the training so far, `records` and `bytes` what lies on disk;
    `refused` says in words which sentence could not be taken.
    """

    sentences: tuple[Watched, ...]
    share: float = 0.0
    records: int = 0
    bytes: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class SentencesWatched:
    """The watched sentences as they were looked at after a step, in their order."""

    step: int
    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A `FindHappenings` has looked at so many examples."""

    request: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class HappeningsFound:
    """The answer to a `FindHappenings`, or where it could not be given, why in words.

    `on` says in words what heads were measured on.
    """

    request: int
    happenings: tuple[Happening, ...]
    on: str = ""
    refused: str = ""

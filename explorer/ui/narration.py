"""The status line's words: what is happening, what went wrong, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import PurePath
from typing import Literal

from explorer.messages.events import (
    EngineReady,
    Evaluated,
    Event,
    Failed,
    Fetching,
    FetchStopped,
    HappeningsFound,
    Inspected,
    ModelExported,
    ModelOpened,
    Progress,
    RunSaved,
    TrainingChanged,
    WentTo,
)
from explorer.messages.race import RaceChanged, RaceState
from explorer.messages.results import Measurement, ModelInfo
from explorer.messages.run_file import RunExported, RunImported
from explorer.ui.widgets.figures import count, short, size

Mood = Literal["info", "busy", "good", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the status line; a busy one may carry how far it is, of how much."""

    mood: Mood
    text: str
    done: int = 0
    total: int = 0
    stops: bool = False
    """Whether a person can stop it."""


class Narrator:
    """Follows events and knows the one sentence to show.

    A failure stays until it is dismissed, or until what failed succeeds or fails anew.
    """

    def __init__(self) -> None:
        self._news = Notice("busy", "Starting: loading PyTorch in the background…")
        self._failure: Failed | None = None

    @property
    def notice(self) -> Notice:
        """What to show now."""
        if self._failure is not None:
            return Notice("error", self._failure.message)
        return self._news

    def dismiss(self) -> None:
        """The failure was read."""
        self._failure = None

    def take(self, events: Sequence[Event]) -> None:
        """Follow what happened, oldest first."""
        for event in events:
            self._settle(event)
            self._news = _told(event) or self._news

    def complain(self, about: Literal["model", "training", "engine"], message: str) -> None:
        """Show a failure that did not come from the worker."""
        self._failure = Failed(about, message)

    def _settle(self, event: Event) -> None:
        if isinstance(event, Failed):
            self._failure = event
            if self._news.mood == "busy":
                self._news = Notice("info", "Ready.")
        elif self._failure is not None and _mends(event, self._failure):
            self._failure = None


def _mends(event: Event, failure: Failed) -> bool:
    match event:
        case ModelOpened():
            return failure.about != "engine"
        case ModelExported():
            return failure.about == "model"
        case Inspected():
            return failure.about == "sentence"
        case TrainingChanged(state="running" | "finished" | "following"):
            return failure.about == "training"
        case _:
            return False


def _told(event: Event) -> Notice | None:
    match event:
        case EngineReady(device=device):
            return Notice("busy", f"PyTorch is ready on {device}. Opening a model…")
        case ModelOpened(model=model):
            return _opened(model)
        case ModelExported(folder=folder, loader=loader):
            return Notice("good", f"Written to {_place(folder)}: load it with {loader}.")
        case TrainingChanged():
            return _training(event)
        case RaceChanged(state=state, lanes=lanes):
            return Notice("info", _RACE[state].format(len(lanes)))
        case Evaluated(measurement=found):
            return Notice("info", _measured(found))
        case RunSaved(folder=folder, step=step):
            return Notice("good", f"Saved at step {count(step)} in {_place(folder)}.")
        case RunExported(path=path, file=file, bytes=room):
            return Notice("good", f"“{_place(path)}” is in {_place(file)}: {size(room)}.")
        case RunImported(path=path):
            return Notice("good", f"“{_place(path)}” was imported: open it in the panel Runs.")
        case Fetching():
            return _fetching(event)
        case FetchStopped(name=name):
            return Notice("info", f"{name} is fetched no further. Files that came whole are kept.")
        case WentTo(step=int(step)):
            return Notice(
                "info",
                f"Looking back at step {count(step)}: its weights answer whatever you type or ask. "
                "“Now” leads back.",
            )
        case HappeningsFound() if event.happenings or not event.request:
            return _happened(event)
        case Progress(doing=doing, done=done, total=total):
            return Notice("busy", doing, done, total)
        case _:
            return None


def _happened(found: HappeningsFound) -> Notice:
    if found.refused:
        return Notice("warning", found.refused)
    if not found.happenings:
        return Notice("info", "Nothing happened to heads or figures that the rule would mark.")
    marks = f"{len(found.happenings)} marks" if len(found.happenings) > 1 else "One mark"
    return Notice(
        "good",
        f"{marks} on the loss curves say what happened when. Point at one to read it, click it to "
        "go there.",
    )


_RACE: dict[RaceState, str] = {
    "running": "A race of {} lanes is on: Training ▸ Race… shows it.",
    "paused": "The race of {} lanes is held: Training ▸ Race… goes on with it.",
    "stopped": "The race was ended: all {} lanes are saved among your runs.",
    "finished": "The race is over: all {} lanes are saved among your runs.",
}


def _measured(found: Measurement) -> str:
    """Running text has no examples that could be exactly right, only tokens."""
    what, share, right = "examples", found.exact_match, "exactly right"
    if isnan(share):
        what, share, right = "windows of text", found.accuracy, "of the tokens right"
    return (
        f"On {count(found.examples)} held-out {what} at step {count(found.step)}: "
        f"loss {found.loss:.3f}, {share:.1%} {right}."
    )


def _opened(model: ModelInfo) -> Notice:
    size = f"{short(model.parameters)} parameters"
    if model.foreign is not None:
        return Notice("good", f"{model.name} is open: {size}. {_foreign(model)}")
    if model.step:
        text = f"{model.name} is open: {size}, {count(model.step)} steps of training. "
        return Notice("good", text + "Type a sentence to see where every head looks.")
    text = f"{model.name} stands ready, untrained: {size}. "
    return Notice("info", text + "Press Train and watch its heads form.")


def _foreign(model: ModelInfo) -> str:
    """What to do with a model that another library made."""
    assert model.foreign is not None
    if model.reads_pictures:
        return "Drop a picture on the window to see where every head looks."
    if not model.foreign.guesses:
        return "It says no words, but its attention shows: type a sentence."
    if model.foreign.chats:
        return "Begin with “user:” to talk to it by its chat template."
    return "Type a sentence to see where every head looks."


def _fetching(event: Fetching) -> Notice:
    if not event.total:
        return Notice("busy", f"Asking the hub of Hugging Face for {event.name}…", stops=True)
    share = f"{size(event.done)} of {size(event.total)}"
    # The bar counts to 1000: bytes of a large model are beyond what it can.
    done = event.done * 1000 // event.total
    return Notice("busy", f"Fetching {event.name} from the hub: {share}", done, 1000, stops=True)


def _training(event: TrainingChanged) -> Notice:
    step, steps = count(event.step), count(event.steps)
    match event.state:
        case "running":
            room = f", up to {size(event.room)} on disk" if event.room else ""
            return Notice(
                "info", f"Training: {steps} steps{room}. Type a sentence to follow its heads."
            )
        case "paused":
            return Notice(
                "info", f"Paused at step {step} of {steps}. Resume, or go on one step at a time."
            )
        case "stopped":
            return Notice(
                "good", f"Stopped at step {step}; saved in {_place(event.folder)}. Resume any time."
            )
        case "finished" | "stopped" if event.detail:
            return Notice("good", event.detail)
        case "finished":
            return Notice("good", f"Finished: all {steps} steps; saved in {_place(event.folder)}.")
        case "following":
            return Notice(
                "info",
                f"Following {_place(event.folder)}, which another process trains: step {step} of "
                f"{steps}. Curves and heads move as it writes.",
            )


def _place(folder: str) -> str:
    return PurePath(folder).name or folder

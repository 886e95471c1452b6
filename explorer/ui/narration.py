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
    Inspected,
    ModelOpened,
    Progress,
    RunSaved,
    TrainingChanged,
)
from explorer.messages.results import Measurement, ModelInfo
from explorer.ui.widgets.figures import count, short

Mood = Literal["info", "busy", "good", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the status line; a busy one may carry how far it is, of how much."""

    mood: Mood
    text: str
    done: int = 0
    total: int = 0


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
        case TrainingChanged():
            return _training(event)
        case Evaluated(measurement=found):
            return Notice("info", _measured(found))
        case RunSaved(folder=folder, step=step):
            return Notice("good", f"Saved at step {count(step)} in {_place(folder)}.")
        case Progress(doing=doing, done=done, total=total):
            return Notice("busy", doing, done, total)
        case _:
            return None


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
    if model.step:
        text = f"{model.name} is open: {size}, {count(model.step)} steps of training. "
        return Notice("good", text + "Type a sentence to see where every head looks.")
    text = f"{model.name} stands ready, untrained: {size}. "
    return Notice("info", text + "Press Train and watch its heads form.")


def _training(event: TrainingChanged) -> Notice:
    step, steps = count(event.step), count(event.steps)
    match event.state:
        case "running":
            return Notice("info", f"Training: {steps} steps. Type a sentence to follow its heads.")
        case "paused":
            return Notice(
                "info", f"Paused at step {step} of {steps}. Resume, or go on one step at a time."
            )
        case "stopped":
            return Notice(
                "good", f"Stopped at step {step}; saved in {_place(event.folder)}. Resume any time."
            )
        case "finished" if event.detail:
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

"""The curves of one run as they grow, with what stands beside them: baselines and changed settings.

No drawing here: the chart and the large window show the same curves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

import numpy as np

from explorer.messages.config import RunConfig
from explorer.messages.events import (
    BaselinesFound,
    Evaluated,
    Event,
    ModelOpened,
    SettingsChanged,
    TrainStep,
)
from explorer.messages.results import Baseline, Branch, Change, Measurement, ModelInfo
from explorer.messages.settings import Setting, all_settings
from explorer.ui.widgets.series import GHOST, Curve, Series
from explorer.ui.widgets.ticks import label


@dataclass(frozen=True, slots=True)
class Mark:
    """A step after which something holds, and the words for it."""

    step: int
    text: str


def nats(value: float) -> str:
    """A loss with four figures after the point, as long as it is small."""
    return f"{value:.4f}" if abs(value) < 9.99995 else f"{value:.3f}"


def percent(value: float) -> str:
    """A share in per cent."""
    return f"{value:.1f} %"


class RunCurves:
    """Every point of the run that is shown. Steps are gathered until `catch_up`."""

    def __init__(self) -> None:
        self.training = Curve("training", 0, nats)
        self.validation = Curve("validation", 1, nats, "evaluations")
        self.exact = Curve("exact match", 2, percent, "evaluations")
        self.accuracy = Curve("token accuracy", 4, percent, "evaluations")
        self.rate = Curve("learning rate", 3, lambda v: f"{v:.3g}")
        self.parent = Curve("parent", GHOST, nats)
        """The training loss of the run that this one branched off."""
        self.clocks = {"tokens": Series(), "seconds": Series()}
        """Tokens learned from, and seconds of work, up to each step."""
        self.config: RunConfig | None = None
        self.name = ""
        self.baselines: tuple[Baseline, ...] = ()
        self.marks: tuple[Mark, ...] = ()
        self._values: dict[str, float] = {}
        self._steps: list[TrainStep] = []
        self._last = -1

    @property
    def all(self) -> tuple[Curve, ...]:
        """Every curve, those of the loss first."""
        return self.training, self.validation, self.exact, self.accuracy, self.rate

    def take(self, event: Event) -> bool:
        """Keep what is new in an event; whether there was anything."""
        match event:
            case TrainStep():
                self._take_step(event)
            case Evaluated():
                self._measured((event.measurement,))
            case SettingsChanged():
                self._changed(event.changes)
            case BaselinesFound():
                self.baselines = event.baselines
            case ModelOpened():
                self._open(event.model)
            case _:
                return False
        return True

    def catch_up(self) -> None:
        """Make points of the steps that were gathered."""
        if not self._steps:
            return
        at = [event.step for event in self._steps]
        self.training.series.append(at, [event.loss for event in self._steps])
        self.rate.series.append(at, [event.learning_rate for event in self._steps])
        self._catch_up_clocks(at)
        self._steps.clear()

    def _catch_up_clocks(self, at: Sequence[int]) -> None:
        tokens = self.clocks["tokens"]
        before = int(np.searchsorted(tokens.x, at[0]))  # Steps may be taken again.
        begin = float(tokens.y[before - 1]) if before else 0.0
        if before or at[0] == 1:
            tokens.append(at, begin + np.cumsum([event.tokens for event in self._steps]))
        self.clocks["seconds"].append(at, [event.seconds for event in self._steps])

    def _take_step(self, event: TrainStep) -> None:
        if event.step <= self._last:  # Steps are being taken again: their marks are gone.
            self.marks = tuple(mark for mark in self.marks if mark.step < event.step)
        self._last = event.step
        self._steps.append(event)

    def _open(self, model: ModelInfo) -> None:
        self._steps.clear()
        series = (*(curve.series for curve in (*self.all, self.parent)), *self.clocks.values())
        for one in series:
            one.clear()
        self.config = model.config
        self.name, self.baselines, self.marks = model.name, (), ()
        self._values = _live_values(model)
        if model.branch is not None:
            self._show_branch(model.branch)
        history, self._last = model.history, -1
        if history is None:
            return
        self._last = int(history.steps[-1]) if len(history.steps) else -1
        self.training.series.append(history.steps, history.losses)
        self.rate.series.append(history.steps, history.learning_rates)
        for name, values in (("tokens", history.tokens), ("seconds", history.seconds)):
            if len(values) == len(history.steps):
                self.clocks[name].append(history.steps, values)
        self._measured(history.measurements)
        self._changed(history.changes)
        self.baselines = history.baselines

    def _show_branch(self, branch: Branch) -> None:
        """The parent's course behind this one's, and where they part."""
        self.parent.series.append(branch.history.steps, branch.history.losses)
        words = f"branched off {PurePath(branch.parent).name}"
        text = f"{words}: {branch.changed}" if branch.changed else words
        self.marks = (Mark(branch.step, text),)

    def _measured(self, points: Sequence[Measurement]) -> None:
        at = [point.step for point in points]
        self.validation.series.append(at, [point.loss for point in points])
        self.exact.series.append(at, [100 * point.exact_match for point in points])
        self.accuracy.series.append(at, [100 * point.accuracy for point in points])

    def _changed(self, changes: Sequence[Change]) -> None:
        for change in changes:
            mark = Mark(change.step, _words(change, self._values.get(change.path)))
            self._values[change.path] = change.value
            self.marks = (*self.marks, mark)

    @property
    def best(self) -> tuple[int, float] | None:
        """Step and value of the least validation loss, unless it is the newest."""
        series = self.validation.series
        if not np.isfinite(series.y).any():
            return None
        place = int(np.nanargmin(np.where(np.isfinite(series.y), series.y, np.nan)))
        newest = place == len(series) - 1
        return None if newest else (int(series.x[place]), float(series.y[place]))


@cache
def _settings() -> dict[str, Setting]:
    return {setting.path: setting for setting in all_settings()}


def _live_values(model: ModelInfo) -> dict[str, float]:
    """The settings that can change while a run goes on, as they are at its beginning."""
    live = [setting for setting in _settings().values() if setting.live]
    return {s.path: float(getattr(getattr(model.config, s.section), s.name)) for s in live}


def _words(change: Change, before: float | None) -> str:
    """`η 0.001 → 0.0005`, or without the value before where that is not known."""
    found = _settings().get(change.path)
    name = (found.symbol or found.title.lower()) if found else change.path
    if before is None or before == change.value:
        return f"{name} → {label(change.value)}"
    return f"{name} {label(before)} → {label(change.value)}"

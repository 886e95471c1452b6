"""The curves of the runs that were shown before in this session, to compare others with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.messages.config import RunConfig
from explorer.messages.results import Baseline
from explorer.ui.widgets.run_curves import RunCurves
from explorer.ui.widgets.series import Floats

MOST = 8
"""Runs that are kept; the eldest goes first."""


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run's points, curve by curve: steps and values. They stay as they are.

    `clocks` tell the tokens learned from and the seconds of work up to some steps.
    """

    name: str
    curves: Mapping[str, tuple[Floats, Floats]]
    baselines: tuple[Baseline, ...] = ()
    config: RunConfig | None = None
    clocks: Mapping[str, tuple[Floats, Floats]] = field(default_factory=dict)

    def placed(self, steps: Floats, along: str) -> Floats | None:
        """Where steps lie along tokens or seconds; None where that is not known."""
        if along == "step":
            return steps
        clock = self.clocks.get(along)
        return None if clock is None else np.interp(steps, *clock)


def as_kept(curves: RunCurves) -> KeptRun:
    """The points that a run has now; nothing is copied."""
    points = {c.name: (c.series.x, c.series.y) for c in curves.all if len(c.series)}
    clocks = {name: (series.x, series.y) for name, series in curves.clocks.items() if len(series)}
    return KeptRun(curves.name or "this run", points, curves.baselines, curves.config, clocks)


class RunShelf:
    """Keeps a run when another takes its place; a run of the same name replaces its elder."""

    def __init__(self) -> None:
        self.runs: tuple[KeptRun, ...] = ()

    def keep(self, curves: RunCurves) -> None:
        """Put a run's curves on the shelf, if it has any."""
        curves.catch_up()
        kept = as_kept(curves)
        if kept.curves:
            others = tuple(run for run in self.runs if run.name != kept.name)
            self.runs = (*others, kept)[-MOST:]

    def with_present(self, curves: RunCurves) -> tuple[KeptRun, ...]:
        """The present run first, then the kept ones, the newest before the older."""
        present = as_kept(curves)
        others = [run for run in reversed(self.runs) if run.name != present.name]
        return (present, *others)

"""The curves of a run as a CSV file, written a little at a time."""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from explorer.ui.widgets.run_curves import RunCurves
from explorer.ui.widgets.series import Series

ROWS = 500
"""Rows written between two breaths: about two milliseconds."""


def run_as_csv(path: Path, curves: RunCurves) -> Iterator[float]:
    """Write a line for each step that any curve has by now; yields the share that is done.

    Baselines are columns of one value, and `changed` says what was changed after a step. The file
    appears under its name when it is whole. Raises `OSError` as it goes on.
    """
    columns = {
        "training_loss": curves.training, "learning_rate": curves.rate,
        "validation_loss": curves.validation, "exact_match_percent": curves.exact,
        "token_accuracy_percent": curves.accuracy,
    }  # fmt: skip
    cursors: dict[str, _Column] = {n: _Cursor(curve.series) for n, curve in columns.items()}
    changed: dict[float, str] = {}
    for mark in curves.marks:
        changed[mark.step] = "; ".join(filter(None, [changed.get(mark.step), mark.text]))
    cursors["changed"] = _Notes(changed)
    for baseline in curves.baselines:
        name = "baseline_" + baseline.name.replace("-", "_")
        if baseline.loss is not None:
            cursors[f"{name}_loss"] = _Notes({}, repr(baseline.loss))
        if baseline.accuracy is not None:
            cursors[f"{name}_accuracy_percent"] = _Notes({}, repr(100 * baseline.accuracy))
    return _write(path, cursors)


class _Column(Protocol):
    """What a column says step by step, steps rising."""

    size: int

    def step(self) -> float:
        """The next step that it has a value of."""
        ...

    def take(self, step: float) -> str:
        """What it says at a step."""
        ...


class _Notes:
    """Texts at some steps, and one for all the others; asks for no line of its own."""

    size = 0

    def __init__(self, notes: Mapping[float, str], always: str = "") -> None:
        self._notes, self._always = notes, always

    def step(self) -> float:
        return math.inf

    def take(self, step: float) -> str:
        return self._notes.get(step, self._always)


def _write(path: Path, cursors: Mapping[str, _Column]) -> Iterator[float]:
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(["step", *cursors])
            yield from _write_rows(file, list(cursors.values()))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    yield 1.0


class _Cursor:
    """Reads the points that a series has now, from the first on."""

    def __init__(self, series: Series) -> None:
        self.x, self.y = series.x, series.y
        self.at, self.size = 0, len(series)

    def step(self) -> float:
        return self.x[self.at] if self.at < len(self.x) else math.inf

    def take(self, step: float) -> str:
        if self.step() != step:
            return ""
        self.at += 1
        return repr(float(self.y[self.at - 1]))


def _write_rows(file: TextIO, cursors: Sequence[_Column]) -> Iterator[float]:
    writer = csv.writer(file)
    total = max((cursor.size for cursor in cursors), default=0)
    written = 0
    while (step := min(cursor.step() for cursor in cursors)) < math.inf:
        writer.writerow([int(step), *(cursor.take(step) for cursor in cursors)])
        written += 1
        if written % ROWS == 0:
            yield min(0.999, written / total)

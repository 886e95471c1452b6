"""The curves of a run as a CSV file, written a little at a time."""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from explorer.ui.widgets.series import Series

ROWS = 500
"""Rows written between two breaths: about two milliseconds."""


def write_csv(path: Path, columns: Mapping[str, Series]) -> Iterator[float]:
    """Write a line for each step that any series has by now; yields the share that is done.

    The file appears under its name when it is whole. Raises `OSError` as it goes on.
    """
    cursors = {name: _Cursor(series) for name, series in columns.items()}
    return _write(path, cursors)


def _write(path: Path, cursors: "Mapping[str, _Cursor]") -> Iterator[float]:
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
        self.at = 0

    def step(self) -> float:
        return self.x[self.at] if self.at < len(self.x) else math.inf

    def take(self, step: float) -> str:
        if self.step() != step:
            return ""
        self.at += 1
        return repr(float(self.y[self.at - 1]))


def _write_rows(file: TextIO, cursors: Sequence[_Cursor]) -> Iterator[float]:
    writer = csv.writer(file)
    total = max((len(cursor.x) for cursor in cursors), default=0)
    written = 0
    while (step := min(cursor.step() for cursor in cursors)) < math.inf:
        writer.writerow([int(step), *(cursor.take(step) for cursor in cursors)])
        written += 1
        if written % ROWS == 0:
            yield min(0.999, written / total)

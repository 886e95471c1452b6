"""The curves of a run as a CSV file, written a little at a time."""

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from explorer.ui.widgets.series import Series

ROWS = 500
"""Rows written between two breaths: about two milliseconds."""


def write_csv(path: Path, columns: Mapping[str, Series]) -> Iterator[float]:
    """Write a line for each step that any series has; yields the share that is done.

    The file appears under its name when it is whole. Raises `OSError`.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["step", *columns])
            yield from _write_rows(writer, [_Cursor(series) for series in columns.values()])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    yield 1.0


class _Cursor:
    """Reads a series from its start; points that come later are left out."""

    def __init__(self, series: Series) -> None:
        self.x, self.y = series.x.copy(), series.y.copy()
        self.at = 0

    def step(self) -> float:
        return self.x[self.at] if self.at < len(self.x) else math.inf

    def take(self, step: float) -> str:
        if self.step() != step:
            return ""
        self.at += 1
        return repr(float(self.y[self.at - 1]))


def _write_rows(writer: object, cursors: list[_Cursor]) -> Iterator[float]:
    total = max((len(cursor.x) for cursor in cursors), default=0)
    written = 0
    while (step := min(cursor.step() for cursor in cursors)) < math.inf:
        writer.writerow([int(step), *(cursor.take(step) for cursor in cursors)])  # type: ignore
        written += 1
        if written % ROWS == 0:
            yield min(0.999, written / total)

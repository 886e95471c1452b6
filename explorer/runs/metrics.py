"""The log of a run's figures, one JSON object a line, only ever added to."""

import json
import math
from collections.abc import Collection, Iterator
from io import SEEK_END, FileIO
from pathlib import Path
from typing import Any

import numpy as np

from explorer.messages.events import TrainStep
from explorer.messages.results import Change, History, Measurement
from explorer.runs.atomic import whole_file

Entry = dict[str, Any]


class MetricsLog:
    """Gathers figures and appends them to `metrics.jsonl` at `flush`.

    What a full disk refuses is kept, whole, for the next flush.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[str] = []

    def step(self, figures: TrainStep) -> None:
        """Add one step's figures."""
        self._add(step_entry(figures))

    def measurement(self, figures: Measurement) -> None:
        """Add figures on held-out data."""
        self._add(measurement_entry(figures))

    def change(self, change: Change) -> None:
        """Add a change of a setting."""
        self._add({"step": change.step, "changed": change.path, "value": change.value})

    def _add(self, figures: Entry) -> None:
        self._waiting.append(json.dumps(figures) + "\n")

    def flush(self) -> None:
        """Hand all lines to the system; raises `OSError` when it will not take them."""
        if not self._waiting:
            return
        append_lines(self._path, "".join(self._waiting))
        self._waiting.clear()

    def close(self) -> None:
        """Nothing stays open."""


def append_lines(path: Path, lines: str) -> None:
    """Add lines to the end of a file, all or, on an `OSError`, none of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        _append(lines.encode(), file)


def _append(lines: bytes, file: FileIO) -> None:
    """All of the lines or, on an error, none of them."""
    before = file.seek(0, SEEK_END)
    try:
        rest = memoryview(lines)
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(before)
        raise


def step_entry(figures: TrainStep) -> Entry:
    """A step's line."""
    norm = figures.gradient_norm
    return {
        "step": figures.step, "loss": figures.loss, "learning_rate": figures.learning_rate,
        "gradient_norm": norm if math.isfinite(norm) else None, "tokens": figures.tokens,
        "seconds": round(figures.seconds, 4),
    }  # fmt: skip


def measurement_entry(figures: Measurement) -> Entry:
    """The line of figures on held-out data; what does not apply is left out."""
    entry: Entry = {
        "step": figures.step, "validation_loss": figures.loss,
        "exact_match": figures.exact_match, "accuracy": figures.accuracy,
        "examples": figures.examples, "full_precision_loss": figures.full_precision_loss,
    }  # fmt: skip
    return {key: value for key, value in entry.items() if not math.isnan(value)}


def read_entry(line: str | bytes) -> Entry | None:
    """A line of the log; None for one that a power cut tore."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("step"), int) else None


def read_metrics(path: Path) -> Iterator[Entry]:
    """The log's lines; one that a power cut tore is skipped."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            entry = read_entry(line)
            if entry is not None:
                yield entry


def measurement_of(entry: Entry) -> Measurement | None:
    """The figures on held-out data in a line, if it holds such."""
    if "validation_loss" not in entry:
        return None
    return Measurement(
        entry["step"], entry["validation_loss"], entry.get("exact_match", math.nan),
        entry["examples"], entry.get("accuracy", math.nan),
        entry.get("full_precision_loss", math.nan),
    )  # fmt: skip


def change_of(entry: Entry) -> Change | None:
    """The change of a setting in a line, if it holds one."""
    return Change(entry["step"], entry["changed"], entry["value"]) if "changed" in entry else None


def read_history(path: Path, until: int | None = None) -> History:
    """The curves of a run, up to a step."""
    reader = HistoryReader()
    for entry in read_metrics(path):
        if until is None or entry["step"] <= until:
            reader.take(entry)
    return reader.history()


class HistoryReader:
    """Gathers the curves of a run, line by line."""

    def __init__(self) -> None:
        self._steps: list[tuple[int, float, float, float, float]] = []
        self._measurements: list[Measurement] = []
        self._changes: list[Change] = []

    def take(self, entry: Entry) -> None:
        """A line of the log."""
        if "loss" in entry:
            tokens, seconds = entry.get("tokens", math.nan), entry.get("seconds", math.nan)
            step = entry["step"], entry["loss"], entry["learning_rate"], tokens, seconds
            self._steps.append(step)
        elif measured := measurement_of(entry):
            self._measurements.append(measured)
        elif change := change_of(entry):
            self._changes.append(change)

    def history(self) -> History:
        """All of them so far."""
        table = np.array(self._steps, np.float64).reshape(-1, 5)
        tokens, seconds = np.cumsum(table[:, 3]), table[:, 4].copy()
        return History(
            np.array([step[0] for step in self._steps], np.int64), table[:, 1].astype(np.float32),
            table[:, 2].astype(np.float32), tuple(self._measurements), tuple(self._changes), (),
            tokens if np.isfinite(tokens).all() else np.zeros(0),
            seconds if np.isfinite(seconds).all() else np.zeros(0),
        )  # fmt: skip


def truncate_metrics(path: Path, step: int, changes: Collection[Change] = ()) -> None:
    """Drop figures after a step, as continuing from an earlier checkpoint must.

    Of the changes only the given ones stay: those that the checkpoint knows.
    """
    if not path.exists():
        return
    kept: list[str] = []
    for entry in read_metrics(path):
        change = change_of(entry)
        if entry["step"] <= step and (change is None or change in changes):
            kept.append(json.dumps(entry) + "\n")
    with whole_file(path) as beside:
        beside.write_text("".join(kept), encoding="utf-8")

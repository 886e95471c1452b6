"""The log of a run's figures, one JSON object a line, only ever added to."""

import json
from collections.abc import Iterator
from io import SEEK_END, FileIO
from pathlib import Path
from typing import Any

import numpy as np

from explorer.messages.events import TrainStep
from explorer.messages.results import History, Measurement


class MetricsLog:
    """Gathers figures and appends them to `metrics.jsonl` at `flush`.

    What a full disk refuses is kept, whole, for the next flush.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[str] = []

    def step(self, figures: TrainStep) -> None:
        """Add one step's figures."""
        self._add({
            "step": figures.step, "loss": figures.loss, "learning_rate": figures.learning_rate,
            "gradient_norm": figures.gradient_norm, "tokens": figures.tokens,
            "seconds": round(figures.seconds, 4),
        })  # fmt: skip

    def measurement(self, figures: Measurement) -> None:
        """Add figures on held-out data."""
        self._add({
            "step": figures.step, "validation_loss": figures.loss,
            "exact_match": figures.exact_match, "examples": figures.examples,
        })  # fmt: skip

    def _add(self, figures: dict[str, Any]) -> None:
        self._waiting.append(json.dumps(figures) + "\n")

    def flush(self) -> None:
        """Hand all lines to the system; raises `OSError` when it will not take them."""
        if not self._waiting:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file:
            _append("".join(self._waiting).encode(), file)
        self._waiting.clear()


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


def read_metrics(path: Path) -> Iterator[dict[str, Any]]:
    """The log's lines; one that a power cut tore is skipped."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue
            if isinstance(entry, dict) and isinstance(entry.get("step"), int):
                yield entry


def read_history(path: Path, until: int | None = None) -> History:
    """The curves of a run, up to a step."""
    steps: list[int] = []
    losses: list[float] = []
    rates: list[float] = []
    measurements: list[Measurement] = []
    for entry in read_metrics(path):
        if until is not None and entry["step"] > until:
            continue
        if "loss" in entry:
            steps.append(entry["step"])
            losses.append(entry["loss"])
            rates.append(entry["learning_rate"])
        elif "validation_loss" in entry:
            measurements.append(
                Measurement(
                    entry["step"], entry["validation_loss"], entry["exact_match"], entry["examples"]
                )
            )
    return History(
        np.array(steps, dtype=np.int64), np.array(losses, dtype=np.float32),
        np.array(rates, dtype=np.float32), tuple(measurements),
    )  # fmt: skip

"""The log of a run's figures, one JSON object a line, only ever added to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from explorer.messages.events import TrainStep
from explorer.messages.results import History, Measurement


class MetricsLog:
    """Appends figures to `metrics.jsonl`; lines reach the disk at `flush` or as they fill."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

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
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="utf-8")
        self._file.write(json.dumps(figures) + "\n")

    def flush(self) -> None:
        """Hand all lines to the system."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Flush and let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None


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

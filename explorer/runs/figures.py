"""Where a run's figures go besides its log: a table for spreadsheets, files for TensorBoard."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from explorer.messages.events import TrainStep
from explorer.messages.results import Change, Measurement
from explorer.runs.atomic import whole_file
from explorer.runs.metrics import Entry, append_lines, measurement_entry, read_metrics, step_entry

COLUMNS: tuple[str, ...] = (
    "step", "loss", "learning_rate", "gradient_norm", "tokens", "seconds", "validation_loss",
    "exact_match", "accuracy", "examples", "full_precision_loss", "changed", "value",
)  # fmt: skip
"""The columns of `metrics.csv`; a line fills those that it has figures for."""


class Figures(Protocol):
    """Takes a run's figures, and hands them to the system at `flush`."""

    def step(self, figures: TrainStep) -> None: ...
    def measurement(self, figures: Measurement) -> None: ...
    def change(self, change: Change) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class CsvTable:
    """Writes figures as they come to `metrics.csv`, after those that the log has already."""

    def __init__(self, path: Path, log: Path) -> None:
        self._path = path
        self._waiting: list[Entry] = []
        write_csv(log, path)

    def step(self, figures: TrainStep) -> None:
        """Add one step's figures."""
        self._waiting.append(step_entry(figures))

    def measurement(self, figures: Measurement) -> None:
        """Add figures on held-out data."""
        self._waiting.append(measurement_entry(figures))

    def change(self, change: Change) -> None:
        """Add a change of a setting."""
        self._waiting.append({"step": change.step, "changed": change.path, "value": change.value})

    def flush(self) -> None:
        """Hand all lines to the system; raises `OSError` when it will not take them."""
        if self._waiting:
            append_lines(self._path, _as_csv(self._waiting))
            self._waiting.clear()

    def close(self) -> None:
        """Nothing stays open."""


def write_csv(log: Path, path: Path) -> None:
    """A run's whole log as a table."""
    with whole_file(path) as beside:
        text = ",".join(COLUMNS) + "\n" + _as_csv(read_metrics(log))
        beside.write_text(text, encoding="utf-8")


def _as_csv(entries: Iterable[Entry]) -> str:
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writerows(entries)
    return table.getvalue()


class TensorBoardMissingError(RuntimeError):
    """TensorBoard's package is not installed."""


class EventFiles:
    """Writes figures into a run's folder as TensorBoard reads them."""

    def __init__(self, folder: Path, step: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise TensorBoardMissingError(
                "training.tensorboard: TensorBoard is not installed, so no event files are "
                "written; install it with  pip install attention-explorer[tensorboard]"
            ) from None
        # What an earlier process wrote of later steps is hidden by TensorBoard itself.
        purged = step + 1 if step else None
        self._writer = SummaryWriter(str(folder), purge_step=purged)

    def step(self, figures: TrainStep) -> None:
        """Add one step's figures."""
        self._add("training/loss", figures.loss, figures.step)
        self._add("training/learning rate", figures.learning_rate, figures.step)
        self._add("training/gradient norm", figures.gradient_norm, figures.step)
        self._add("training/tokens per second", figures.tokens_per_second, figures.step)

    def measurement(self, figures: Measurement) -> None:
        """Add figures on held-out data."""
        self._add("validation/loss", figures.loss, figures.step)
        self._add("validation/exact match", figures.exact_match, figures.step)
        self._add("validation/accuracy", figures.accuracy, figures.step)
        self._add("validation/full precision loss", figures.full_precision_loss, figures.step)

    def change(self, change: Change) -> None:
        """Add a change of a setting."""
        self._add(f"settings/{change.path}", change.value, change.step)

    def _add(self, name: str, value: float, step: int) -> None:
        if value == value:
            self._writer.add_scalar(name, value, step)

    def flush(self) -> None:
        """Hand all to the system."""
        self._writer.flush()

    def close(self) -> None:
        """End its thread."""
        self._writer.close()

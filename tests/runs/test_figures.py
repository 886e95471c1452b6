"""The figures besides the log: a table, TensorBoard's files, and what a killed process leaves."""

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.messages.events import Event, Failed, TrainStep
from explorer.runs.figures import COLUMNS
from explorer.runs.metrics import read_history
from tests.small import begin, finish, reopen


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_that_a_run_writes_a_table_that_a_break_does_not_change(tmp_path: Path) -> None:
    values = {"training.csv": True}
    whole = begin(tmp_path / "whole", [], values)
    finish(whole)
    run = begin(tmp_path / "parts", [], values)
    for _ in range(13):
        run.step()
    run._keeper.flush()  # A kill: the newest checkpoint is of step 10.
    finish(reopen(tmp_path / "parts", []))
    tables = [rows(tmp_path / name / "metrics.csv") for name in ("whole", "parts")]
    assert tuple(tables[0][0]) == COLUMNS
    assert [row["step"] for row in tables[0] if row["loss"]] == [str(n) for n in range(1, 21)]
    assert sum(bool(row["validation_loss"]) for row in tables[0]) == 4
    for one, other in zip(*tables, strict=True):
        assert {**one, "seconds": ""} == {**other, "seconds": ""}


def test_that_any_run_becomes_a_table_by_a_command(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [])
    run.step()
    run.change({"training.learning_rate": 0.01})
    run.close()
    table = tmp_path / "table.csv"
    assert main(["metrics", str(tmp_path / "run"), "--csv", str(table)]) == 0
    first, second = rows(table)
    history = read_history(run.folder.metrics)
    assert float(first["loss"]) == pytest.approx(history.losses[0])
    assert (second["changed"], second["value"]) == ("training.learning_rate", "0.01")


def test_that_a_folder_without_figures_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["metrics", str(tmp_path), "--csv", str(tmp_path / "table.csv")]) == 1
    assert "holds no metrics.jsonl" in capsys.readouterr().err
    assert not (tmp_path / "table.csv").exists()


def test_that_figures_reach_the_disk_within_a_second_of_work(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [], {"training.evaluate_every": 1000})
    for number in range(1, 9):
        figures = TrainStep(number, 20, 1.0, 0.1, 1.0, 30, 100.0, number * 0.3)
        run._keeper.step(figures)
    assert read_history(run.folder.metrics).steps.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_that_tensorboard_reads_what_was_written(
    tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run = begin(tmp_path / "run", [], {"training.tensorboard": True})
    for _ in range(13):
        run.step()
    run._keeper.close()  # Without a checkpoint of step 13: three steps come again.
    finish(reopen(tmp_path / "run", []))
    expect_log("out of order event.step")
    events = accumulators.EventAccumulator(str(tmp_path / "run" / "tensorboard"))
    events.Reload()
    losses = events.Scalars("training/loss")
    history = read_history(tmp_path / "run" / "metrics.jsonl")
    assert [event.step for event in losses] == list(range(1, 21))
    assert [event.value for event in losses] == pytest.approx(history.losses.tolist())
    assert [event.step for event in events.Scalars("validation/loss")] == [5, 10, 15, 20]


def test_that_a_missing_tensorboard_is_told_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    told: list[Event] = []
    finish(begin(tmp_path / "run", told, {"training.tensorboard": True}))
    (failed,) = [event for event in told if isinstance(event, Failed)]
    assert "pip install attention-explorer[tensorboard]" in failed.message
    assert len(read_history(tmp_path / "run" / "metrics.jsonl").steps) == 20

"""The log of figures: whole lines, read back, whatever a power cut left of the last one."""

from pathlib import Path

import pytest

from explorer.messages.events import TrainStep
from explorer.messages.results import Measurement
from explorer.runs.metrics import MetricsLog, read_history, read_metrics, truncate_metrics


def step(number: int) -> TrainStep:
    return TrainStep(number, 10, 2.0 / number, 0.1, 1.0, 30, 1000.0, number / 8)


def written(folder: Path, steps: int = 4) -> Path:
    log = MetricsLog(folder / "metrics.jsonl")
    for number in range(1, steps + 1):
        log.step(step(number))
    log.measurement(Measurement(steps, 0.5, 0.25, 8, 0.75))
    log.flush()
    return folder / "metrics.jsonl"


def test_that_figures_are_read_back(tmp_path: Path) -> None:
    history = read_history(written(tmp_path))
    assert history.steps.tolist() == [1, 2, 3, 4]
    assert history.losses.tolist() == pytest.approx([2, 1, 2 / 3, 0.5])
    assert history.learning_rates.tolist() == pytest.approx([0.1] * 4)
    assert history.measurements == (Measurement(4, 0.5, 0.25, 8, 0.75),)


def test_that_curves_can_end_at_a_step(tmp_path: Path) -> None:
    history = read_history(written(tmp_path), until=3)
    assert history.steps.tolist() == [1, 2, 3] and not history.measurements


@pytest.mark.parametrize("torn", ['{"step": 5, "lo', '{"step": 5, "loss"\xff', "[5]", "{}", "7"])
def test_that_a_torn_last_line_is_skipped(tmp_path: Path, torn: str) -> None:
    path = written(tmp_path)
    with path.open("ab") as file:
        file.write(torn.encode("latin-1"))
    assert read_history(path).steps.tolist() == [1, 2, 3, 4]


def test_that_nothing_is_read_where_nothing_was_written(tmp_path: Path) -> None:
    assert list(read_metrics(tmp_path / "metrics.jsonl")) == []


def test_that_going_on_from_an_earlier_step_drops_what_came_after(tmp_path: Path) -> None:
    path = written(tmp_path)
    with path.open("a") as file:
        file.write('{"step": 5, "lo')
    truncate_metrics(path, 2)
    log = MetricsLog(path)
    log.step(step(3))
    log.flush()
    assert read_history(path).steps.tolist() == [1, 2, 3]
    assert path.read_text().count("\n") == 3


def test_that_figures_wait_until_they_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.mkdir()  # Nothing can be appended to a folder.
    log = MetricsLog(path)
    log.step(step(1))
    with pytest.raises(OSError):
        log.flush()
    path.rmdir()
    log.step(step(2))
    log.flush()
    assert read_history(path).steps.tolist() == [1, 2]

"""Baselines found beside a run: the tokens that they are measured on, their file, their end."""

import math
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.data.vocabulary import END
from explorer.engine.baseline_work import BaselineWork
from explorer.engine.run import Run
from explorer.messages.events import BaselinesFound, Event
from explorer.runs.baselines import NAME, read_baselines, write_baselines
from explorer.subjects.opening import describe, open_subject
from explorer.training.baselines.finding import uniform
from explorer.training.baselines.gathering import gather
from explorer.training.baselines.material import Material
from explorer.training.evaluation import pairs_batch
from tests.small import CPU, begin

WANTED = {"training.baselines": True, "training.steps": 3}


def finish(run: Run) -> None:
    while not run.finished:
        run.advance()
    run.close()


def told_baselines(told: list[Event]) -> list[BaselinesFound]:
    return [event for event in told if isinstance(event, BaselinesFound)]


def drained(slices: Generator[None, None, Material]) -> Material:
    while True:
        try:
            next(slices)
        except StopIteration as end:
            return end.value


@pytest.mark.slow
def test_that_a_run_finds_its_baselines_and_shows_them_when_opened_again(tmp_path: Path) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told, WANTED)
    finish(run)
    first, last = told_baselines(told)
    words = len(run.trainer.data.coding.vocabularies.target)
    assert [(b.name, b.loss) for b in first.baselines] == [("uniform", math.log(words))]
    assert [b.name for b in last.baselines] == ["uniform", "unigram", "usual", "hmm", "crf"]
    assert read_baselines(tmp_path / "run" / NAME) == last.baselines
    history = describe(open_subject(str(tmp_path / "run"), CPU)).history
    assert history is not None and history.baselines == last.baselines


def test_that_a_run_that_has_them_does_not_look_again(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [], WANTED)
    assert not BaselineWork(run.trainer, tmp_path / "run", lambda event: None).done
    write_baselines(tmp_path / "run", [uniform(9)])
    assert BaselineWork(run.trainer, tmp_path / "run", lambda event: None).done
    run.close()


def test_that_a_run_can_do_without(tmp_path: Path) -> None:
    told: list[Event] = []
    finish(begin(tmp_path / "run", told, {"training.baselines": False}))
    assert not told_baselines(told) and not (tmp_path / "run" / NAME).exists()


def test_that_closing_ends_the_process_that_counts(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [], WANTED)
    while run.baselines._child is None:
        run.advance()
    child, place = run.baselines._child, run.baselines._place
    assert place is not None and Path(place.name).exists()
    run.close()
    assert child.returncode is not None and not Path(place.name).exists()


def test_that_nothing_begins_with_the_first_steps(tmp_path: Path) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told, {**WANTED, "training.steps": 20})
    run.step()
    run.close()
    assert not told_baselines(told)


@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
def test_that_they_are_measured_on_the_tokens_of_the_evaluation(
    tmp_path: Path, architecture: str
) -> None:
    values: dict[str, Any] = {"model.architecture": architecture, **WANTED}
    run = begin(tmp_path / "run", [], values)
    data, config = run.trainer.data, run.trainer.config
    material = drained(gather(config, data)).ended
    pairs = data.validation[: config.training.evaluate_examples]
    expected = pairs_batch(data.coding, pairs).expected_N.numpy()
    np.testing.assert_array_equal(np.concatenate(material.held_out.targets), expected)
    assert (END in expected) == (architecture != "encoder-only")
    run.close()


def test_that_no_held_out_example_is_counted(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [], WANTED)
    material = drained(gather(run.trainer.config, run.trainer.data))
    held_out = {tuple(row) for row in material.held_out.sources}
    assert len(material.train) == 5000
    assert not held_out & {tuple(row) for row in material.train.sources}
    run.close()


@pytest.mark.slow
def test_that_running_text_is_counted_and_measured_in_the_windows_of_the_evaluation(
    tmp_path: Path,
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat and the dog sat on the log\n" * 400)
    told: list[Event] = []
    run = begin(tmp_path / "run", told, {
        **WANTED, "model.architecture": "decoder-only", "task.name": "text",
        "task.file": str(text), "task.vocabulary": "character", "task.context": 12,
    })  # fmt: skip
    material = drained(gather(run.trainer.config, run.trainer.data))
    assert {len(row) for row in material.held_out.targets[:-1]} == {13} and material.skip == 1
    train = np.concatenate(material.train.targets)
    assert len(train) == pytest.approx(0.9 * 400 * 50, rel=0.02)
    finish(run)
    by_name = {b.name: b for b in told_baselines(told)[-1].baselines}
    assert list(by_name) == ["uniform", "unigram", "n-gram"]
    losses = [b.loss or 0 for b in by_name.values()]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.5

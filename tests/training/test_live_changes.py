"""Settings changed while a run goes on: in force from the next step, and part of its course."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from explorer.engine.run import Run
from explorer.messages.events import Event, SettingsChanged, TrainStep
from explorer.messages.results import Change
from explorer.messages.settings import SettingsError
from explorer.runs.folder import RunFolder
from explorer.runs.metrics import read_history
from tests.small import CPU, begin, finish, losses, reopen
from tests.training.test_continuing import assert_same

CORPUS = {"task.name": "pairs", "training.batch_size": 6, "task.validation": 4, "task.test": 4}
COURSE: Mapping[int, Mapping[str, float]] = {
    4: {"training.learning_rate": 0.01, "training.clip_norm": 0.5},
    7: {"training.batch_size": 4},
    8: {"training.batch_size": 9, "training.accumulate": 2},
    15: {"training.learning_rate": 0.001},
}
"""What is changed after so many steps."""


@pytest.fixture
def corpus(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "pairs.tsv"
    lines = (f"w{i} {'x ' * (i % 4)}\tv{i} w{i * 7 % 40}\n" for i in range(60))
    path.write_text("".join(lines), encoding="utf-8")
    return {**CORPUS, "task.file": str(path)}


def steered(run: Run) -> Run:
    """The run finished, with the changes of the course on the way."""
    while not run.trainer.done:
        run.finish_evaluation()
        if run.trainer.step in COURSE:
            run.change(COURSE[run.trainer.step])
        run.step()
    finish(run)
    return run


def test_that_a_change_is_in_force_from_the_next_step_and_is_told(tmp_path: Path) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told, {"training.schedule": "constant"})
    for _ in range(6):
        run.step()
    run.change({"training.learning_rate": 0.5, "training.batch_size": 3})
    run.step()
    rates = [event.learning_rate for event in told if isinstance(event, TrainStep)]
    assert rates[5:] == pytest.approx([0.003, 0.5])
    (batch,) = [run.trainer.data.stream.batch(7).target_BT]
    assert batch is not None and len(batch) == 3
    changes = (Change(6, "training.learning_rate", 0.5), Change(6, "training.batch_size", 3))
    assert [event.changes for event in told if isinstance(event, SettingsChanged)] == [changes]
    assert read_history(run.folder.metrics).changes == changes


def test_that_a_value_as_it_is_changes_nothing(tmp_path: Path) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told)
    run.change({"training.learning_rate": run.trainer.config.training.learning_rate})
    assert not told and not run.trainer.changes


@pytest.mark.parametrize(
    "path, value, word",
    [
        ("training.learning_rate", -1, "greater than 0"),
        ("training.batch_size", 2.5, "whole number"),
        ("training.steps", 50, "only training.batch_size"),
        ("model.width", 32, "cannot be changed"),
        ("training.nonsense", 1, "cannot be changed"),
    ],
)
def test_that_what_does_not_fit_is_refused_in_words(
    tmp_path: Path, path: str, value: float, word: str
) -> None:
    run = begin(tmp_path / "run", [])
    before = run.trainer.config
    with pytest.raises(SettingsError, match=word) as caught:
        run.change({"training.clip_norm": 0.3, path: value})
    assert str(caught.value).startswith(path)
    assert run.trainer.config == before and not run.trainer.changes


@pytest.mark.parametrize("at", [3, 7, 8, 9, 16])
def test_that_a_changed_run_is_the_same_with_a_break(
    tmp_path: Path, corpus: dict[str, Any], at: int
) -> None:
    whole = steered(begin(tmp_path / "whole", [], corpus))
    run = begin(tmp_path / "parts", [], corpus)
    while run.trainer.step < at:
        run.finish_evaluation()
        if run.trainer.step in COURSE:
            run.change(COURSE[run.trainer.step])
        run.step()
    run.close()
    again = steered(reopen(tmp_path / "parts", []))
    assert again.trainer.changes == whole.trainer.changes and len(whole.trainer.changes) == 6
    assert_same(whole, again)


def test_that_a_change_on_a_saved_step_is_saved_too(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [])
    for _ in range(10):
        run.step()  # A checkpoint is written after the tenth.
    run.change({"training.learning_rate": 0.02})
    run.close()
    assert reopen(tmp_path / "run", []).trainer.config.training.learning_rate == 0.02


def test_that_changes_after_a_checkpoint_are_forgotten_with_its_steps(tmp_path: Path) -> None:
    plain = begin(tmp_path / "plain", [])
    finish(plain)
    run = begin(tmp_path / "run", [])
    for _ in range(10):
        run.step()
    run.change({"training.learning_rate": 0.02})
    for _ in range(4):
        run.step()
    run._keeper.flush()  # And then the power failed.
    again = reopen(tmp_path / "run", [])
    assert again.trainer.step == 10 and not again.trainer.changes
    assert not read_history(again.folder.metrics).changes
    finish(again)
    assert_same(plain, again)


def test_that_a_run_can_go_on_from_any_checkpoint(tmp_path: Path) -> None:
    keep = {"training.keep_checkpoints": 9, "training.checkpoint_every": 4}
    whole = begin(tmp_path / "run", [], keep)
    finish(whole)
    course = losses(_told_again(tmp_path / "run", 8))
    assert len(course) == 12
    assert RunFolder(tmp_path / "run").newest_step() == 20
    other = begin(tmp_path / "other", [], keep)
    finish(other)
    again = reopen(tmp_path / "run", [])
    assert again.done
    assert_same(other, again)


def _told_again(path: Path, step: int) -> list[Event]:
    told: list[Event] = []
    folder = RunFolder(path)
    checkpoint = folder.path / "checkpoints" / f"step-{step:08}"
    run = Run.reopen(folder, checkpoint, CPU, told.append, lambda *_: None)
    assert folder.newest_step() == step
    finish(run)
    return told

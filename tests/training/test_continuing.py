"""A run that was closed and opened again is the run that was never interrupted, bit for bit."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.engine.run import Run
from explorer.engine.sentences import Sentences
from explorer.messages.commands import Decode, Inspect
from explorer.messages.events import Decoded, Evaluated, Event, Inspected, TrainStep
from explorer.runs.checkpoints import memories
from explorer.runs.metrics import read_metrics
from tests.small import begin, finish, losses, reopen


def figures(run: Run) -> list[dict[str, Any]]:
    """The log without its clock."""
    entries = [dict(entry) for entry in read_metrics(run.folder.metrics)]
    return [{k: v for k, v in entry.items() if k != "seconds"} for entry in entries]


def assert_same(one: Run, other: Run, *, measured: bool = True) -> None:
    assert one.trainer.step == other.trainer.step
    states = (one.trainer.model.state_dict(), other.trainer.model.state_dict())
    kept = [memories(run.trainer.optimizers.parts) for run in (one, other)]
    for first, second in (states, kept):
        assert first.keys() == second.keys()
        for name, value in first.items():
            assert torch.equal(value, second[name]), name
    if measured:
        assert figures(one) == figures(other)


def interrupted(
    folder: Path, told: list[Event], at: int, between: Callable[[Run, int], None] | None = None,
    values: Mapping[str, Any] = {},
) -> Run:  # fmt: skip
    """A run stopped after `at` steps, opened again and finished."""
    run = begin(folder, told, values)
    for number in range(at):
        run.step()
        if between is not None:
            between(run, number)
    run.close()
    run = reopen(folder, told)
    while not run.done:
        run.advance()
        if between is not None:
            between(run, run.trainer.step)
    run.close()
    return run


def straight(folder: Path, told: list[Event], values: Mapping[str, Any] = {}) -> Run:
    run = begin(folder, told, values)
    finish(run)
    return run


def test_that_ten_and_ten_steps_are_twenty(tmp_path: Path) -> None:
    told: list[Event] = []
    whole = straight(tmp_path / "whole", [])
    parts = interrupted(tmp_path / "parts", told, 10)
    steps = [event.step for event in told if isinstance(event, TrainStep)]
    assert steps == list(range(1, 21))
    assert_same(whole, parts)


def test_that_any_step_can_be_the_last_before_a_break(tmp_path: Path) -> None:
    whole = straight(tmp_path / "whole", [])
    for at in (3, 13):
        assert_same(whole, interrupted(tmp_path / f"parts {at}", [], at))


def test_that_a_run_goes_on_from_a_checkpoint_that_steps_have_left_behind(tmp_path: Path) -> None:
    whole = straight(tmp_path / "whole", [])
    lost = begin(tmp_path / "lost", [])
    for _ in range(14):
        lost.step()
    lost._keeper.flush()  # And then the power failed: no close, no checkpoint of step 14.
    again = reopen(tmp_path / "lost", [])
    assert again.trainer.step == 10
    finish(again)
    assert_same(whole, again)


def test_that_the_evaluation_due_at_the_last_step_is_made_up_for(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [])
    for _ in range(20):
        run.step()
    run.close()
    told: list[Event] = []
    again = reopen(tmp_path / "run", told)
    assert not again.done
    finish(again)
    assert [e.measurement.step for e in told if isinstance(e, Evaluated)] == [20]
    assert not losses(told)
    assert reopen(tmp_path / "run", []).done


@pytest.mark.parametrize(
    "values",
    [
        *({"training.optimizer": name} for name in ("sgd", "adam", "adamw", "muon")),
        {"training.optimizer": "sgd", "training.momentum": 0.0},
        {"training.accumulate": 3, "training.schedule": "wsd", "training.precision": "bfloat16"},
        {"training.evaluate_seconds": 0.001, "training.csv": True},
        {"model.architecture": "decoder-only", "model.positions": "rotary"},
    ],
    ids=lambda values: " ".join(map(str, values.values())),
)
def test_that_every_kind_of_run_is_the_same_with_a_break(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    values = {"model.dropout": 0.2, **values}
    whole = straight(tmp_path / "whole", [], values)
    parts = interrupted(tmp_path / "parts", [], 10, values=values)
    assert_same(whole, parts, measured="training.evaluate_seconds" not in values)


@pytest.mark.parametrize("architecture", ["decoder-only", "encoder-only"])
def test_that_running_text_is_the_same_with_a_break(tmp_path: Path, architecture: str) -> None:
    text = tmp_path / "text.txt"
    text.write_text("To be, or not to be, that is the question. " * 60, encoding="utf-8")
    values = {
        "task.name": "text", "task.file": str(text), "task.context": 12, "task.vocabulary":
        "character", "model.architecture": architecture, "model.dropout": 0.1,
    }  # fmt: skip
    whole = straight(tmp_path / "whole", [], values)
    assert_same(whole, interrupted(tmp_path / "parts", [], 10, values=values))


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "muon"])
def test_that_a_hundred_and_a_hundred_steps_are_two_hundred(tmp_path: Path, optimizer: str) -> None:
    values = {
        "training.steps": 200, "training.optimizer": optimizer, "training.accumulate": 2,
        "training.evaluate_every": 60, "training.checkpoint_every": 100,
    }  # fmt: skip
    whole = straight(tmp_path / "whole", [], values)
    assert_same(whole, interrupted(tmp_path / "parts", [], 100, values=values))


def test_that_questions_in_between_change_nothing(tmp_path: Path) -> None:
    answers: list[Event] = []

    def ask(run: Run, number: int) -> None:
        sentences = Sentences(answers.append)
        sentences.subject = run.subject
        sentences.answer(Inspect("3 1 4", "4 1 3" if number % 2 else "", number))
        sentences.answer(Decode("1 5 9", number))

    whole = straight(tmp_path / "whole", [])
    asked = interrupted(tmp_path / "asked", [], 10, ask)
    assert sum(isinstance(a, Inspected) for a in answers) >= 20
    assert sum(isinstance(a, Decoded) for a in answers) >= 20
    assert_same(whole, asked)


def test_that_random_numbers_drawn_in_between_change_nothing(tmp_path: Path) -> None:
    whole = straight(tmp_path / "whole", [])
    drawn = interrupted(tmp_path / "drawn", [], 10, lambda _run, number: _draw(number))
    assert_same(whole, drawn)


def _draw(number: int) -> None:
    torch.manual_seed(number)
    torch.rand(number + 1)


def test_that_the_same_seed_gives_the_same_run_and_another_another(tmp_path: Path) -> None:
    told: dict[str, list[Event]] = {"one": [], "same": [], "other": []}
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        finish(begin(tmp_path / name, told[name], {"training.seed": seed}))
    assert losses(told["one"]) == losses(told["same"])
    assert losses(told["one"]) != losses(told["other"])
    measured = [[e for e in told[n] if isinstance(e, Evaluated)] for n in ("one", "same")]
    assert measured[0] == measured[1] and len(measured[0]) == 4


def test_that_learning_makes_the_loss_small(tmp_path: Path) -> None:
    told: list[Event] = []
    values = {"training.steps": 120, "training.learning_rate": 0.01, "task.max_length": 2}
    finish(begin(tmp_path / "run", told, {**values, "model.dropout": 0.0}))
    assert losses(told)[-1] < 0.5 * losses(told)[0]


def test_that_a_checkpoint_holds_no_pickle(tmp_path: Path) -> None:
    run = straight(tmp_path / "run", [])
    newest = run.folder.checkpoints()[-1]
    names = {path.name for path in newest.iterdir()}
    assert names == {"model.safetensors", "optimizer.safetensors", "state.json"}
    assert json.loads((newest / "state.json").read_text())["step"] == 20

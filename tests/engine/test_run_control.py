"""What the worker does with a run that cannot go on, that ends early, that is changed."""

from pathlib import Path
from typing import TypeVar

import torch

from explorer.engine.engine import Engine
from explorer.messages.commands import ChangeTraining, ResumeTraining, StartTraining, StepTraining
from explorer.messages.events import (
    Evaluated,
    Event,
    Failed,
    ModelOpened,
    SettingsChanged,
    TrainingChanged,
    TrainStep,
)
from explorer.messages.results import Change
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.metrics import read_history
from tests.small import losses, small_config

TOO_FAST = {
    "training.optimizer": "sgd", "training.learning_rate": 10.0, "training.clip_norm": 0,
    "training.schedule": "constant", "training.warmup_steps": 0, "model.norm": "after",
}  # fmt: skip


Kind = TypeVar("Kind", bound=Event)


class Desk:
    """An engine without its thread, and what it told."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.engine = Engine(self.told.append, "cpu")

    def work(self) -> None:
        """Until there is nothing to do."""
        while self.engine.busy:
            self.engine.work()

    def all(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.told if isinstance(event, kind)]

    def states(self) -> list[str]:
        return [event.state for event in self.all(TrainingChanged)]


def poisoned(desk: Desk, folder: Path, steps: int, **values: float) -> None:
    """A run whose weights are no numbers any more after so many steps."""
    config = small_config({f"training.{name}": value for name, value in values.items()})
    desk.engine.handle(StartTraining(config, str(folder), paused=True))
    for _ in range(steps):
        desk.engine.handle(StepTraining())
    subject = desk.engine._sentences.subject
    assert subject is not None
    with torch.no_grad():
        subject.model.output.weight.fill_(float("nan"))


def test_that_a_diverged_run_keeps_its_last_good_checkpoint_and_offers_to_go_on(
    tmp_path: Path,
) -> None:
    desk = Desk()
    poisoned(desk, tmp_path / "run", 12)
    desk.engine.handle(ResumeTraining())
    desk.work()
    (failed,) = desk.all(Failed)
    assert "diverged at step 13" in failed.message
    assert "checkpoint of step 10 is kept" in failed.message
    assert desk.states()[-1] == "stopped"
    assert [step_of(path) for path in RunFolder(tmp_path / "run").checkpoints()] == [10]
    half, tenth = failed.remedies
    assert half.label == "Go on from step 10 with half the learning rate"
    desk.told.clear()
    desk.engine.handle(ResumeTraining(half.values))
    desk.work()
    assert desk.states() == ["paused", "running", "finished"]
    assert [event.step for event in desk.all(TrainStep)] == list(range(11, 21))
    change = Change(10, "training.learning_rate", 0.0015)
    assert [event.changes for event in desk.all(SettingsChanged)] == [(change,)]
    assert read_history(tmp_path / "run" / "metrics.jsonl").changes == (change,)
    assert tenth.values == (("training.learning_rate", 0.003 * 0.1),)


def test_that_a_run_that_diverges_before_its_first_checkpoint_can_begin_again(
    tmp_path: Path,
) -> None:
    desk = Desk()
    poisoned(desk, tmp_path / "run", 3)
    desk.engine.handle(ResumeTraining())
    desk.work()
    (failed,) = desk.all(Failed)
    assert failed.remedies[0].label == "Begin again with half the learning rate"
    assert "No step was saved yet" in failed.message
    desk.told.clear()
    desk.engine.handle(ResumeTraining(failed.remedies[0].values))
    desk.work()
    assert [event.step for event in desk.all(TrainStep)] == list(range(1, 21))
    assert desk.states()[-1] == "finished"
    assert desk.all(ModelOpened)[0].model.step == 0


def test_that_full_memory_saves_the_step_and_offers_smaller_parts(tmp_path: Path) -> None:
    desk = Desk()
    config = small_config({"training.batch_size": 8})
    desk.engine.handle(StartTraining(config, str(tmp_path / "run"), paused=True))
    for _ in range(3):
        desk.engine.handle(StepTraining())
    subject = desk.engine._sentences.subject
    assert subject is not None
    hook = subject.model.output.register_forward_hook(
        lambda *_: torch.empty(1 << 60, dtype=torch.uint8)
    )
    desk.engine.handle(ResumeTraining())
    desk.work()
    hook.remove()
    (failed,) = desk.all(Failed)
    assert "Memory ran out at step 4" in failed.message
    assert failed.remedies[0].label == "Go on from step 3 with the batch in 2 parts"
    desk.engine.handle(ResumeTraining(failed.remedies[0].values))
    desk.work()
    assert desk.states()[-1] == "finished"
    assert [event.step for event in desk.all(TrainStep)] == list(range(1, 21))


def test_that_a_real_explosion_is_stopped(tmp_path: Path) -> None:
    desk = Desk()
    values = {"training.steps": 400, "model.norm": "after", **TOO_FAST}
    desk.engine.handle(StartTraining(small_config(values), str(tmp_path / "run")))
    desk.work()
    (failed,) = desk.all(Failed)
    assert "diverged" in failed.message and failed.remedies
    assert len(losses(desk.told)) < 300


def test_that_a_change_without_a_run_is_refused_in_words() -> None:
    desk = Desk()
    desk.engine.handle(ChangeTraining((("training.learning_rate", 0.1),)))
    assert "no run to change" in desk.all(Failed)[0].message


def test_that_a_change_that_does_not_fit_leaves_the_run_alone(tmp_path: Path) -> None:
    desk = Desk()
    desk.engine.handle(StartTraining(small_config(), str(tmp_path / "run"), paused=True))
    desk.engine.handle(ChangeTraining((("training.learning_rate", -1.0),)))
    (failed,) = desk.all(Failed)
    assert failed.about == "training" and failed.message.startswith("training.learning_rate")
    assert not desk.all(SettingsChanged)


def test_that_a_run_that_gets_no_better_ends_early_and_keeps_its_best(tmp_path: Path) -> None:
    desk = Desk()
    values = {
        "training.steps": 400, "training.patience": 3, "training.evaluate_every": 2,
        "training.learning_rate": 0.3, "training.keep_checkpoints": 1, "training.clip_norm": 0.01,
        "training.schedule": "constant", "training.checkpoint_every": 5,
    }  # fmt: skip
    desk.engine.handle(StartTraining(small_config(values), str(tmp_path / "run")))
    desk.work()
    seen = [event.measurement for event in desk.all(Evaluated)]
    best = min(seen, key=lambda m: m.loss)
    assert len(seen) < 200 and seen[-4:][0] == best
    ended = desk.all(TrainingChanged)[-1]
    assert ended.state == "finished" and ended.step == best.step + 6
    assert f"since step {best.step}" in ended.detail and "is kept" in ended.detail
    kept = {step_of(path) for path in RunFolder(tmp_path / "run").checkpoints()}
    assert kept == {best.step, ended.step}
    desk.engine.handle(ResumeTraining())
    assert "is over. Ended early" in desk.all(Failed)[0].message


def test_that_looks_by_the_clock_come_besides_those_by_steps(tmp_path: Path) -> None:
    desk = Desk()
    values = {"training.evaluate_seconds": 1e-4, "training.evaluate_every": 7}
    desk.engine.handle(StartTraining(small_config(values), str(tmp_path / "run")))
    desk.work()
    assert [event.measurement.step for event in desk.all(Evaluated)] == list(range(1, 21))
    assert desk.states()[-1] == "finished"


def test_that_float16_on_a_processor_is_refused_in_words(tmp_path: Path) -> None:
    desk = Desk()
    config = small_config({"training.precision": "float16"})
    desk.engine.handle(StartTraining(config, str(tmp_path / "run")))
    (failed,) = desk.all(Failed)
    assert failed.message.startswith("training.precision: float16 needs CUDA")
    assert not (tmp_path / "run").exists()


def test_that_a_run_that_begins_tells_the_room_that_it_will_take(tmp_path: Path) -> None:
    desk = Desk()
    desk.engine.handle(StartTraining(small_config(), str(tmp_path / "run")))
    desk.work()
    running, finished = desk.all(TrainingChanged)
    taken = sum(path.stat().st_size for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert running.state == "running" and 0.5 * running.room < taken < 1.1 * running.room
    assert finished.room == 0

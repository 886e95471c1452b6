"""A run that somebody else trains, shown from its folder while it grows."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from explorer.engine import follower
from explorer.engine.engine import Engine
from explorer.engine.run import Run
from explorer.messages.commands import FollowRun, Inspect, OpenModel, ResumeTraining, StartTraining
from explorer.messages.events import (
    Evaluated,
    Event,
    Failed,
    Inspected,
    ModelOpened,
    SettingsChanged,
    TrainingChanged,
    TrainStep,
)
from tests.engine.worker import Worker
from tests.small import begin, finish, reopen, small_config


class Watcher:
    """An engine that follows, looked after by hand."""

    def __init__(self, folder: Path) -> None:
        self.told: list[Event] = []
        self.engine = Engine(self.told.append, "cpu")
        self.engine.handle(FollowRun(str(folder)))

    def news(self) -> list[Event]:
        """What a look tells."""
        self.told.clear()
        self.engine.work()
        return list(self.told)


def steps(told: list[Event]) -> list[int]:
    return [event.step for event in told if isinstance(event, TrainStep)]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = begin(tmp_path / "run", [])
    for _ in range(6):
        made.step()
    made.finish_evaluation()
    made.save()
    yield made


def test_that_what_was_is_history_and_what_comes_is_told(run: Run) -> None:
    watcher = Watcher(run.folder.path)
    (opened,) = [e.model for e in watcher.told if isinstance(e, ModelOpened)]
    assert opened.step == 6 and opened.history is not None
    assert opened.history.steps.tolist() == [1, 2, 3, 4, 5, 6]
    changed = [e for e in watcher.told if isinstance(e, TrainingChanged)]
    assert [(e.state, e.step, e.steps) for e in changed] == [("following", 6, 20)]
    assert watcher.news() == []
    run.step()
    run.step()
    assert watcher.news() == []  # They are not on disk yet.
    run._keeper.flush()
    told = watcher.news()
    assert steps(told) == [7, 8]
    figures = next(event for event in told if isinstance(event, TrainStep))
    assert figures.steps == 20 and figures.tokens_per_second > 0 and figures.loss > 0
    assert watcher.news() == []


def test_that_evaluations_and_changes_are_told(run: Run) -> None:
    watcher = Watcher(run.folder.path)
    watcher.news()
    run.change({"training.learning_rate": 0.02})
    for _ in range(5):
        run.step()
    run.finish_evaluation()
    told = watcher.news()
    assert [e.measurement.step for e in told if isinstance(e, Evaluated)] == [10]
    (changed,) = [e for e in told if isinstance(e, SettingsChanged)]
    assert (changed.changes[0].step, changed.changes[0].value) == (6, 0.02)


def test_that_attention_follows_the_newest_weights(run: Run) -> None:
    watcher = Watcher(run.folder.path)
    watcher.engine.handle(Inspect("3 1 4", "4 1 3", 5))
    (before,) = [e.trace for e in watcher.told if isinstance(e, Inspected)]
    for _ in range(4):
        run.step()  # A checkpoint is due after the tenth.
    told = watcher.news()
    (after,) = [e.trace for e in told if isinstance(e, Inspected)]
    assert (before.step, after.step) == (6, 10)
    subject = watcher.engine._sentences.subject
    assert subject is not None
    for name, value in subject.model.state_dict().items():
        assert torch.equal(value, run.trainer.model.state_dict()[name]), name


def test_that_a_run_without_any_checkpoint_is_followed_from_its_first_weights(
    tmp_path: Path,
) -> None:
    run = begin(tmp_path / "run", [])
    watcher = Watcher(tmp_path / "run")
    subject = watcher.engine._sentences.subject
    assert subject is not None and subject.step == 0
    for name, value in subject.model.state_dict().items():
        assert torch.equal(value, run.trainer.model.state_dict()[name]), name


def test_that_a_torn_line_waits_for_its_rest(run: Run) -> None:
    watcher = Watcher(run.folder.path)
    watcher.news()
    line = '{"step": 7, "loss": 1.5, "learning_rate": 0.1, "gradient_norm": null, "tokens": 9, '
    with run.folder.metrics.open("a") as file:
        file.write(line)
        file.flush()
        assert watcher.news() == []
        file.write('"seconds": 3.0}\n')
    assert steps(watcher.news()) == [7]


def test_that_a_run_taken_back_to_an_earlier_step_is_shown_anew(run: Run) -> None:
    watcher = Watcher(run.folder.path)
    for _ in range(3):
        run.step()
    run._keeper.flush()
    assert steps(watcher.news()) == [7, 8, 9]
    again = reopen(run.folder.path, [])  # The other process died; its run goes on from step 6.
    told = watcher.news()
    opened = [e.model for e in told if isinstance(e, ModelOpened)]
    assert opened and opened[0].history is not None
    assert opened[0].history.steps.tolist() == [1, 2, 3, 4, 5, 6]
    again.step()
    again._keeper.flush()
    assert steps(watcher.news()) == [7]


def test_that_the_end_of_the_run_ends_the_following(run: Run) -> None:
    watcher = Watcher(run.folder.path)
    finish(run)
    told = watcher.news()
    assert steps(told) == list(range(7, 21))
    assert [e.state for e in told if isinstance(e, TrainingChanged)] == ["finished"]
    assert watcher.engine.patience is None


_TRAINER = (
    "import pathlib, sys; from explorer.runs.lock import RunLock; "
    "held = RunLock.take(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def test_that_a_trainer_killed_by_signal_9_ends_the_following_in_words(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "QUIET_SECONDS", 0.05)
    run.close()
    command = [sys.executable, "-c", _TRAINER, str(run.folder.path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as trainer:
        assert trainer.stdout is not None and trainer.stdout.readline() == "held\n"
        watcher = Watcher(run.folder.path)
        end = time.monotonic() + 0.2
        while time.monotonic() < end:  # Quiet for longer than what is left of it is given.
            assert not [e for e in watcher.news() if isinstance(e, TrainingChanged)]
        trainer.kill()
    told: list[TrainingChanged] = []
    end = time.monotonic() + 20
    while not told and time.monotonic() < end:
        told = [e for e in watcher.news() if isinstance(e, TrainingChanged)]
    assert [(e.state, e.step) for e in told] == [("stopped", 6)]
    assert "Resume" in told[0].detail and watcher.engine.patience is None


def test_that_a_followed_run_is_not_continued_here(run: Run) -> None:
    watcher = Watcher(run.folder.path)
    watcher.told.clear()
    watcher.engine.handle(ResumeTraining())
    assert next(e.message for e in watcher.told if isinstance(e, Failed)).startswith("Another")


def test_that_a_folder_without_a_run_is_refused_in_words(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    (failed,) = [event for event in watcher.told if isinstance(event, Failed)]
    assert failed.about == "model" and "run.toml" in failed.message
    assert watcher.engine.patience is None


def test_that_the_worker_looks_by_itself_and_serves_commands_between(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [])
    with Worker() as worker:
        worker.send(FollowRun(str(tmp_path / "run")))
        worker.wait(TrainingChanged, lambda e: e.state == "following")
        for _ in range(8):
            run.step()
        run._keeper.flush()
        worker.wait(TrainStep, lambda e: e.step == 8)
        asked = time.monotonic()
        worker.send(Inspect("3 1 4", "4 1 3", 5))
        worker.wait(Inspected)
        assert time.monotonic() - asked < 20
        begun = len(worker.told)
        worker.send(OpenModel("reverse"))
        worker.wait(ModelOpened, after=begun)
        run.step()
        run._keeper.flush()
        worker.send(StartTraining(small_config({"training.steps": 5}), str(tmp_path / "own")))
        worker.wait(TrainingChanged, lambda e: e.state == "finished")
    # Nothing of the other run is told any more.
    assert [e.step for e in worker.told[begun:] if isinstance(e, TrainStep)] == [1, 2, 3, 4, 5]

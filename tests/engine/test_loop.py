"""The worker's thread by scripted commands: what is asked, and what it tells."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from explorer.messages.commands import (
    Command,
    Decode,
    Inspect,
    OpenModel,
    PauseTraining,
    ResumeTraining,
    SaveRun,
    StartTraining,
    StepTraining,
    StopTraining,
)
from explorer.messages.events import (
    Decoded,
    Ended,
    Evaluated,
    Event,
    Failed,
    Inspected,
    ModelOpened,
    RunSaved,
    TrainingChanged,
    TrainStep,
)
from explorer.messages.results import Site, SiteKind
from tests.engine.worker import Worker
from tests.small import begin, finish, small_config

ENDLESS = {"training.steps": 100_000, "training.evaluate_every": 100_000}


def endless(folder: Path) -> StartTraining:
    return StartTraining(small_config(ENDLESS), str(folder))


def finished_run(folder: Path) -> Path:
    finish(begin(folder, []))
    return folder


def state(worker: Worker, wanted: str, after: int = 0) -> TrainingChanged:
    return worker.wait(TrainingChanged, lambda e: e.state == wanted, after=after)


def test_that_an_opened_model_answers_about_sentences(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(OpenModel(str(finished_run(tmp_path / "run"))))
        model = worker.wait(ModelOpened).model
        worker.send(Inspect("3 1 4", "4 1 3", 7), Decode("3 1 4", 8))
        trace, decoding = worker.wait(Inspected), worker.wait(Decoded)
    assert (model.name, model.step, trace.request, decoding.request) == ("run", 20, 7, 8)
    assert set(trace.trace.weights) == set(model.sites)
    assert trace.trace.weights[Site(SiteKind.CROSS, 0)].shape == (4, 4, 4)
    assert not worker.all(Failed)


def test_that_a_sentence_is_answered_before_the_next_step_and_its_elders_dropped(
    tmp_path: Path,
) -> None:
    def ask(event: Event) -> None:
        """Ask thrice right after steps 3, 6, 9 and 12, while the worker is busy with them."""
        if isinstance(event, TrainStep) and event.step in (3, 6, 9, 12):
            for typed in (1, 2, 3):
                worker.send(Inspect("3 1 4 1 5"[: 2 * typed], "4 1 3", 10 * event.step + typed))

    worker = Worker(watch=ask)
    with worker:
        worker.send(endless(tmp_path / "run"))
        worker.wait(TrainStep, lambda e: e.step >= 15)
    answers = {event.request: event.trace.step for event in reversed(worker.all(Inspected))}
    assert sorted(answers) == [33, 63, 93, 123]
    assert all(step == request // 10 for request, step in answers.items())


def test_that_of_waiting_sentences_only_the_newest_is_answered(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run")
    with Worker() as worker:
        questions: list[Command] = [Inspect("3 1 4", "", number) for number in range(1, 30)]
        worker.send(OpenModel(str(run)), *questions)
        worker.wait(Inspected, lambda e: e.request == 29)
    requests = [event.request for event in worker.all(Inspected)]
    assert requests[-1] == 29 and len(requests) <= 2


def test_that_sentences_are_followed_while_training(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(endless(tmp_path / "run"), Inspect("3 1 4", "4 1 3", 5))
        first = worker.wait(Inspected)
        later = worker.wait(Inspected, lambda e: e.trace.step > first.trace.step)
    assert later.request == 5


def test_that_a_run_pauses_steps_and_goes_on(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(endless(tmp_path / "run"))
        worker.wait(TrainStep, lambda e: e.step >= 3)
        worker.send(PauseTraining())
        paused = state(worker, "paused")
        after = len(worker.told)
        worker.send(StepTraining(), StepTraining())
        worker.wait(TrainingChanged, lambda e: e.step == paused.step + 2, after=after)
        assert [e.step for e in worker.told[after:] if isinstance(e, TrainStep)] == [
            paused.step + 1, paused.step + 2,
        ]  # fmt: skip
        after = len(worker.told)
        worker.send(ResumeTraining())
        state(worker, "running", after)
        worker.wait(TrainStep, lambda e: e.step == paused.step + 5, after=after)
    steps = [event.step for event in worker.all(TrainStep)]
    assert steps == list(range(1, len(steps) + 1))


def test_that_a_paused_worker_does_nothing(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(StartTraining(small_config(ENDLESS), str(tmp_path / "run"), paused=True))
        assert state(worker, "paused").step == 0
        worker.send(Inspect("3 1 4", "", 1), Decode("3 1 4", 1))
        worker.wait(Decoded)
    assert not worker.all(TrainStep) and len(worker.all(Inspected)) == 1


def test_that_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(endless(tmp_path / "run"))
        worker.wait(TrainStep, lambda e: e.step >= 4)
        worker.send(StopTraining())
        stopped = state(worker, "stopped")
        assert worker.wait(RunSaved, lambda e: e.step == stopped.step).folder == stopped.folder
        after = len(worker.told)
        worker.send(ResumeTraining())
        assert state(worker, "running", after).step == stopped.step
        assert worker.wait(TrainStep, after=after).step == stopped.step + 1
        opened = worker.wait(ModelOpened, after=after).model
        assert opened.history is not None
        assert opened.history.steps.tolist() == list(range(1, stopped.step + 1))


def test_that_a_run_finishes_with_its_last_evaluation_and_is_saved(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(StartTraining(small_config(), str(tmp_path / "run")))
        assert state(worker, "finished").step == 20
        assert [e.measurement.step for e in worker.all(Evaluated)] == [5, 10, 15, 20]
        assert [e.step for e in worker.all(RunSaved)] == [10, 20]
        worker.send(ResumeTraining())
        failed = worker.wait(Failed)
    assert failed.about == "training" and "has taken all its 20 steps" in failed.message


def test_that_stepping_to_the_end_finishes_the_run(tmp_path: Path) -> None:
    config = small_config({"training.steps": 2})
    with Worker() as worker:
        worker.send(StartTraining(config, str(tmp_path / "run"), paused=True))
        worker.send(StepTraining(), StepTraining())
        assert state(worker, "finished").step == 2
    assert [e.measurement.step for e in worker.all(Evaluated)] == [2]


def test_that_saving_by_hand_writes_this_step(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(StartTraining(small_config(), str(tmp_path / "run"), paused=True))
        worker.send(StepTraining(), SaveRun())
        assert worker.wait(RunSaved).step == 1
        assert (tmp_path / "run" / "checkpoints" / "step-00000001" / "state.json").exists()


@pytest.mark.parametrize(
    ("command", "about", "said"),
    [
        (Inspect("3 1 4", "", 4), "sentence", "There is no model yet"),
        (OpenModel("nobody"), "model", "There is no model “nobody”"),
        (ResumeTraining(), "training", "press Train to begin one"),
        (StepTraining(), "training", "press Train to begin one"),
        (SaveRun(), "training", "There is no run to save"),
    ],
)
def test_that_what_cannot_be_done_without_a_model_is_told(
    command: Command, about: str, said: str
) -> None:
    with Worker() as worker:
        worker.send(command)
        failed = worker.wait(Failed)
    assert failed.about == about and said in failed.message
    assert failed.request == getattr(command, "request", 0)


def test_that_an_empty_sentence_is_told_and_the_next_is_answered(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(OpenModel(str(finished_run(tmp_path / "run"))), Inspect("  \t", "", 1))
        failed = worker.wait(Failed)
        worker.send(Inspect("3 1", "", 2))
        assert worker.wait(Inspected).request == 2
    assert (failed.about, failed.request) == ("sentence", 1)
    assert "type a sentence" in failed.message


ODD = ("\ud83d", "👩‍🚀 שלום \x00", "zebra " * 500, "<s> <pad> </s>", ".")


@pytest.mark.parametrize("text", ODD)
def test_that_odd_sentences_are_answered(tmp_path: Path, text: str) -> None:
    with Worker() as worker:
        worker.send(OpenModel(str(finished_run(tmp_path / "run"))))
        worker.send(Inspect(text, text, 1), Decode(text, 2))
        worker.wait(Inspected)
        worker.wait(Decoded)
    assert not worker.all(Failed)


def test_that_a_bad_corpus_is_told_and_the_model_stays(tmp_path: Path) -> None:
    corpus = tmp_path / "pairs.tsv"
    corpus.write_text("a\tb\nalone\n")
    config = small_config({"task.name": "pairs", "task.file": str(corpus)})
    with Worker() as worker:
        worker.send(OpenModel(str(finished_run(tmp_path / "run"))))
        worker.send(StartTraining(config, str(tmp_path / "new")), Inspect("3 1", "", 1))
        failed = worker.wait(Failed)
        assert worker.wait(Inspected).trace.model == "run"
    assert failed.about == "training" and "line 2 lack" in failed.message
    assert not (tmp_path / "new").exists()


def test_that_a_folder_with_a_run_is_never_written_over(tmp_path: Path) -> None:
    folder = finished_run(tmp_path / "run")
    before = (folder / "run.toml").read_text()
    with Worker() as worker:
        worker.send(StartTraining(small_config(), str(folder)))
        failed = worker.wait(Failed)
    assert "holds a run already" in failed.message
    assert (folder / "run.toml").read_text() == before


def test_that_shutting_down_saves_the_run_and_ends_the_thread(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(endless(tmp_path / "run"))
        worker.wait(TrainStep)
    assert not worker.thread.is_alive()
    assert isinstance(worker.told[-1], Ended)
    last = worker.all(TrainStep)[-1].step
    assert worker.all(RunSaved)[-1].step == last


def test_that_a_device_that_is_not_there_is_told(expect_log: Callable[[str], None]) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has it")
    expect_log("the worker could not start")
    failed, ended = failing_start("cuda")
    assert failed.about == "engine" and "This machine has no device “cuda”" in failed.message
    assert "cpu" in failed.message and isinstance(ended, Ended)


def failing_start(device: str) -> tuple[Failed, Ended]:
    worker = Worker(device)
    found = worker.wait(Failed), worker.wait(Ended)
    worker.thread.join(10)
    return found


def test_that_an_unknown_device_is_told(expect_log: Callable[[str], None]) -> None:
    expect_log("the worker could not start")
    failed, _ = failing_start("abacus")
    assert "There is no device “abacus”; choose one of auto, cuda, mps, cpu" in failed.message

"""The real worker asked about the weights of then."""

from pathlib import Path

import numpy as np
import pytest

from explorer.messages.commands import (
    Decode,
    GoTo,
    Inspect,
    MeasureHeads,
    OpenModel,
    PauseTraining,
    StartTraining,
    Travel,
)
from explorer.messages.events import (
    Decoded,
    HeadsMeasured,
    Inspected,
    Moments,
    TrainStep,
    Travelled,
    TravelPart,
    TravelWritten,
    WentTo,
)
from explorer.messages.results import Decoding, Trace
from explorer.runs.weights import load_tensors
from tests.engine.worker import Worker
from tests.small import begin, finish, small_config

SENTENCE = "3 1 4 1"
NAMES = ("seen", "alone")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished small run with a checkpoint of every other step."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    often = {"training.checkpoint_every": 2, "training.keep_checkpoints": 50}
    finish(begin(folder, [], often))
    return folder


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that learns so fast that what it writes changes."""
    folder = tmp_path_factory.mktemp("runs") / "changing"
    values = {"training.steps": 60, "training.learning_rate": 0.01, "training.checkpoint_every": 10}
    finish(begin(folder, [], {"training.keep_checkpoints": 50, **values}))
    return folder


def same(one: Trace, other: Trace, tolerance: float = 0.0) -> bool:
    return one.weights.keys() == other.weights.keys() and all(
        float(np.abs(np.asarray(one.weights[s]) - np.asarray(other.weights[s])).max()) <= tolerance
        for s in one.weights
    )


def test_that_the_kept_steps_are_told_when_a_run_is_opened(run: Path) -> None:
    with Worker() as worker:
        worker.send(OpenModel(str(run)))
        assert worker.wait(Moments) == Moments(str(run), tuple(range(21)))
        mark = len(worker.told)
        worker.send(OpenModel("reverse"))
        worker.wait(Moments, lambda told: len(told.steps) <= 1, after=mark)


def test_that_a_sentence_travels_from_coarse_to_fine_with_its_measures(run: Path) -> None:
    with Worker() as worker:
        worker.send(OpenModel(str(run)), Travel(SENTENCE, request=7))
        worker.wait(Travelled, lambda told: told.request == 7 and not told.refused)
        parts = worker.all(TravelPart)
        assert [part.done for part in parts] == sorted({part.done for part in parts})
        assert parts[0].timeline.steps_S.tolist() == [20] and parts[-1].done == 21
        steps = [step for part in parts for step in part.timeline.steps_S.tolist()]
        assert sorted(steps) == list(range(21))
        for part in parts:
            assert [found.step for found in part.measures] == part.timeline.steps_S.tolist()


def test_that_going_back_answers_bit_for_bit_as_the_checkpoint_of_that_step(run: Path) -> None:
    with Worker() as worker:
        worker.send(OpenModel(str(run)), Travel(SENTENCE, request=1), Inspect(SENTENCE, "", 2))
        worker.wait(Travelled)
        now = worker.wait(Inspected).trace
        target = now.target_text
        mark = len(worker.told)
        worker.send(GoTo(8))
        assert worker.wait(WentTo).step == 8
        then = worker.wait(Inspected, after=mark).trace
        assert then.step == 8 and then.own_target and then.target_text == target
        part = next(p for p in worker.all(TravelPart) if 8 in p.timeline.steps_S)
        dragged = part.timeline.trace(part.timeline.place(8))
        assert same(dragged, then, 1e-5) and not same(dragged, now, 1e-3)
        worker.send(MeasureHeads(SENTENCE, "", 3))
        measures = worker.wait(HeadsMeasured).measures
        assert measures is not None and measures.step == 8
        mark = len(worker.told)
        worker.send(GoTo(None))
        assert worker.wait(WentTo, after=mark).step is None
        assert worker.wait(Inspected, after=mark).trace.step == 20
        mark = len(worker.told)
        worker.send(OpenModel(f"{run}/checkpoints/step-00000008"), Inspect(SENTENCE, target, 4))
        alone = worker.wait(Inspected, lambda told: told.request == 4, after=mark).trace
        assert same(then, alone), "bit for bit"


def test_that_a_run_goes_on_untouched_while_somebody_looks_back(tmp_path: Path) -> None:
    config = small_config({"training.steps": 60})
    with Worker() as worker:
        worker.send(Inspect(SENTENCE), StartTraining(config, str(tmp_path / "seen")))
        worker.wait(TrainStep, lambda told: told.step >= 20)
        worker.send(Inspect(SENTENCE, "", 1), Travel(SENTENCE, request=5), GoTo(4))
        worker.wait(WentTo)
        worker.wait(Travelled, lambda told: told.request == 5)
        first = len(worker.told)
        worker.wait(TravelPart, after=first)  # A step that was kept since.
        worker.wait(TrainStep, lambda told: told.step == 60)
        looked = [told.trace.step for told in worker.told[first:] if isinstance(told, Inspected)]
        assert set(looked) <= {4}, "nothing but the past is shown"
        worker.send(PauseTraining())
    finish(begin(tmp_path / "alone", [], {"training.steps": 60}))
    files = [tmp_path / name / "snapshots" / "step-00000060.safetensors" for name in NAMES]
    seen, alone = map(load_tensors, files)
    assert all(bool((seen[name] == alone[name]).all()) for name in alone)


def test_that_the_text_of_each_step_comes_after_the_timeline_and_is_what_decode_says_there(
    changing: Path,
) -> None:
    with Worker() as worker:
        worker.send(OpenModel(str(changing)), Travel(SENTENCE, request=7), GoTo(10))
        kept = worker.wait(Moments).steps

        def written() -> dict[int, Decoding]:
            parts = [told for told in worker.all(TravelWritten) if told.request == 7]
            return {found.step: found for part in parts for found in part.decodings}

        worker.wait(TravelWritten, lambda _: len(written()) == len(kept))
        kinds = [type(told) for told in worker.told]
        assert kinds.index(Travelled) < kinds.index(TravelWritten), "nothing waits for them"
        for step in (0, 30, 60):
            mark = len(worker.told)
            worker.send(GoTo(step), Decode(SENTENCE, 9))
            found = worker.wait(Decoded, lambda told, at=step: told.decoding.step == at, after=mark)
            said, then = found.decoding, written()[step]
            assert (then.text, then.prefix, then.finished) == (
                said.text,
                said.prefix,
                said.finished,
            )
            assert [s.candidates for s in then.steps] == [s.candidates for s in said.steps]
            assert [s.probability for s in then.steps] == [s.probability for s in said.steps]
        assert len({decoding.text for decoding in written().values()}) > 1


def test_that_a_model_without_a_run_says_so(run: Path) -> None:
    with Worker() as worker:
        worker.send(Travel(SENTENCE, request=3))
        assert "no model yet" in worker.wait(Travelled).refused

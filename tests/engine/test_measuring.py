"""Measures and flow asked of the real worker."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.messages.commands import (
    Inspect,
    MeasureHeads,
    MeasureSample,
    OpenModel,
    StartTraining,
    StepTraining,
    TraceFlow,
    TracePath,
)
from explorer.messages.events import (
    Failed,
    FlowTraced,
    HeadsMeasured,
    Inspected,
    MeasuringHeads,
    ModelOpened,
    PathTraced,
    TrainStep,
)
from explorer.messages.flow import LONGEST_FLOW, FlowChoice
from explorer.messages.measures import COLUMN, HeadMeasures
from explorer.messages.results import SiteKind
from tests.engine.worker import Worker
from tests.small import small_config

TEXT = "7 3 9 1 5 2"


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


def opened(worker: Worker, model: str = "reverse") -> Worker:
    worker.send(OpenModel(model))
    worker.wait(ModelOpened)
    return worker


def measures(event: HeadsMeasured) -> HeadMeasures:
    assert event.measures is not None, event.refused
    return event.measures


def test_that_a_sentence_is_measured_as_it_is_inspected(worker: Worker) -> None:
    opened(worker).send(Inspect(TEXT, "", 1), MeasureHeads(TEXT, "", 2))
    found = measures(worker.wait(HeadsMeasured))
    trace = worker.wait(Inspected).trace
    assert (found.source_text, found.target_text) == (trace.source_text, trace.target_text)
    assert len(found.heads) == sum(len(weights) for weights in trace.weights.values())
    site, head = found.heads[0]
    expected = trace.weights[site][head].max(axis=1).mean()
    assert found.value(site, head, "peak") == pytest.approx(float(expected), abs=1e-5)


def test_that_a_sample_is_measured_with_progress_and_knows_contents_from_positions(
    worker: Worker,
) -> None:
    opened(worker).send(MeasureSample(12, 5))
    event = worker.wait(HeadsMeasured)
    found = measures(event)
    assert (event.sample, event.request, found.examples, found.source_text) == (True, 5, 12, "")
    assert not np.isnan(found.values_NM[:, COLUMN["variability"]]).any()
    told = worker.all(MeasuringHeads)
    assert [(t.about, t.done, t.total) for t in told] == [("sample", n, 12) for n in range(1, 13)]


def test_that_the_same_examples_are_taken_each_time(worker: Worker) -> None:
    opened(worker).send(MeasureSample(6, 1))
    first = measures(worker.wait(HeadsMeasured))
    worker.send(MeasureSample(6, 2))
    again = measures(worker.wait(HeadsMeasured, lambda event: event.request == 2))
    np.testing.assert_array_equal(first.values_NM, again.values_NM)


def test_that_what_is_typed_is_answered_while_a_sample_is_measured(worker: Worker) -> None:
    opened(worker).send(MeasureSample(400, 1))
    worker.wait(MeasuringHeads)
    worker.send(Inspect(TEXT, "", 9))
    worker.wait(Inspected)
    assert not worker.all(HeadsMeasured)
    worker.wait(HeadsMeasured)


def test_that_a_sample_is_given_up_when_nobody_wants_it(worker: Worker) -> None:
    opened(worker).send(MeasureSample(100_000, 1))
    worker.wait(MeasuringHeads)
    worker.send(MeasureSample(0, 2), MeasureHeads(TEXT, "", 3))
    assert worker.wait(HeadsMeasured).request == 3


def test_that_only_the_newest_sentence_is_measured_to_its_end(worker: Worker) -> None:
    opened(worker).send(*(MeasureHeads(TEXT[: 2 * n + 1], "", n) for n in range(1, 6)))
    found = worker.wait(HeadsMeasured, lambda event: event.request == 5)
    assert measures(found).source_text == TEXT
    assert len(worker.all(HeadsMeasured)) <= 2


def test_that_a_model_without_its_held_out_data_says_so(worker: Worker) -> None:
    opened(worker, "translate-en-fr").send(MeasureSample(8, 1))
    event = worker.wait(HeadsMeasured)
    assert event.measures is None and event.sample
    assert "only be measured on a sentence" in event.refused
    assert not worker.all(Failed)


def test_that_nothing_is_measured_of_nothing(worker: Worker) -> None:
    worker.send(MeasureHeads(TEXT, "", 1))
    assert "no model yet" in worker.wait(HeadsMeasured).refused
    opened(worker).send(MeasureHeads("  ", "", 2))
    event = worker.wait(HeadsMeasured, lambda event: event.request == 2)
    assert "type a sentence" in event.refused


@pytest.mark.parametrize("kind", list(SiteKind))
def test_that_flow_comes_with_its_graph_and_paths(worker: Worker, kind: SiteKind) -> None:
    choice = FlowChoice("flow", kind, 0, residual=True)
    opened(worker).send(TraceFlow(TEXT, "", choice, 3))
    event = worker.wait(FlowTraced)
    assert event.flow is not None, event.refused
    worker.send(TracePath(1, 2, 4))
    path = worker.wait(PathTraced).path
    assert path is not None and len(path.carried) == len(event.flow.steps)
    assert path.value == pytest.approx(float(event.flow.map_QK[1, 2]), abs=1e-6)


def test_that_a_path_beyond_the_graph_is_none(worker: Worker) -> None:
    opened(worker).send(TracePath(0, 0, 1))
    assert worker.wait(PathTraced).path is None
    worker.send(TraceFlow(TEXT, "", FlowChoice("flow"), 2))
    worker.wait(FlowTraced)
    worker.send(TracePath(99, 0, 3))
    assert worker.wait(PathTraced, lambda event: event.request == 3).path is None


def test_that_flow_of_a_long_text_is_refused_in_words(worker: Worker) -> None:
    config = small_config({"model.max_length": 128, "task.max_length": 100})
    worker.send(StartTraining(config, paused=True))
    worker.wait(ModelOpened)
    long = " ".join("1" for _ in range(LONGEST_FLOW + 10))
    worker.send(TraceFlow(long, "1 2", FlowChoice("flow"), 1))
    assert "shorter" in worker.wait(FlowTraced).refused


def test_that_measures_belong_to_one_step_of_a_model_that_learns(
    worker: Worker, tmp_path: Path
) -> None:
    worker.send(StartTraining(small_config(), str(tmp_path / "run"), paused=True))
    worker.wait(ModelOpened)
    worker.send(MeasureSample(6, 1))
    worker.wait(MeasuringHeads)
    worker.send(StepTraining())
    worker.wait(TrainStep)
    assert measures(worker.wait(HeadsMeasured)).step in (0, 1)
    worker.send(MeasureSample(6, 2))
    found = measures(worker.wait(HeadsMeasured, lambda event: event.request == 2))
    assert (found.step, found.examples) == (1, 5)  # As many as the run keeps.

"""Lenses asked of the real worker."""

import json
from collections.abc import Iterator

import pytest

from explorer.engine.lens_work import lens_as_dict
from explorer.messages.commands import Decode, Lens, OpenModel
from explorer.messages.events import Decoded, Failed, LensRead, ModelOpened
from explorer.messages.lenses import LensReading
from explorer.messages.mailbox import Inbox
from tests.engine.worker import Worker
from tests.subject import small_subject

TEXT = "7 3 9 1 5 2"


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as made:
        made.send(OpenModel("reverse"))
        made.wait(ModelOpened)
        yield made


def asked(worker: Worker, lens: Lens) -> LensReading:
    worker.send(lens)
    told = worker.wait(LensRead, lambda event: event.request == lens.request)
    assert told.reading is not None, told.refused
    return told.reading


def test_that_a_lens_looks_at_what_was_decoded(worker: Worker) -> None:
    worker.send(Decode(TEXT, 1))
    steps = worker.wait(Decoded).decoding.steps
    written = tuple(step.token.id for step in steps)
    reading = asked(worker, Lens(TEXT, written, index=2, decisions=tuple(range(6)), request=2))
    for column, step in enumerate(steps[:6]):
        assert reading.grid.chosen[column].id == step.token.id
        assert reading.grid.chosen_LP[-1, column] == pytest.approx(step.probability, abs=1e-5)
        assert reading.grid.rank_LP[-1, column] == step.rank
    assert reading.parts.decision == 2 and reading.parts.token.id == written[2]
    assert reading.parts.total == pytest.approx(reading.parts.logit, abs=1e-4)


def test_that_what_cannot_be_is_said_in_the_answer(worker: Worker) -> None:
    worker.send(Lens(TEXT, (7, 8), index=9, request=3))
    told = worker.wait(LensRead)
    assert (told.request, told.reading) == (3, None) and "3 decisions" in told.refused


def test_that_without_a_model_it_is_said_in_words() -> None:
    with Worker() as worker:
        worker.send(Lens(TEXT, request=4))
        assert "There is no model yet" in worker.wait(Failed).message


def test_that_only_the_newest_lens_waits() -> None:
    inbox = Inbox()
    for request in range(3):
        inbox.put(Lens(TEXT, request=request))
    assert inbox.take(wait=False) == Lens(TEXT, request=2) and len(inbox) == 0


def test_that_a_lens_is_plain_values_for_a_file() -> None:
    subject = small_subject()
    made = lens_as_dict(subject, subject.source("3 1 4"), "3 1 4", (7, 9), against=5, top=3)
    again = json.loads(json.dumps(made))
    assert len(again["lens"]) == 3 and len(again["lens"][0]["layers"]) == 3
    assert len(again["lens"][0]["layers"][1]["top"]) == 3
    logit = again["logit"]
    assert sum(part["logit"] for part in logit["parts"]) == pytest.approx(logit["sum"])
    assert logit["sum"] == pytest.approx(logit["logit"], abs=1e-4)

"""Writing as the worker does it: in parts, as wished, with other commands between."""

from pathlib import Path

import pytest

from explorer.data.vocabulary import END
from explorer.decoding.stepper import Writing
from explorer.engine.sentences import Sentences
from explorer.messages.commands import Decode, Inspect, OpenModel, StartTraining, StepTraining
from explorer.messages.config import DecodingConfig
from explorer.messages.decoding import Wish
from explorer.messages.events import Decoded, DecodedPart, Event, Failed, Inspected, TrainStep
from explorer.subjects.subject import SentenceError, Subject
from tests.engine.worker import Worker
from tests.small import small_config
from tests.subject import small_subject

LONG = small_config({
    "model.encoder_layers": 2, "model.decoder_layers": 2, "model.tie_embeddings": False,
    "model.max_length": 2000, "decoding.max_length": 2000,
})  # fmt: skip
ENDLESS = Wish(bans=(END,))


def asked(subject: Subject) -> tuple[Sentences, list[Event]]:
    told: list[Event] = []
    sentences = Sentences(told.append)
    sentences.subject = subject
    return sentences, told


def last(told: list[Event]) -> Decoded:
    assert isinstance(told[-1], Decoded)
    return told[-1]


def test_that_a_long_text_is_told_in_parts_that_grow() -> None:
    sentences, told = asked(small_subject(1, LONG))
    sentences.answer(Decode("3 1 4", 5, ENDLESS))
    turns = 0
    while sentences.writing:
        sentences.advance()
        turns += 1
    parts = [event.decoding for event in told if isinstance(event, DecodedPart)]
    whole = last(told).decoding
    assert turns > 5 and len(parts) == turns and len(whole.steps) == 2000
    for part in parts:
        assert part.steps == whole.steps[: len(part.steps)] and not part.finished
    lengths = [len(part.steps) for part in parts]
    assert lengths == sorted(set(lengths))
    assert {event.request for event in told if isinstance(event, DecodedPart | Decoded)} == {5}


def test_that_a_short_text_is_told_at_once_and_whole() -> None:
    sentences, told = asked(small_subject(1))
    sentences.answer(Decode("3 1 4", 5))
    assert [type(event) for event in told] == [Decoded] and sentences.writing is None


def test_that_other_commands_are_served_while_a_long_text_is_written() -> None:
    with Worker() as worker:
        worker.send(OpenModel("translate-en-fr"))
        worker.send(Decode("I have lost my watch.", 1, _endless_search()))
        worker.wait(DecodedPart)
        worker.send(Inspect("I have", "J'ai", 2))
        worker.wait(Inspected, lambda event: event.request == 2)
        assert not worker.all(Decoded)
        worker.send(Decode("I have", 3))
        worker.wait(Decoded, lambda event: event.request == 3)
        assert [event.request for event in worker.all(Decoded)] == [3]
    assert not worker.all(Failed)


def _endless_search() -> Wish:
    config = DecodingConfig(method="beam", beams=64, max_length=100, beam_stop="never")
    return Wish(config, bans=(END,))


def test_that_a_text_whose_model_is_trained_on_meanwhile_is_begun_anew(tmp_path: Path) -> None:
    config = small_config({
        "model.max_length": 2000, "decoding.max_length": 2000, "training.steps": 1000,
    })  # fmt: skip
    with Worker() as worker:
        worker.send(StartTraining(config, str(tmp_path / "run"), paused=True))
        worker.send(Decode("3 1 4", 1, ENDLESS))
        worker.wait(DecodedPart)
        worker.send(StepTraining())
        worker.wait(TrainStep)
        told = worker.wait(Decoded, lambda event: event.decoding.step == 1)
        assert len(told.decoding.steps) == 2000
        assert not [e for e in worker.all(Decoded) if e.decoding.step == 0]
    assert not worker.all(Failed)


def test_that_a_rival_is_forced_and_gone_on_from() -> None:
    sentences, told = asked(small_subject(1))
    sentences.answer(Decode("3 1 4", 1))
    plain = last(told).decoding
    rival = plain.steps[0].candidates[1].token.id
    sentences.answer(Decode("3 1 4", 2, Wish(prefix=(rival,))))
    forced = last(told).decoding
    assert forced.steps[0].token.id == rival and forced.steps[0].how == "forced"
    assert forced.steps[0].rank == 2 and forced.steps[1].how == "greedy"
    sentences.answer(Decode("3 1 4", 3, Wish(prefix=(rival,), came=("sampled",))))
    assert last(told).decoding.steps[0].how == "sampled"


def test_that_a_typed_beginning_is_cut_into_tokens() -> None:
    subject = small_subject(1)
    sentences, told = asked(subject)
    sentences.answer(Decode("3 1 4", 1, Wish(text="9 9 1")))
    steps = last(told).decoding.steps
    assert [step.token.text for step in steps[:3]] == ["9", "9", "1"]
    assert [step.how for step in steps[:4]] == ["forced"] * 3 + ["greedy"]


def test_that_a_reference_is_rated_token_by_token_with_its_end() -> None:
    sentences, told = asked(small_subject(1))
    sentences.answer(Decode("3 1 4", 1, Wish(reference="4 1 3")))
    rated = last(told).decoding
    assert rated.reference and rated.text == "4 1 3"
    assert [step.token.id for step in rated.steps][-1] == END
    assert rated.loss == pytest.approx(sum(step.loss for step in rated.steps) / 4)
    for step in rated.steps:
        better = [c for c in step.candidates if c.probability > step.probability + 1e-7]
        assert step.rank == len(better) + 1 or step.rank > 8
        assert (step.candidates[0].token == step.token) == (step.rank == 1)


def test_that_a_plain_question_after_a_wish_is_answered_plainly() -> None:
    sentences, told = asked(small_subject(1))
    sentences.answer(Decode("3 1 4", 1))
    plain = last(told).decoding
    sentences.answer(Decode("3 1 4", 2, Wish(bans=(END,))))
    assert last(told).decoding.text != plain.text
    sentences.answer(Decode("3 1 4", 3))
    assert last(told).decoding is plain


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(bans=tuple(range(40))), "Every token is banned"),
        (Wish(prefix=(5,) * 500), "longer|shorter"),
        (Wish(DecodingConfig(method="beam"), bans=tuple(range(40))), "Every token is banned"),
        (Wish(DecodingConfig(method="beam"), seeds=((5,), (5, 6))), "equally long"),
    ],
)
def test_that_what_cannot_be_written_is_refused_in_words(wish: Wish, said: str) -> None:
    subject = small_subject(1)
    with pytest.raises(SentenceError, match=said):
        Writing(subject, subject.source("3 1"), "3 1", wish).run()
    with Worker() as worker:
        worker.send(OpenModel("reverse"), Decode("3 1 4", 7, wish))
        failed = worker.wait(Failed)
        assert failed.about == "sentence" and failed.request == 7
        worker.send(Decode("3 1 4", 8))
        assert worker.wait(Decoded).decoding.text == "4 1 3"

"""A model from outside that writes slowly: its heads show at once, and again with its text."""

from pathlib import Path

import pytest

pytest.importorskip("transformers")

from explorer.engine import sentences as module
from explorer.engine.sentences import Sentences
from explorer.messages.commands import Decode, Inspect
from explorer.messages.events import Decoded, Event, Inspected
from explorer.subjects.opening import open_subject
from tests.small import CPU
from tests.subjects.outside.small_folder import small_folder


@pytest.fixture
def told() -> list[Event]:
    """What was told."""
    return []


@pytest.fixture
def slow(tmp_path: Path, told: list[Event], monkeypatch: pytest.MonkeyPatch) -> Sentences:
    """A model that never gets far within its first moment."""
    monkeypatch.setattr(module, "_FIRST", 0.0)
    made = Sentences(told.append)
    made.subject = open_subject(str(small_folder(tmp_path / "small")), CPU)
    return made


def finish(sentences: Sentences) -> None:
    """Write to the end."""
    while sentences.writing is not None:
        sentences.advance()


def test_that_the_prompt_shows_at_once_and_the_text_later(
    slow: Sentences, told: list[Event]
) -> None:
    slow.answer(Inspect("the cat", "", 7))
    first = told[-1]
    assert isinstance(first, Inspected) and first.request == 7
    assert first.trace.own_target and first.trace.target_text == ""
    slow.answer(Decode("the cat", -1))  # As the decoder panel asks when it hears of the sentence.
    finish(slow)
    whole = told[-1]
    assert isinstance(whole, Inspected) and whole.request == 7
    (decoded,) = [event for event in told if isinstance(event, Decoded)]
    assert decoded.request == -1 and whole.trace.target_text == decoded.decoding.text
    assert len(whole.trace.target) > len(first.trace.target)


def test_that_a_newer_sentence_takes_its_place(slow: Sentences, told: list[Event]) -> None:
    slow.answer(Inspect("the cat", "", 1))
    slow.answer(Inspect("the old chair", "", 2))
    finish(slow)
    whole = [e for e in told if isinstance(e, Inspected) and e.trace.target_text]
    assert [event.request for event in whole] == [2]


def test_that_it_is_written_even_when_the_decoder_panel_goes(
    slow: Sentences, told: list[Event]
) -> None:
    slow.answer(Inspect("the cat", "", 1))
    slow.answer(Decode("the cat", -1))
    slow.answer(Decode("", -2))
    finish(slow)
    assert isinstance(told[-1], Inspected) and told[-1].trace.target_text

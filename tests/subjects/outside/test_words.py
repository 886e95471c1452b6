"""Tokens as people read them: marks decoded, places and words right, texts back again."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("transformers")

from explorer.subjects.opening import open_subject
from explorer.subjects.outside.pieces import readable, words_of
from explorer.subjects.outside.words import OutsideWords
from tests.subjects.outside.small_folder import small_folder, small_tokenizer

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("piece", "bytewise", "shown"),
    [
        ("Ġcat", True, "cat"), ("Ã©", True, "é"), ("Ċ", True, "↵"), ("Ġ", True, "␣"),
        ("â", True, "‹E2›"), ("▁cat", False, "cat"), ("▁", False, "␣"), ("<0x0A>", False, "↵"),
        ("<0xE2>", False, "‹E2›"), ("##ing", False, "ing"), ("##", False, "##"),
        ("cat</w>", False, "cat"),
    ],
)  # fmt: skip
def test_that_marks_are_decoded(piece: str, bytewise: bool, shown: str) -> None:
    assert readable(piece, bytewise=bytewise, wordpiece=not bytewise) == shown


def test_that_words_are_grouped_by_places() -> None:
    text = "don't stop, 猫だ"
    offsets = [(0, 3), (3, 5), (6, 8), (8, 10), (10, 11), (12, 13), (13, 14)]
    assert words_of(text, offsets) == [0, 0, 1, 1, 2, 3, 4]


@pytest.mark.parametrize("family", ["llama", "gpt2", "bert"])
@given(text=st.text("the cat sleeps on fire", min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_that_places_rise_and_hold_what_is_shown(family: str, text: str) -> None:
    tokens = OutsideWords(small_tokenizer(family), size=60).tokens(text)
    at = 0
    for token in tokens:
        if token.special:
            continue
        assert at <= token.start <= token.end <= len(text)
        at = token.end
        if token.end > token.start and not token.unknown:
            assert text[token.start : token.end].strip() == token.text.strip()


def test_that_a_hidden_word_is_guessed_where_it_stands(tmp_path: Path) -> None:
    subject = open_subject(str(small_folder(tmp_path / "bert", "bert")), CPU)
    for text in ("the cat ___ on the chair", "the cat <mask> on the chair"):
        sentence = subject.source(text)
        assert len(sentence.places) == 1
        hidden = sentence.tokens[sentence.places[0]]
        assert hidden.piece == "<mask>"
        assert text[hidden.start : hidden.end] in ("___", "<mask>")
        after = [t for t in sentence.tokens[sentence.places[0] + 1 :] if t.end > t.start]
        assert "".join(text[t.start : t.end] for t in after) == "onthechair"


def test_that_an_encoder_guesses_each_place_as_transformers_does(tmp_path: Path) -> None:
    from explorer.decoding.stepper import decode

    subject = open_subject(str(small_folder(tmp_path / "bert", "bert")), CPU)
    sentence = subject.source("the cat <mask> on the chair")
    with torch.no_grad():
        logits_LV = subject.model(sentence.as_input(CPU), None)[0]
    found = decode(subject, sentence, "", subject.config.decoding)
    assert [step.token.id for step in found.steps] == [
        int(logits_LV[place].argmax()) for place in sentence.places
    ]


@pytest.mark.parametrize("family", ["t5", "bart", "marian"])
def test_that_a_target_is_what_the_decoder_reads(tmp_path: Path, family: str) -> None:
    subject = open_subject(str(small_folder(tmp_path / family, family)), CPU)
    source, target = subject.source("the old cat"), subject.target("the fire")
    assert source.tokens[-1].piece == "</s>"
    start = subject.model.inner.config.decoder_start_token_id  # type: ignore[attr-defined]
    assert target.tokens[0].id == start
    assert target.tokens[-1].piece != "</s>"

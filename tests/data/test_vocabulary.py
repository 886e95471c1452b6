"""Text to tokens and back."""

import unicodedata
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.vocabulary import SPECIAL, UNKNOWN, Vocabulary, train_vocabulary
from explorer.messages.config import VocabularyKind

CORPUS = ["Das Haus ist groß, nicht klein.", "the house is big", "3 1 4", "שלום עולם", "größer"]
KINDS: tuple[VocabularyKind, ...] = get_args(VocabularyKind)
VOCABULARIES = {kind: train_vocabulary(CORPUS, kind, 200) for kind in KINDS}
ODD = "aD 👩‍🚀🏽é\u0301שלום\u202e\u200f\x00\x07\x1b\r\n\t▁<s>"
ANY_TEXT = st.text() | st.text(alphabet=ODD, max_size=30)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", CORPUS)
def test_that_known_text_comes_back_as_it_was(kind: VocabularyKind, text: str) -> None:
    vocabulary = VOCABULARIES[kind]
    assert vocabulary.text(vocabulary.ids([text])[0]) == text


@pytest.mark.parametrize("kind", KINDS)
@given(text=ANY_TEXT)
def test_that_any_text_is_cut_into_tokens_in_their_places(kind: VocabularyKind, text: str) -> None:
    tokens = VOCABULARIES[kind].tokens(text)
    assert all(0 <= t.start <= t.end <= len(text) for t in tokens)
    assert [t.start for t in tokens] == sorted(t.start for t in tokens)
    assert all(t.text and not t.special for t in tokens)


@pytest.mark.parametrize("kind", KINDS)
@given(text=ANY_TEXT)
def test_that_a_token_stands_where_its_text_stands(kind: VocabularyKind, text: str) -> None:
    for token in VOCABULARIES[kind].tokens(text):
        if not token.unknown and token.text.isalnum():
            there = unicodedata.normalize("NFC", text[token.start : token.end])
            assert token.text in there


@pytest.mark.parametrize("kind", KINDS)
@given(text=ANY_TEXT)
def test_that_cutting_with_and_without_places_agrees(kind: VocabularyKind, text: str) -> None:
    vocabulary = VOCABULARIES[kind]
    assert vocabulary.ids([text])[0] == [token.id for token in vocabulary.tokens(text)]


@given(ids=st.lists(st.integers(0, 250)))
def test_that_any_ids_spell_some_text(ids: list[int]) -> None:
    for vocabulary in VOCABULARIES.values():
        assert isinstance(vocabulary.text(ids), str)


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_half_of_a_surrogate_pair_does_not_break_it(kind: VocabularyKind) -> None:
    VOCABULARIES[kind].tokens("das \ud83d Haus")


def test_that_words_know_their_places() -> None:
    text = "the  big house"
    tokens = VOCABULARIES["word"].tokens(text)
    assert [text[t.start : t.end].strip() for t in tokens] == ["the", "big", "house"]
    assert [t.text for t in tokens] == ["the", "big", "house"]
    assert [t.word for t in tokens] == [0, 1, 2]


def test_that_an_unknown_word_is_shown_as_it_was_typed() -> None:
    unknown = [t for t in VOCABULARIES["word"].tokens("the zebra is big") if t.unknown]
    assert [(t.text, t.id) for t in unknown] == [("zebra", UNKNOWN)]


def test_that_special_tokens_cannot_be_typed() -> None:
    for vocabulary in VOCABULARIES.values():
        assert all(t.id not in (0, 2, 3) for t in vocabulary.tokens("<s> the </s> <pad>"))


def test_that_a_vocabulary_comes_back_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    for kind, vocabulary in VOCABULARIES.items():
        path.write_text(vocabulary.to_json(), encoding="utf-8")
        again = Vocabulary.load(path)
        assert len(again) == len(vocabulary), kind
        assert again.ids(CORPUS) == vocabulary.ids(CORPUS)


@pytest.mark.parametrize("content", ["", "{}", "nonsense", '{"version": "1.0"}'])
def test_that_a_damaged_file_is_told_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"tokenizer\.json cannot be read as a tokenizer"):
        Vocabulary.load(path)


def test_that_a_foreign_tokenizer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(VOCABULARIES["word"].to_json().replace(SPECIAL[0], "[PAD]"))
    with pytest.raises(ValueError, match="not one of ours"):
        Vocabulary.load(path)


def test_that_a_vocabulary_keeps_within_its_size() -> None:
    assert len(train_vocabulary(CORPUS, "word", 16)) == 16


def test_that_an_unknown_word_is_written_apart_from_the_one_before_it() -> None:
    vocabulary = train_vocabulary(["a red hat , a blue hat ."], "word", 100)
    ids = vocabulary.ids(["a red dog , a blue hat ."])[0]
    assert vocabulary.text(ids) == "a red <unk> , a blue hat ."

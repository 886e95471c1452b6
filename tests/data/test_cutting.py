"""Fast cutting is the vocabulary's own, wherever the text is divided."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from explorer.data.cutting import Cutter, spelled_on, whole_lines
from explorer.data.vocabulary import Vocabulary, character_vocabulary, train_vocabulary

TEXT = "Zwei Häuser, 3 Bäume.\n\n  Ein Haus İ!\tEnde\n"
ODD = "abé\u0301İΣß \n\t\x00▁<s>👩‍🚀\ud83d"


def vocabulary(kind: str, lowercase: bool) -> Vocabulary:
    return train_vocabulary([TEXT], kind, 300, lowercase=lowercase, lines=True)  # type: ignore[arg-type]


VOCABULARIES = {
    (kind, lower): vocabulary(kind, lower)
    for kind in ("character", "word", "bpe")
    for lower in (False, True)
}


@settings(deadline=None)
@given(text=st.text() | st.text(alphabet=ODD), size=st.integers(1, 12), cuts=st.integers(1, 9))
def test_that_pieces_are_the_text_and_end_with_lines(text: str, size: int, cuts: int) -> None:
    given_in = [text[i : i + cuts] for i in range(0, len(text), cuts)]
    pieces = list(whole_lines(given_in, size))
    assert "".join(pieces) == text
    assert all(len(piece) <= size for piece in pieces[:-1])
    assert all(len(piece) <= size + 1 for piece in pieces)
    assert all(piece.endswith("\n") for piece in pieces[:-1] if "\n" in piece)


@pytest.mark.parametrize("lower", [False, True])
@settings(deadline=None)
@given(texts=st.lists(st.text() | st.text(alphabet=ODD), max_size=4))
def test_that_characters_are_looked_up_as_the_vocabulary_cuts_them(
    lower: bool, texts: list[str]
) -> None:
    words = VOCABULARIES["character", lower]
    cutter = Cutter(words)
    for _ in range(2):  # The second time from the table alone.
        assert [ids.tolist() for ids in cutter.cut(texts)] == words.ids(texts)


@pytest.mark.parametrize("kind", ["word", "bpe"])
@settings(deadline=None)
@given(text=st.text(alphabet="Haus Bäume,.\n3"), size=st.integers(8, 40))
@example(text="333333  ", size=8)
@example(text=" 333333 \n3", size=8)
def test_that_where_a_text_is_divided_makes_no_difference(kind: str, text: str, size: int) -> None:
    assume(all(len(word) < size - 1 for word in text.split()))  # Longer words are cut in two.
    words = VOCABULARIES[kind, False]
    pieces = list(spelled_on(whole_lines([text], size)))
    ids = np.concatenate([*Cutter(words).cut(pieces), np.zeros(0, np.uint32)])
    assert ids.tolist() == words.ids([text])[0]


@pytest.mark.parametrize("kind", ["character", "bpe"])
@settings(deadline=None)
@given(text=st.text(alphabet="Haus Bäume,.\n\t3"))
def test_that_running_text_comes_back_with_every_space_and_line(kind: str, text: str) -> None:
    words = VOCABULARIES[kind, False]
    assert words.text(words.ids([text])[0]) == text


def test_that_counted_characters_make_the_vocabulary_that_is_learned_from_text() -> None:
    counts = {character: TEXT.count(character) for character in set(TEXT)}
    for lower in (False, True):
        counted = character_vocabulary(counts, 300, lowercase=lower, lines=True)
        assert counted.to_json() == VOCABULARIES["character", lower].to_json()
    few = character_vocabulary(counts, 300, min_count=3, lines=True)
    assert (
        few.to_json()
        == train_vocabulary([TEXT], "character", 300, min_count=3, lines=True).to_json()
    )


def test_that_a_newline_is_shown_and_stands_where_it_is() -> None:
    for kind in ("character", "word", "bpe"):
        tokens = VOCABULARIES[kind, False].tokens("Ein Haus\nEin")
        (newline,) = [token for token in tokens if token.text == "↵"]
        assert (newline.start, newline.end) == (8, 9)
        after = tokens[tokens.index(newline) + 1]
        assert after.start == 9

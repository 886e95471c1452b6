"""Word alignment on attention whose answer is known, and its error rate."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.inspection.alignment import (
    ErrorRate,
    Way,
    averaged,
    links,
    pharaoh,
    read_gold,
    ways,
    word_maps,
)
from explorer.messages.results import Site, SiteKind, Token, Trace

CROSS = Site(SiteKind.CROSS, 0)
MARK = Token(3, "</s>", "</s>", special=True)
START = Token(2, "<s>", "<s>", special=True)


def tokens(text: str, *pieces: str) -> list[Token]:
    """The pieces of a text; a piece may take the space before it along."""
    made, at = [], 0
    for piece in pieces:
        made.append(Token(5, piece, piece, at, at + len(piece)))
        at += len(piece)
    assert at == len(text)
    return made


def trace(weights_QK: list[list[float]]) -> Trace:
    """“the cat sat” read in four pieces, “le chat” written in three."""
    source = (*tokens("the cat sat", "the", " ca", "t", " sat"), MARK)
    target = (START, *tokens("le chat", "le", " ch", "at"))
    weights = {CROSS: np.array([weights_QK], np.float32)}
    return Trace("m", 1, "the cat sat", "le chat", False, source, target, weights)


LOOKS = trace([
    [0.7, 0.1, 0.1, 0.0, 0.1],  # decides “le”
    [0.1, 0.3, 0.3, 0.1, 0.2],  # decides “ch”
    [0.1, 0.0, 0.0, 0.5, 0.4],  # decides “at”
    [0.0, 0.0, 0.0, 0.0, 1.0],
])  # fmt: skip


def test_that_sub_words_are_summed_over_keys_and_averaged_over_queries() -> None:
    map_TS = word_maps(LOOKS, "decides")[0, 0]
    np.testing.assert_allclose(map_TS, [[0.7, 0.2, 0.0, 0.1], [0.1, 0.3, 0.3, 0.3]], atol=1e-6)


def test_that_the_row_of_the_word_itself_can_be_read_instead() -> None:
    map_TS = word_maps(LOOKS, "reads")[0, 0]
    np.testing.assert_allclose(map_TS, [[0.1, 0.6, 0.1, 0.2], [0.05, 0, 0.25, 0.7]], atol=1e-6)


def test_that_marks_are_never_linked_and_the_largest_word_is() -> None:
    assert links(np.array([[0.1, 0.2, 0.7], [0.3, 0.1, 0.6]], np.float32)) == {(1, 0), (0, 1)}
    assert links(np.array([[0.1, 0.2, 0.7]], np.float32), least=0.5) == frozenset()
    assert pharaoh(frozenset({(1, 0), (0, 1)})) == "0-1 1-0"


def test_that_a_model_without_cross_attention_is_told() -> None:
    alone = replace(LOOKS, weights={Site(SiteKind.ENCODER, 0): LOOKS.weights[CROSS]})
    with pytest.raises(ValueError, match="cross-attention"):
        word_maps(alone, "decides")


def test_that_ways_average_their_heads() -> None:
    maps = {(0, 0): np.array([[1, 0]], np.float32), (0, 1): np.array([[0, 1]], np.float32)}
    assert [way.name for way in ways(1, 2)] == [
        "layer 1, head 1", "layer 1, head 2", "layer 1, all heads", "all layers, all heads",
    ]  # fmt: skip
    np.testing.assert_allclose(averaged(maps, Way("", 0)), [[0.5, 0.5]])
    np.testing.assert_allclose(averaged(maps, Way("", 0, 1)), [[0, 1]])


def test_that_gold_links_are_read_and_faults_are_named() -> None:
    assert read_gold("0-1 2p3") == ({(0, 1)}, {(0, 1), (2, 3)})
    assert read_gold("0-1", swapped=True)[0] == {(1, 0)}
    with pytest.raises(ValueError, match="“1_2”"):
        read_gold("1_2")


def test_that_the_error_rate_is_that_of_och_and_ney() -> None:
    rate = ErrorRate()
    found = frozenset({(0, 0), (1, 1), (2, 2)})
    rate.add(found, frozenset({(0, 0), (5, 5)}), frozenset({(0, 0), (5, 5), (1, 1)}))
    assert rate.rate == pytest.approx(1 - (1 + 2) / (3 + 2))
    assert rate.precision == pytest.approx(2 / 3) and rate.recall == pytest.approx(1 / 2)


LINKS = st.frozensets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1)


@given(LINKS, LINKS)
def test_that_the_error_rate_lies_between_0_and_1_and_is_0_for_the_truth(
    found: frozenset[tuple[int, int]], truth: frozenset[tuple[int, int]]
) -> None:
    rate, own = ErrorRate(), ErrorRate()
    rate.add(found, truth, truth)
    own.add(truth, truth, truth)
    assert 0 <= rate.rate <= 1 and own.rate == 0

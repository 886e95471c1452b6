"""Tokens joined to words, marks left out, and two traces subtracted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from explorer.messages.results import Site, SiteKind, Token, Trace
from explorer.messages.shown import AS_IT_IS, Reading, Shown, axis_of, comparable, joined

SELF = Site(SiteKind.ENCODER, 0)
WORDS = st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=9)


def tokens(words: list[int | None]) -> tuple[Token, ...]:
    """A token for each number of a word; None is a mark."""
    return tuple(
        Token(place, f"t{place}", f"p{place}", word=word, special=word is None)
        for place, word in enumerate(words)
    )


@given(WORDS, st.booleans(), st.booleans())
def test_that_every_token_stands_in_one_group_in_order_and_marks_stay_alone(
    words: list[int | None], join: bool, hide: bool
) -> None:
    read = tokens(words)
    axis = axis_of(read, Reading(join, hide))
    places = [place for start, end in axis.groups for place in range(start, end)]
    assert places == [p for p, token in enumerate(read) if not (hide and token.special)]
    for start, end in axis.groups:
        assert end - start == 1 or (join and len({read[p].word for p in range(start, end)}) == 1)
        assert end - start == 1 or read[start].word is not None
    assert axis.plain == (len(axis.groups) == len(read))
    assert len(axis.tokens) == len(axis.groups)


@given(WORDS, st.data())
def test_that_joined_rows_keep_their_sum(words: list[int | None], data: st.DataObject) -> None:
    read = tokens(words)
    raw = data.draw(
        arrays.arrays(np.float32, (len(read),) * 2, elements=st.floats(0.125, 1, width=32))
    )
    weights = raw / raw.sum(axis=1, keepdims=True)
    axis = axis_of(read, Reading(words=True))
    made = joined(weights, axis, axis, renormalise=False)
    np.testing.assert_allclose(made.sum(axis=1), 1, atol=1e-5)
    assert made.shape == (len(axis.groups),) * 2


def test_that_a_joined_weight_is_the_sum_over_keys_and_the_mean_over_queries() -> None:
    weights = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.0, 0.5, 0.5]], np.float32)
    axis = axis_of(tokens([0, 0, 1]), Reading(words=True))
    np.testing.assert_allclose(
        joined(weights, axis, axis, renormalise=False), [[0.45, 0.55], [0.5, 0.5]], atol=1e-6
    )


def test_that_a_mark_at_the_end_is_left_out_too() -> None:
    weights = np.array([[[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.0, 0.5, 0.5]]], np.float32)
    read = tokens([0, 1, None])
    trace = Trace("m", 1, "", "", False, read, (), {SELF: weights})
    hidden = Shown(trace, Reading(hide_special=True))
    np.testing.assert_allclose(hidden.weights(SELF, 0), weights[0, :2, :2])
    whole = Shown(trace, Reading(hide_special=True, renormalise=True)).weights(SELF, 0)
    np.testing.assert_allclose(whole, [[1 / 3, 2 / 3], [0.5, 0.5]], atol=1e-6)
    assert "not renormalised" in hidden.note and not Shown(trace).note
    assert Shown(trace, AS_IT_IS).weights(SELF, 0) is not None


def test_that_a_difference_is_signed_and_other_shapes_are_told() -> None:
    one = np.full((1, 2, 2), 0.5, np.float32)
    other = np.array([[[1, 0], [0.25, 0.75]]], np.float32)
    read = tokens([0, 1])
    now, kept = (
        Trace("m", n, "", "", False, read, (), {SELF: w}) for n, w in ((2, one), (1, other))
    )
    shown = Shown(now, other=kept)
    assert shown.signed and "step 1" in shown.note
    np.testing.assert_allclose(shown.weights(SELF, 0), [[-0.5, 0.5], [0.25, -0.25]])
    larger = Trace("m", 1, "", "", False, read, (), {SELF: np.ones((1, 3, 3), np.float32)})
    assert comparable(now, kept) == "" and "numbers of heads or tokens" in comparable(now, larger)
    assert "layers" in comparable(now, Trace("m", 1, "", "", False, read, (), {}))


@pytest.mark.parametrize("hide", [False, True])
def test_that_where_a_query_may_look_follows_the_reading(hide: bool) -> None:
    read = tokens([0, 0, 1, None])
    allowed = np.tril(np.ones((4, 4), bool))
    weights = np.ones((1, 4, 4), np.float32)
    site = Site(SiteKind.DECODER, 0)
    trace = Trace("m", 1, "", "", False, (), read, {site: weights}, allowed={site.kind: allowed})
    table = Shown(trace, Reading(words=True, hide_special=hide)).allowed(site.kind)
    assert table is not None
    whole = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], bool)
    np.testing.assert_array_equal(table, whole[:2, :2] if hide else whole)

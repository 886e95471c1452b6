"""Parts of maps are what the whole map has there, however it is kept and read."""

import numpy as np
import pytest

from explorer.messages.results import SiteKind
from explorer.messages.shown import Reading, Shown
from explorer.ui.attention import parts
from explorer.ui.widgets.head_selection import HeadSelection
from tests.ui.attention.worked import CROSS, DECODER, ENCODER, in_pieces, made, worked
from tests.ui.heads import trace

READINGS = [
    Reading(words, hide, renormalise)
    for words in (False, True) for hide in (False, True) for renormalise in (False, True)
]  # fmt: skip
CUTS = [slice(None), slice(0, 2), slice(1, 3), slice(2, 3), slice(2, None)]


@pytest.mark.parametrize("reading", READINGS, ids=str)
@pytest.mark.parametrize("signed", [False, True])
def test_that_a_part_of_made_weights_is_that_part_of_the_whole_map(reading: Reading, signed: bool):
    tokens = in_pieces()
    dense = worked(7, 7, tokens=tokens)
    other = worked(7, 7, tokens=tokens, seed=1) if signed else None
    whole = Shown(dense, reading, other)
    lazy = Shown(made(dense), reading, None if other is None else made(other))
    for rows in CUTS:
        for columns in CUTS:
            found = parts.part(lazy, ENCODER, 1, rows, columns)
            wanted = whole.weights(ENCODER, 1)[rows, columns]
            assert found.shape == wanted.shape
            assert np.allclose(found, wanted, atol=1e-6)
            assert np.array_equal(parts.part(whole, ENCODER, 1, rows, columns), wanted)


def test_that_rows_and_columns_are_averaged_over_heads():
    shown = Shown(worked(5, 5, heads=3))
    heads = [(ENCODER, 0), (ENCODER, 2)]
    mean_QK = (shown.weights(ENCODER, 0) + shown.weights(ENCODER, 2)) / 2
    assert np.allclose(parts.mean_row(shown, heads, 3), mean_QK[3])
    assert np.allclose(parts.mean_column(shown, heads, 3), mean_QK[:, 3])


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_that_open_places_are_those_of_the_whole_table(reading: Reading):
    tokens = in_pieces()
    causal = np.tril(np.ones((7, 7), bool))
    shown = Shown(worked(7, 7, tokens=tokens, allowed=causal), reading)
    table_QK = shown.allowed(SiteKind.ENCODER)
    assert table_QK is not None
    for place in range(len(table_QK)):
        keys = parts.open_keys(shown, SiteKind.ENCODER, place)
        queries = parts.open_queries(shown, SiteKind.ENCODER, place)
        assert keys is not None and np.array_equal(keys, table_QK[place])
        assert queries is not None and np.array_equal(queries, table_QK[:, place])


def test_that_without_a_table_every_place_is_open():
    assert parts.open_keys(Shown(worked(3, 3)), SiteKind.ENCODER, 0) is None


class TestHeadsHere:
    def test_that_pinned_heads_of_the_chosen_kind_are_shown_and_others_counted(self):
        selection, shown = HeadSelection(), Shown(trace())
        selection.choose(CROSS, 1)
        for site, head in ((CROSS, 0), (DECODER, 2), (CROSS, 3)):
            selection.pin(site, head)
        assert parts.heads_here(selection, shown) == (((CROSS, 0), (CROSS, 3)), 1)

    def test_that_the_chosen_head_is_shown_when_pinned_ones_are_all_of_other_kinds(self):
        selection, shown = HeadSelection(), Shown(trace())
        selection.choose(CROSS, 1)
        selection.pin(DECODER, 2)
        assert parts.heads_here(selection, shown) == (((CROSS, 1),), 1)

    def test_that_a_site_or_head_that_the_trace_lacks_shows_nothing(self):
        selection, shown = HeadSelection(), Shown(worked(3, 3))
        selection.choose(CROSS, 0)
        assert parts.heads_here(selection, shown) == ((), 0)
        selection.choose(ENCODER, 7)
        assert parts.heads_here(selection, shown) == ((), 0)
        assert parts.heads_here(selection, None) == ((), 0)

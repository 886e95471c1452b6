"""Tiles of every level against the full matrix, and how they come and go."""

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.messages.results import Site, SiteKind, Trace
from explorer.messages.shown import Reading, Shown
from explorer.ui.attention import tiles
from explorer.ui.attention.map_source import MapSource
from explorer.ui.attention.tiles import Key, Tiles, make, top_level
from tests.ui.attention.long import ENCODER, long_trace


@pytest.fixture(scope="module")
def long() -> Trace:
    """700 tokens, of which no map is kept."""
    return long_trace(700)


def whole_of(source: MapSource) -> np.ndarray:
    """The map from the definition: a softmax over whole rows, then joined as the reading has it."""
    heads = source.shown.trace.heads[source.site]
    scores = heads.query_HQD[source.head].astype(float) @ heads.key_HKD[source.head].T
    scores /= np.sqrt(heads.query_HQD.shape[-1])
    if heads.allowed is not None:
        scores[~heads.allowed] = -np.inf
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def blocks_of(whole: np.ndarray, key: Key, how: str) -> np.ndarray:
    """What a tile should hold, block by block."""
    rows, columns = key.part
    part, factor = whole[rows, columns], key.factor
    beyond = [(0, -count % factor) for count in part.shape]
    filled = np.pad(part, beyond, constant_values=np.nan)
    high, wide = (count // factor for count in filled.shape)
    apart = filled.reshape(high, factor, wide, factor)
    return (np.nanmax if how == "maximum" else np.nanmean)(apart, axis=(1, 3))


@pytest.mark.parametrize("how", ["maximum", "mean"])
@pytest.mark.parametrize("causal", [False, True])
def test_that_tiles_of_every_level_are_the_full_matrix_pooled(how, causal) -> None:
    source = MapSource(Shown(long_trace(700, causal=causal)), ENCODER, 1)
    whole = whole_of(source)
    assert source.large and top_level(source.shape) == 2
    for level in range(3):
        across = -(-700 // (256 << level))
        for row in range(across):
            for column in range(across):
                key = Key(source, how, level, row, column)
                tile = make(key)
                assert tile is not None
                np.testing.assert_allclose(
                    tile.values, blocks_of(whole, key, how), rtol=2e-4, atol=1e-7
                )
                if causal:
                    assert tile.closed is not None and tile.closed.any() == (column >= row)


def test_that_tiles_by_row_are_shares_of_the_largest_of_the_row(long: Trace) -> None:
    source = MapSource(Shown(long), ENCODER, 0)
    whole = whole_of(source)
    whole /= whole.max(axis=1, keepdims=True)
    key = Key(source, "maximum", 1, 0, 1, by_row=True)
    tile = make(key, source.peaks())
    assert tile is not None
    np.testing.assert_allclose(tile.values, blocks_of(whole, key, "maximum"), rtol=2e-4, atol=1e-6)


def test_that_joined_words_and_differences_have_exact_tiles_too(long: Trace) -> None:
    other = long_trace(700, seed=5)
    for reading in (Reading(words=True), Reading(hide_special=True, renormalise=True)):
        shown = Shown(long, reading, other)
        source = MapSource(shown, ENCODER, 1)
        whole = shown.weights(ENCODER, 1)
        assert whole.shape == source.shape
        for key in (Key(source, "maximum", 0, 0, 0), Key(source, "maximum", 1, 0, 0)):
            tile = make(key)
            rows, columns = key.part
            assert tile is not None
            part = whole[rows, columns]
            for y, x in ((0, 0), (5, 7), (tile.values.shape[0] - 1, tile.values.shape[1] - 1)):
                block = part[
                    y * key.factor : (y + 1) * key.factor, x * key.factor : (x + 1) * key.factor
                ]
                furthest = block.flat[np.abs(block).argmax()]
                assert tile.values[y, x] == pytest.approx(furthest, abs=1e-5)


def test_that_tiles_come_on_another_thread_and_stay_within_their_bytes(
    qtbot: QtBot, long: Trace
) -> None:
    source = MapSource(Shown(long), ENCODER, 0)
    keys = [Key(source, "maximum", 0, row, column) for row in range(3) for column in range(3)]
    tiled = Tiles(budget=3 * 256 * 256 * 4)
    tiled.want(keys)
    assert tiled.busy and tiled.get(keys[0]) is None
    qtbot.waitUntil(lambda: not tiled.busy and tiled.get(keys[-1]) is not None)
    assert tiled.bytes <= 3 * 256 * 256 * 4
    assert tiled.get(keys[0]) is None  # The eldest made room.


def test_that_what_is_wanted_no_more_is_not_made(
    qtbot: QtBot, long: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, made = MapSource(Shown(long), ENCODER, 0), []
    real = tiles.make
    monkeypatch.setattr(tiles, "make", lambda key, *more: made.append(key) or real(key, *more))
    keys = [Key(source, "maximum", 2, 0, 0), *(Key(source, "mean", 0, 0, at) for at in range(3))]
    tiled = Tiles()
    tiled.want(keys)
    tiled.want(keys[-1:])
    qtbot.waitUntil(lambda: tiled.get(keys[-1]) is not None and not tiled._running)
    assert set(made) <= {keys[0], keys[-1]}  # The first may have begun already.
    assert tiled.get(keys[1]) is None and tiled.get(keys[2]) is None


def test_that_another_trace_takes_the_place_of_all_tiles(qtbot: QtBot, long: Trace) -> None:
    old, new = (MapSource(Shown(long), ENCODER, 0) for _ in range(2))
    tiled, key = Tiles(), Key(old, "maximum", 2, 0, 0)
    tiled.want([key, old])
    qtbot.waitUntil(lambda: tiled.get(key) is not None and tiled.peaks(old) is not None)
    tiled.forget(MapSource(old.shown, ENCODER, 1))
    assert tiled.get(key) is not None  # Another head of the same trace.
    tiled.forget(new)
    assert tiled.get(key) is None and tiled.peaks(old) is None and tiled.bytes == 0


def test_that_a_tile_which_fails_is_told_once_and_not_asked_for_again(
    qtbot: QtBot, long: Trace, expect_log: Callable[[str], None]
) -> None:
    expect_log("could not be made")
    broken = MapSource(Shown(long), Site(SiteKind.ENCODER, 9), 0)
    tiled, key = Tiles(), Key(broken, "maximum", 0, 0, 0)
    tiled.want([key])
    qtbot.waitUntil(lambda: not tiled._running)
    tiled.want([key])
    assert not tiled._running

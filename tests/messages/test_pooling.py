"""Pooled maps against blocks of the whole map, taken one at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.messages.pooling import any_open, pooled, pooled_part

MAP = np.random.default_rng(0).standard_normal((37, 53)).astype(np.float32)


def blocks(factor: int):
    """Row, column and weights of every block."""
    for row, top in enumerate(range(0, 37, factor)):
        for column, left in enumerate(range(0, 53, factor)):
            yield row, column, MAP[top : top + factor, left : left + factor]


@pytest.mark.parametrize("factor", [1, 2, 4, 8, 64])
def test_that_each_pooled_weight_is_the_maximum_or_the_mean_of_its_block(factor: int) -> None:
    largest, mean = pooled(MAP, factor, "maximum"), pooled(MAP, factor, "mean")
    signed = pooled(MAP, factor, "maximum", signed=True)
    for row, column, block in blocks(factor):
        assert largest[row, column] == block.max()
        assert mean[row, column] == pytest.approx(block.mean(), abs=1e-6)
        assert signed[row, column] == block.flat[np.abs(block).argmax()]


def test_that_a_block_is_open_if_any_of_it_is() -> None:
    allowed = np.tri(5, dtype=bool)
    assert any_open(allowed, 2).tolist() == [
        [True, False, False], [True, True, False], [True, True, True],
    ]  # fmt: skip


@given(st.integers(0, 4), st.integers(1, 16), st.booleans())
def test_that_bands_make_the_same_as_the_whole(level: int, band: int, mean: bool) -> None:
    factor, how = 1 << level, "mean" if mean else "maximum"
    asked: list[int] = []

    def make(rows: slice, columns: slice) -> np.ndarray:
        asked.append((rows.stop - rows.start) * (columns.stop - columns.start))
        return MAP[rows, columns]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.messages.pooling._BAND", band * 53)
        found = pooled_part(make, slice(0, 37), slice(0, 53), factor, how)
    assert found is not None
    np.testing.assert_array_equal(found, pooled(MAP, factor, how))
    assert max(asked) <= max(band, factor) * 53


def test_that_what_is_wanted_no_more_is_given_up_between_bands() -> None:
    made: list[slice] = []

    def make(rows: slice, columns: slice) -> np.ndarray:
        made.append(rows)
        return MAP[rows, columns]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.messages.pooling._BAND", 53)
        found = pooled_part(
            make, slice(0, 37), slice(0, 53), 1, "maximum", wanted=lambda: len(made) < 3
        )
    assert found is None and len(made) == 3

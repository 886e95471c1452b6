"""Points of a curve: what a drawing takes together is what the points say."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ui.widgets.series import BLOCK, Series, even_edges

VALUES = st.floats(-1e3, 1e3) | st.sampled_from([float("nan"), float("inf")])


def filled(values: list[float], pieces: int = 1) -> Series:
    series = Series()
    at = np.arange(len(values), dtype=float)
    for part in np.array_split(np.arange(len(values)), pieces):
        series.append(at[part], np.array(values)[part])
    return series


def check(series: Series, edges: np.ndarray) -> None:
    """Every bucket says what the points between its bounds say."""
    buckets = series.reduce(edges)
    ends = np.searchsorted(series.x, buckets.x)  # A point in the middle of each bucket.
    assert len(np.unique(ends)) == len(ends)
    finite = np.isfinite(series.y[edges[0] : edges[-1]])
    total = series.y[edges[0] : edges[-1]][finite]
    if len(total):
        assert np.nanmin(buckets.low) == total.min()
        assert np.nanmax(buckets.high) == total.max()


@given(st.lists(VALUES, min_size=1, max_size=700), st.integers(1, 9), st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_that_buckets_hold_every_point_once(values: list[float], pieces: int, most: int) -> None:
    series = filled(values, pieces)
    assert np.array_equal(series.y, values, equal_nan=True)
    check(series, even_edges(0, len(series), most))


@given(st.integers(1, 5000), st.integers(2, 40))
@settings(max_examples=60, deadline=None)
def test_that_the_mean_of_even_buckets_is_the_mean_of_their_points(size: int, most: int) -> None:
    values = np.sin(np.arange(size)) * np.arange(size)
    series = filled(list(values))
    edges = even_edges(0, size, most)
    buckets = series.reduce(edges)
    expected = [values[a:b].mean() for a, b in pairwise(edges)]
    np.testing.assert_allclose(buckets.mean, expected, atol=1e-9)
    assert buckets.largest == np.diff(edges).max()


def test_that_edges_of_rising_width_keep_first_steps_apart_and_lose_no_extreme() -> None:
    values = np.zeros(100_000)
    values[[3, 777, 99_999]] = 5, 9, 7
    series = filled(list(values))
    edges = np.unique(np.geomspace(1, 100_001, 300).astype(int) - 1)
    buckets = series.reduce(edges)
    assert buckets.high[3] == buckets.mean[3] == 5
    assert sorted(buckets.high[buckets.high > 0]) == [5, 7, 9]


def test_that_buckets_stay_where_they_are_while_a_curve_grows() -> None:
    series = filled(list(np.random.default_rng(0).normal(size=10_000)))
    before = series.reduce(even_edges(0, len(series), 400))
    series.append(np.arange(10_000, 10_200), np.ones(200))
    after = series.reduce(even_edges(0, len(series), 400))
    kept = len(before.mean) - 1
    assert np.array_equal(before.mean[:kept], after.mean[:kept])


def test_that_values_that_are_not_numbers_are_left_out_of_means() -> None:
    series = filled([1.0, float("nan"), 3.0, float("inf")])
    buckets = series.reduce(np.array([0, 4]))
    assert buckets.mean.tolist() == [2.0]
    assert (buckets.low[0], buckets.high[0]) == (1.0, 3.0)


def test_that_a_bucket_without_numbers_is_a_gap() -> None:
    series = filled([float("nan")] * (3 * BLOCK))
    assert np.isnan(series.reduce(np.array([0, 3 * BLOCK])).mean).all()


def test_that_points_of_a_run_that_goes_on_earlier_replace_the_later_ones() -> None:
    series = filled([0.0] * 100)
    series.append([50, 51], [1.0, 2.0])
    assert len(series) == 52
    assert series.reduce(np.array([0, 52])).high.tolist() == [2.0]


def test_that_points_that_were_handed_out_stay_as_they_are() -> None:
    series = filled([1.0] * 100)
    held = series.y
    series.append(50, 2.0)
    series.clear()
    series.append(0, 3.0)
    assert (held == 1.0).all()


def test_that_the_nearest_point_is_found() -> None:
    series = Series()
    assert series.nearest(3) is None
    series.append([10, 20, 40], [1, 2, 3])
    assert [series.nearest(x) for x in (0, 14, 16, 29, 31, 99)] == [0, 0, 1, 1, 2, 2]

"""Which rows a step learns from, whatever batch sizes there were before it."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.epochs import Epochs

Sizes = list[tuple[int, int]]


def epochs(count: int, size: int, changes: Sizes, seed: int = 0) -> Epochs:
    made = Epochs(np.arange(count) % 7, size, seed)
    for step, new in changes:
        made.resize(step, new)
    return made


def course(count: int, size: int, changes: Sizes, steps: int) -> list[list[int]]:
    """The rows of every step as a run meets them: each change when its step has come."""
    made, rows = epochs(count, size, []), []
    for step in range(steps):
        for at, new in changes:
            if at == step:
                made.resize(step, new)
        rows.append(made.rows(step).tolist())
    return rows


sizes = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=4).map(sorted)


@given(st.integers(1, 40), st.integers(1, 12), sizes)
def test_that_a_step_is_a_function_of_its_number_and_the_changes(
    count: int, size: int, changes: Sizes
) -> None:
    lived = course(count, size, changes, 40)
    told = epochs(count, size, changes)
    for step in (39, 0, 17, 31, 5):
        assert told.rows(step).tolist() == lived[step]


@given(st.integers(1, 40), st.integers(1, 12), sizes)
def test_that_batches_have_the_size_of_their_time(count: int, size: int, changes: Sizes) -> None:
    rows = course(count, size, changes, 40)
    for step, batch in enumerate(rows):
        now = ([size] + [new for at, new in changes if at <= step])[-1]
        assert len(batch) == min(now, count)
        assert len(set(batch)) == len(batch)


def test_that_an_epoch_goes_on_with_the_rows_that_were_left() -> None:
    rows = course(40, 4, [(3, 7)], 7)
    assert [len(batch) for batch in rows] == [4, 4, 4, 7, 7, 7, 7]
    assert sorted(row for batch in rows for row in batch) == list(range(40))


def test_that_no_row_is_met_much_more_often_than_another() -> None:
    seen = Counter(row for batch in course(40, 4, [(3, 8), (9, 2), (33, 5)], 60) for row in batch)
    assert set(seen) == set(range(40))
    assert max(seen.values()) - min(seen.values()) <= 2


def test_that_a_change_taken_back_at_once_never_was() -> None:
    assert course(40, 4, [(3, 8), (3, 4)], 20) == course(40, 4, [], 20)

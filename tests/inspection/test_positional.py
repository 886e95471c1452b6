"""How much of the scores relative position explains by itself."""

import numpy as np
import pytest

from explorer.inspection.measures import measure_heads
from explorer.inspection.positional import Offsets
from tests.inspection.hand import ENCODER, hand_trace, heads_with


def test_that_scores_of_position_alone_are_wholly_positional():
    offset = np.subtract.outer(np.arange(9), np.arange(9))
    scores = np.sin(offset * 1.7)[None].astype(np.float32)
    assert share_of(scores) == pytest.approx(1, abs=1e-4)


def test_that_a_constant_added_to_a_row_changes_nothing():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(1, 9, 9)).astype(np.float32)
    shifted = scores + rng.normal(size=(1, 9, 1)).astype(np.float32) * 5
    assert share_of(scores) == pytest.approx(share_of(shifted), abs=1e-3)


def test_that_chance_gives_nothing_on_average():
    rng = np.random.default_rng(1)
    shares = [share_of(rng.normal(size=(1, 12, 12)).astype(np.float32)) for _ in range(60)]
    assert abs(np.mean(shares)) < 0.03


@pytest.mark.parametrize("causal", [False, True])
def test_that_it_agrees_with_ordinary_least_squares(causal: bool):
    """Dummy variables for rows and offsets, solved by numpy."""
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(7, 7)) + 0.8 * np.subtract.outer(np.arange(7), np.arange(7))
    open_QK = np.tri(7, dtype=bool) if causal else np.ones((7, 7), bool)
    q, k = open_QK.nonzero()
    rows, offsets = np.eye(7)[q], np.eye(13)[k - q + 6]
    y = scores[q, k]

    def left_over(design: np.ndarray) -> tuple[float, int]:
        fit, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
        return float(((y - design @ fit) ** 2).sum()), len(y) - int(rank)

    (all_, free), (rows_only, free_rows) = (
        left_over(np.hstack([rows, offsets])),
        left_over(rows),
    )
    expected = 1 - (all_ / free) / (rows_only / free_rows)
    assert Offsets(open_QK).share(scores.astype(np.float32)) == pytest.approx(expected, abs=1e-5)


def share_of(scores: np.ndarray) -> float:
    heads = heads_with(scores)
    weights = np.stack([heads.block(0)])
    text = "abcdefghijkl"[: scores.shape[1]]
    trace = hand_trace({ENCODER: weights}, text, heads={ENCODER: heads})
    return measure_heads(trace).value(ENCODER, 0, "positional")

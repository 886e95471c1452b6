"""The benchmark of the phase change: its window, and that nothing is marked where nothing moves.

That the detector finds one is held on the sample run `induction`, whose weights ship.
"""

from pathlib import Path

import pytest

from benchmarks.phase_change import fall_of, look, settings, train


@pytest.mark.slow
def test_that_nothing_is_marked_where_no_weight_moves(tmp_path: Path) -> None:
    config = settings("rate 1e-30", 0, {"training.steps": 80})
    train(config, tmp_path / "run", 80, shuffled=False)
    found = look(tmp_path / "run", "rate 1e-30", 0)
    assert found.marks == () and found.window is None


def test_that_the_window_is_where_the_running_mean_falls() -> None:
    losses = [5.0] * 30 + [2.7] * 70 + [0.05] * 60
    window = fall_of(losses, 16)
    assert window is not None
    first, last = window
    assert 100 <= first <= 105 and 120 <= last <= 126
    assert fall_of([5.0] * 30 + [2.7] * 100, 16) is None

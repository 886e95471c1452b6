"""A run that is killed at any instant opens again and comes to the very same weights."""

import os
from pathlib import Path

import pytest
import torch

from benchmarks.killing import kill_often


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
def test_that_a_killed_run_opens_and_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        told = kill_often(tmp_path, times=5, steps=40)
    finally:
        torch.set_num_threads(threads)
    assert len(told) == 5
    assert any(one.step > 0 for one in told), "some had a checkpoint to go on from"

"""Two processes that share every batch learn what one learns from it."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from explorer.runs.metrics import read_history
from tests.small import SMALL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def train(
    out: Path, processes: int, values: Mapping[str, object] = {}, *more: str
) -> "subprocess.CompletedProcess[str]":
    """The command line under `torchrun`, as a person starts it."""
    settings = {**SMALL, "model.dropout": 0.0, **values}
    sets = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    started = ("--nproc-per-node", str(processes), "--master-port", str(port()))
    command = [
        sys.executable, "-m", "torch.distributed.run", *started, "-m", "explorer", "train",
        "reverse", "--out", str(out), "--device", "cpu", *(sets if "--resume" not in more else ()),
        *more,
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=390, check=False
    )


# Muon makes its steps orthogonal in bfloat16, which carries the rounding of a sum in two parts on.
@pytest.mark.parametrize(("optimizer", "apart"), [("adamw", 1e-5), ("muon", 2e-3)])
def test_that_two_processes_give_the_loss_curve_of_one(
    tmp_path: Path, optimizer: str, apart: float
) -> None:
    values = {"training.optimizer": optimizer, "training.batch_size": 7, "training.accumulate": 2}
    told = [train(tmp_path / str(n), n, values, "--json") for n in (1, 2)]
    assert [done.returncode for done in told] == [0, 0], told[1].stderr
    one, two = (read_history(tmp_path / str(n) / "metrics.jsonl") for n in (1, 2))
    assert two.steps.tolist() == list(range(1, 21))  # Once: only the first process writes.
    np.testing.assert_allclose(two.losses, one.losses, atol=apart)
    validated = [[m.loss for m in history.measurements] for history in (one, two)]
    np.testing.assert_allclose(validated[1], validated[0], atol=apart)
    assert told[1].stdout.count('"validation_loss"') == 1


def test_that_two_processes_go_on_with_a_run_and_a_changed_rate(tmp_path: Path) -> None:
    assert train(tmp_path / "whole", 2).returncode == 0
    assert train(tmp_path / "parts", 2, {"training.steps": 10}).returncode == 0
    settings = tmp_path / "parts" / "run.toml"
    settings.write_text(settings.read_text().replace("steps = 10\n", "steps = 20\n"))
    done = train(tmp_path / "parts", 2, {}, "--resume", "--set", "training.clip_norm=0.9")
    assert done.returncode == 0, done.stderr
    history = read_history(tmp_path / "parts" / "metrics.jsonl")
    assert history.steps.tolist() == list(range(1, 21))
    assert [(c.step, c.value) for c in history.changes] == [(10, 0.9)]


def test_that_an_error_in_one_process_ends_all(tmp_path: Path) -> None:
    done = train(tmp_path / "run", 2, {"training.batch_size": 1})
    assert done.returncode != 0
    assert "cannot be shared by 2 processes" in done.stderr

"""A run's room on disk is bounded: ten thousand steps of a million parameters take under 300 MB."""

from pathlib import Path

import pytest

from explorer.data.prepare import prepare
from explorer.messages.config import RunConfig, TrainingConfig
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.runs.checkpoints import is_snapshot_step
from explorer.runs.room import expected_bytes, kept_steps
from explorer.runs.watch import MOST_BYTES
from explorer.runs.weights import save_weights
from explorer.subjects.subject import make_model
from explorer.training.optimizers import make_optimizers
from tests.small import begin, finish

STEPS = 10_000
LIMIT = 300e6
LINE = 180
"""Bytes of a step in the log of figures, at most."""


def kept(steps: int) -> list[int]:
    return [step for step in range(steps + 1) if is_snapshot_step(step, steps)]


def test_that_the_first_and_the_last_weights_are_always_kept_and_never_many() -> None:
    for steps in (1, 7, 20, 400, 1500, STEPS, 1_000_003):
        found = kept(steps) if steps <= STEPS else [0, steps]
        assert found[0] == 0 and found[-1] == steps
        assert len(found) <= 21 + steps.bit_length()


def test_that_ten_thousand_steps_of_a_million_parameters_take_under_300_mb(tmp_path: Path) -> None:
    config = with_values(load_preset("reverse"), {
        "model.width": 128, "model.feed_forward": 512, "model.encoder_layers": 2,
        "model.decoder_layers": 2, "training.steps": STEPS,
    })  # fmt: skip
    model = make_model(prepare(config).coding)
    assert 0.9e6 < model.parameter_count() < 1.1e6
    save_weights(tmp_path / "weights.safetensors", model)
    snapshot = (tmp_path / "weights.safetensors").stat().st_size
    defaults = TrainingConfig()
    assert config.training.keep_checkpoints == defaults.keep_checkpoints == 2
    optimizers = make_optimizers(model, config.training)
    moments = 2 * 4 * sum(
        p.numel() for part in optimizers.parts for group in part.param_groups
        for p in group["params"]
    )  # fmt: skip
    checkpoints = (config.training.keep_checkpoints + 1) * (snapshot + moments)  # One is written.
    total = len(kept(STEPS)) * snapshot + checkpoints + MOST_BYTES + STEPS * LINE
    assert total < LIMIT, f"{total / 1e6:.0f} MB"
    told = expected_bytes(model, config.training)
    assert told == pytest.approx(total - MOST_BYTES, rel=0.01), "what is told is this sum"


@pytest.mark.parametrize("steps", [1, 7, 20, 400, 1500, 4097, STEPS])
def test_that_the_number_of_kept_steps_is_told_without_walking_through_all(steps: int) -> None:
    assert kept_steps(steps) == len(kept(steps))


def test_that_a_real_run_takes_what_the_sum_says(tmp_path: Path) -> None:
    steps = 40
    run = begin(tmp_path / "run", [], {"training.steps": steps})
    finish(run)
    told = expected_bytes(run.trainer.model, run.trainer.config.training)
    files = {path: path.stat().st_size for path in run.folder.path.rglob("*") if path.is_file()}
    assert 0.5 * told < sum(files.values()) < 1.1 * told
    snapshots = [path for path in files if path.parent.name == "snapshots"]
    assert len(snapshots) == len(kept(steps))
    assert len({files[path] for path in snapshots}) == 1
    log = next(size for path, size in files.items() if path.name == "metrics.jsonl")
    assert log < steps * LINE * 1.5, "evaluations are lines too"
    assert isinstance(run.trainer.config, RunConfig)
    names = {path.name for path in files if "checkpoints" in path.parts}
    assert names == {"model.safetensors", "optimizer.safetensors", "state.json"}
    weights = files[snapshots[0]]
    for path, size in files.items():
        if path.name == "optimizer.safetensors":
            assert size == pytest.approx(2 * weights, rel=0.2)

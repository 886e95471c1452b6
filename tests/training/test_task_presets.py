"""The quickest presets of generated tasks reach the accuracy that the table in docs states."""

from pathlib import Path

import pytest

from explorer.engine.training_command import train_run
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values


@pytest.mark.slow
@pytest.mark.parametrize("name", ["needle", "recall", "modular"])
def test_that_a_preset_learns_its_task(name: str, tmp_path: Path) -> None:
    config = with_values(load_preset(name), {"training.evaluate_examples": "300"})
    result = train_run(config, tmp_path / name, "cpu", resume=False, quiet=True)
    assert result is not None and result["exact_match"] >= 0.99, result

"""The application as its own process: it opens, works, and ends by itself without a word."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.messages.presets import all_presets
from explorer.runs.folder import RunFolder

SCRIPT = """
import json, sys, time
from PySide6.QtCore import QTimer
from explorer import app
from explorer.messages.commands import StartTraining
from explorer.messages.events import Decoded, Ended, Failed, Inspected, TrainStep
from explorer.messages.presets import all_presets

folder, moment = sys.argv[1], int(sys.argv[2])
config = next(preset.config for preset in all_presets() if preset.name == "reverse")
told = {"steps": 0, "failed": [], "inspected": 0, "decoded": 0}

class Person:
    def watch(self, window, session):
        self.window, self.session = window, session
        session.attach(self)
        session.send(StartTraining(config, folder))

    def receive(self, events):
        for event in events:
            if isinstance(event, TrainStep):
                told["steps"] = event.step
                if event.step >= moment and "closed" not in told:
                    told["closed"] = time.perf_counter()
                    QTimer.singleShot(0, self.window.close)
            elif isinstance(event, Failed) and event.about in ("training", "engine"):
                told["failed"].append(event.message)
            elif isinstance(event, Inspected):
                told["inspected"] += 1
            elif isinstance(event, Decoded):
                told["decoded"] += 1

status = app.run(text="3 1 4 1 5", observer=Person())
told["seconds"] = time.perf_counter() - told["closed"]
print(json.dumps(told))
sys.exit(status)
"""


@dataclass
class Left:
    """What a process left: its exit status, its words, and what it told."""

    status: int
    errors: str
    told: dict[str, object]
    folder: RunFolder


def run_and_close(folder: Path, moment: int) -> Left:
    """Train in a window of its own process, and close it after so many steps."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(moment)],
        capture_output=True, text=True, check=False, timeout=150, env=dict(os.environ),
    )  # fmt: skip
    lines = done.stdout.splitlines()
    told = json.loads(lines[-1]) if lines else {}
    return Left(done.returncode, done.stderr, told, RunFolder(folder))


@pytest.mark.parametrize("moment", [1, 25])
def test_that_closing_in_mid_training_ends_the_process_cleanly(tmp_path: Path, moment: int) -> None:
    left = run_and_close(tmp_path / "run", moment)
    words = [line for line in left.errors.splitlines() if "plugin does not support" not in line]
    assert (left.status, words) == (0, [])
    assert left.told["failed"] == []
    assert isinstance(left.told["seconds"], float) and left.told["seconds"] < 2
    newest = left.folder.checkpoints()[-1]
    assert int(newest.name.removeprefix("step-")) >= moment
    assert left.folder.config() == next(p.config for p in all_presets() if p.name == "reverse")


def test_that_the_typed_sentence_was_answered_before(tmp_path: Path) -> None:
    left = run_and_close(tmp_path / "run", 60)
    assert left.told["inspected"] and left.told["decoded"]

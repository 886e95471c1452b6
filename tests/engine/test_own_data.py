"""One's own data at the worker: looked at while it trains, and given up when a person leaves."""

from pathlib import Path

import pytest

from explorer.messages.commands import (
    Command,
    PreviewData,
    Shutdown,
    StartTraining,
    StopTraining,
)
from explorer.messages.config import RunConfig
from explorer.messages.events import DataPreviewed, Event, Failed, Progress, TrainingChanged
from explorer.messages.settings import with_values
from explorer.messages.task_config import TaskConfig
from tests.engine.worker import Worker


def text(folder: Path) -> RunConfig:
    file = folder / "bottles.txt"
    file.write_text("".join(f"{i} green bottles hanging on the wall\n" for i in range(20_000)))
    return with_values(
        RunConfig(),
        {"task.name": "text", "task.file": str(file), "model.architecture": "decoder-only"},
    )


class Leaver:
    """Sends a command at the very moment when text begins to be cut."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self.worker: Worker | None = None

    def __call__(self, event: Event) -> None:
        cutting = isinstance(event, Progress) and event.doing.startswith("Cutting")
        if cutting and self.worker is not None:
            self.worker.send(self._command)
            self.worker = None


def test_that_data_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("ein Haus\ta house\n" * 3)
    with Worker() as worker:
        worker.send(PreviewData(TaskConfig(name="text", file=str(file)), "", True, 7))
        found = worker.wait(DataPreviewed)
        worker.send(PreviewData(TaskConfig(name="text", file="/nowhere"), "", True, 8))
        missing = worker.wait(DataPreviewed, lambda event: event.request == 8)
    assert found.request == 7 and found.preview.settings.name == "pairs"
    assert [token.text for token in found.preview.tokens] == ["ein", "Haus"]
    assert "/nowhere cannot be read" in missing.preview.error


@pytest.mark.parametrize("command", [StopTraining(), Shutdown()])
def test_that_a_long_preparation_is_given_up(
    tmp_path: Path, user_folder: Path, command: Command
) -> None:
    leaver = Leaver(command)
    with Worker(watch=leaver) as worker:
        leaver.worker = worker
        worker.send(StartTraining(text(tmp_path), str(tmp_path / "run")))
        failed = worker.wait(Failed)
    assert "Stopped before the data was ready" in failed.message
    assert not any(isinstance(event, TrainingChanged) for event in worker.told)
    assert not (tmp_path / "run").exists() and not list(user_folder.rglob("*.ids"))

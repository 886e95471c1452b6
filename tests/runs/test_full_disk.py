"""A disk that takes no more: told in words, old checkpoints intact, and training goes on."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from explorer.messages.events import Event, Failed, RunSaved
from explorer.runs.metrics import read_history
from explorer.runs.watch import Watched, WatchFolder
from tests.small import begin, finish, open_again, reopen

resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
VALUES = {"training.steps": 12, "training.checkpoint_every": 3, "training.keep_checkpoints": 9}


@contextmanager
def no_file_past(size: int) -> Iterator[None]:
    """The system refuses to make any file of this process longer than that many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 512 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may not mount a file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def failures(told: list[Event]) -> list[str]:
    return [event.message for event in told if isinstance(event, Failed)]


def test_that_training_goes_on_when_files_cannot_be_written(tmp_path: Path) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told, VALUES)
    for _ in range(4):
        run.step()
    with no_file_past(600):
        for _ in range(4):
            run.step()
    assert run.trainer.step == 8
    assert [p.name for p in run.folder.checkpoints()] == ["step-00000003"]
    assert open_again(run.folder.path).step == 3
    assert any("Step 6 could not be saved in" in said for said in failures(told))
    assert "File too large" in failures(told)[0] and "training goes on" in failures(told)[0]


def test_that_nothing_is_lost_once_there_is_room_again(tmp_path: Path) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told, VALUES)
    with no_file_past(600):
        for _ in range(7):
            run.step()
    assert failures(told) and not run.folder.checkpoints()
    finish(run)
    assert [e.step for e in told if isinstance(e, RunSaved)] == [9, 12]
    assert read_history(run.folder.metrics).steps.tolist() == list(range(1, 13))
    again = reopen(run.folder.path, [])
    for name, value in run.trainer.model.state_dict().items():
        assert torch.equal(value, again.trainer.model.state_dict()[name])


def test_that_a_full_disk_is_named_as_what_it_is(tiny_disk: Path) -> None:
    told: list[Event] = []
    run = begin(tiny_disk / "run", told, VALUES)
    for _ in range(3):
        run.step()
    with (tiny_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError):
        while True:
            filler.write(bytes(4096))
    finish(run)
    assert run.trainer.step == 12
    assert all("No space left on device" in said for said in failures(told))
    assert failures(told) and "free some space" in failures(told)[0]
    assert open_again(run.folder.path).step == 3
    (tiny_disk / "filler").unlink()
    run.save()
    run.close()
    assert open_again(run.folder.path).step == 12
    assert read_history(run.folder.metrics).steps.tolist() == list(range(1, 13))


def test_that_a_full_disk_stops_snapshots_and_watching_with_words_and_not_the_training(
    tmp_path: Path,
) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told, VALUES)
    run.watch([Watched("3 1 4", "4 1 3")])
    with no_file_past(600):
        for _ in range(12):
            run.step()
    assert run.trainer.step == 12 and not run.folder.snapshots()
    said = failures(told)
    assert any("could not be saved" in one and "training goes on" in one for one in said)
    assert sum("Watched sentences are no longer recorded from step 0" in one for one in said) == 1
    assert not list(WatchFolder.of(run.folder).path.glob("step-*")), "no half of a file is left"
    finish(run)
    assert open_again(run.folder.path).step == 12

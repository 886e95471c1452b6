"""One trainer a run, with real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from explorer.runs.lock import NAME, FolderInUseError, RunLock, holder_of, is_trained

HOLD = (
    "import sys; from pathlib import Path; from explorer.runs.lock import RunLock; "
    "lock = RunLock.take(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def other_process(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the run until it is told to end, or killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None and child.stdout.readline() == "held\n"
    return child


def test_that_two_processes_never_train_one_run_and_a_killed_one_leaves_no_lock(
    tmp_path: Path,
) -> None:
    child = other_process(tmp_path)
    try:
        assert is_trained(tmp_path) and is_trained(tmp_path, elsewhere=True)
        holder = holder_of(tmp_path)
        assert holder is not None and holder.process == child.pid and holder.here
        with pytest.raises(FolderInUseError, match=f"Process {child.pid} on .* trains"):
            RunLock.take(tmp_path)
    finally:
        child.kill()
        child.communicate()
    assert not is_trained(tmp_path)
    lock = RunLock.take(tmp_path)
    assert is_trained(tmp_path) and not is_trained(tmp_path, elsewhere=True)
    lock.release()
    assert not is_trained(tmp_path)


def test_that_a_process_takes_the_place_of_its_own_elder(tmp_path: Path) -> None:
    elder = RunLock.take(tmp_path)
    younger = RunLock.take(tmp_path)
    elder.release()
    assert is_trained(tmp_path), "the elder has nothing to release any more"
    younger.release()
    younger.release()
    assert not is_trained(tmp_path) and (tmp_path / NAME).exists()
    assert holder_of(tmp_path / "none") is None and not is_trained(tmp_path / "none")

"""One trainer a run: a lock on a file in its folder, which the system lifts when a process dies."""

import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from explorer.runs.weights import ModelFileError

NAME = ".training"
PATIENCE = 0.5
"""Seconds for which a taker waits: somebody may be looking whether the run is trained."""
_BYTE = 1 << 20
"""The byte that is locked where locks are of bytes; what the file tells stands before it."""
_mine: dict[Path, "RunLock"] = {}
"""What this process holds. It takes the place of its own elder, such as after a failure."""


class FolderInUseError(ModelFileError):
    """Another process trains the run; the message says which one."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who trains a run: the process's number, its machine, and since when."""

    process: int
    machine: str
    since: str

    @property
    def here(self) -> bool:
        """Whether it is on this machine, where its lock can be trusted."""
        return self.machine == platform.node()


class RunLock:
    """Held from `take` until `release`, or until the process is gone."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self._folder, self._descriptor = folder, descriptor

    @classmethod
    def take(cls, folder: Path) -> "RunLock":
        """Take a run for this process; raises `FolderInUseError` when another one trains it.

        Where the file system knows no locks, nothing is locked.
        """
        folder = folder.absolute()
        elder = _mine.get(folder)
        if elder is not None:
            made = cls(folder, elder._descriptor)
            elder._descriptor = -1
        else:
            folder.mkdir(parents=True, exist_ok=True)
            made = cls(folder, os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644))
            made._wait()
            made._sign()
        _mine[folder] = made
        return made

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not _locked(self._descriptor):
            if time.monotonic() >= end:
                os.close(self._descriptor)
                raise FolderInUseError(_in_use(self._folder))
            time.sleep(0.02)

    def _sign(self) -> None:
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        told = {"process": os.getpid(), "machine": platform.node(), "since": since}
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, json.dumps(told).encode())

    def release(self) -> None:
        """Let others have it; once is enough."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            _mine.pop(self._folder, None)
            os.close(descriptor)  # Which lifts the lock.


def holder_of(folder: Path) -> Holder | None:
    """Who signed last; it may be gone by now. None where nobody did, or it cannot be read."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Holder(int(told["process"]), str(told["machine"]), str(told["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_trained(folder: Path, *, elsewhere: bool = False) -> bool:
    """Whether a process trains the run right now; `elsewhere`: another one than this."""
    if folder.absolute() in _mine:
        return not elsewhere
    try:
        descriptor = os.open(folder / NAME, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)


def _in_use(folder: Path) -> str:
    holder = holder_of(folder)
    who = "Another process"
    if holder is not None:
        who = f"Process {holder.process} on {holder.machine}"
    since = f" since {holder.since}" if holder is not None else ""
    return (
        f"{who} trains “{folder.name}”{since}; two would spoil it. Follow it (File ▸ Follow run…), "
        "end that process first, or take another folder"
    )


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        """Try to lock; whether that went well, or cannot be done here at all."""
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError as error:
            return error.errno != 36  # Its own word for a lock that another one has.
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        """Try to lock; whether that went well, or cannot be done here at all."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # A file system without locks.
        return True

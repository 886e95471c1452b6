"""A run leaves as one file and comes in as one, in slices beside whatever else the worker does."""

from collections.abc import Generator, Iterator
from pathlib import Path

from explorer.engine.keeping import Emit
from explorer.messages.events import Failed, Progress
from explorer.messages.run_file import ExportRun, ImportRun, RunExported, RunImported
from explorer.runs.archive import Heard, Job, pack, unpack
from explorer.runs.weights import ModelFileError

_PARTS = 100
"""Parts in which progress is told."""


def carry_out(command: ExportRun, emit: Emit) -> Iterator[None]:
    """Write a run into a file, a slice at a time; what fails is told in words."""
    folder, file = Path(command.path), Path(command.file)
    made = yield from _told(pack(folder, file, _progress(f"Exporting “{folder.name}”", emit)), emit)
    if made is not None:
        emit(RunExported(command.path, command.file, made.stat().st_size))


def carry_in(command: ImportRun, emit: Emit) -> Iterator[None]:
    """Take in the run that a file holds, a slice at a time; what fails is told in words."""
    file = Path(command.file)
    made = yield from _told(unpack(file, _progress(f"Importing {file.name}", emit)), emit)
    if made is not None:
        emit(RunImported(str(made), command.file))


def _told(job: Job, emit: Emit) -> Generator[None, None, Path | None]:
    try:
        return (yield from job)
    except ModelFileError as error:
        emit(Failed("runs", str(error)))
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        emit(Failed("runs", f"{error.strerror or error}{where}"))
    return None


def _progress(doing: str, emit: Emit) -> Heard:
    """Tells each part once."""
    before = -1

    def heard(done: int, total: int) -> None:
        nonlocal before
        part = done * _PARTS // max(1, total)
        if part != before:
            before = part
            emit(Progress(doing, part, _PARTS))

    return heard

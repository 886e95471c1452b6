"""A run as one file: a zip archive with the run's folder in it, written and read in slices."""

import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from explorer.messages.run_file import MOST_BYTES
from explorer.runs.atomic import whole_file
from explorer.runs.folder import RunFolder
from explorer.runs.library import free_folder, home
from explorer.runs.lock import is_trained
from explorer.runs.weights import ModelFileError

_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError)
Heard = Callable[[int, int], None]
"""Told how many bytes are done, of how many."""
Job = Generator[None, None, Path]
"""Goes on by a slice a time; returns the file or folder that was made."""

_SLICE = 1 << 18
_SETTLED = 1 << 24
"""Bytes after which the system writes to disk, so that the end is not one long wait."""
_MOST_FILES = 50_000
_DENSE = (".safetensors", ".npz")
"""Files that deflating makes hardly smaller."""
_PART = re.compile(r'[^\x00-\x1f\x7f/\\:*?"<>|]{1,200}')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows."""


def at_once(job: Job) -> Path:
    """Take all slices of a job; what it makes."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def pack(folder: Path, file: Path, heard: Heard = lambda *_: None) -> Job:
    """Write a run's folder into one file, whole or not at all; hidden files stay behind.

    Raises `ModelFileError` in words for what is no run, is being trained, or changes meanwhile;
    `OSError` for a place that cannot be written.
    """
    RunFolder(folder).config()
    if is_trained(folder):
        raise ModelFileError(f"“{folder.name}” is being trained; end that, then export it")
    if file.absolute().is_relative_to(folder.absolute()):
        raise ModelFileError(f"{file} lies in the run itself: choose a place outside its folder")
    inside = {
        path: path.stat().st_size for path in sorted(folder.rglob("*")) if _goes(path, folder)
    }
    done, total = 0, sum(inside.values())
    with whole_file(file) as beside, beside.open("wb") as out, zipfile.ZipFile(out, "w") as made:
        for path, size in inside.items():
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            about.compress_type = (
                zipfile.ZIP_STORED if path.suffix in _DENSE else zipfile.ZIP_DEFLATED
            )
            about.external_attr = 0o644 << 16
            about.file_size = size
            with _opened(path, folder) as source, made.open(about, "w") as into:
                while size > 0 and (piece := source.read(min(_SLICE, size))):
                    into.write(piece)
                    size -= len(piece)
                    done += len(piece)
                    _settle(out.fileno(), done, len(piece))
                    heard(done, total)
                    yield
            if size:
                raise _changed(folder)
    return file


def _goes(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.is_file() and not path.is_symlink()


def _opened(path: Path, folder: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise _changed(folder) from None


def _changed(folder: Path) -> ModelFileError:
    return ModelFileError(f"“{folder.name}” changed while it was being exported; export it again")


def _settle(descriptor: int, done: int, piece: int) -> None:
    if done // _SETTLED != (done - piece) // _SETTLED:
        os.fsync(descriptor)


def unpack(file: Path, heard: Heard = lambda *_: None) -> Job:
    """Put the run that a file holds among the user's runs; the new folder.

    Nothing is written outside a folder of its own, which gets its name once all is there; where
    the name is taken, a number is added. Raises `ModelFileError` in words for a file that holds no
    run, or anything that an exported run does not, and where it takes more than `MOST_BYTES`.
    """
    runs = home() / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".import-", dir=runs))
    try:
        with zipfile.ZipFile(file) as archive:
            name, inside = _looked_through(archive, file, runs)
            yield from _written(archive, inside, beside, heard)
        beside.chmod(0o755)
        place = free_folder(name)
        beside.replace(place)
    except _DAMAGED as error:
        raise ModelFileError(f"{file.name} is no exported run, or is damaged: {error}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return place


def _looked_through(
    archive: zipfile.ZipFile, file: Path, runs: Path
) -> tuple[str, dict[PurePosixPath, zipfile.ZipInfo]]:
    """The run's name and its files by their place in it, the settings first."""
    inside: dict[PurePosixPath, zipfile.ZipInfo] = {}
    tops: set[str] = set()
    seen: set[str] = set()
    for about in archive.infolist():
        if about.is_dir():
            continue
        path = _safe_path(about, file)
        tops.add(path.parts[0])
        inside[PurePosixPath(*path.parts[1:])] = about
        seen.add(str(path).casefold())
    total = sum(about.file_size for about in inside.values())
    if len(tops) != 1 or PurePosixPath("run.toml") not in inside:
        raise ModelFileError(
            f"{file.name} holds no run: an exported run is one folder with a run.toml in it"
        )
    if len(seen) != len([about for about in archive.infolist() if not about.is_dir()]):
        raise _odd(file, "two files of the same name")
    if len(inside) > _MOST_FILES or total > MOST_BYTES:
        raise ModelFileError(
            f"{file.name} would take {total / 1e9:,.1f} GB in {len(inside):,} files; a run may "
            f"take {MOST_BYTES / 1e9:.0f} GB in {_MOST_FILES:,} files"
        )
    if total > shutil.disk_usage(runs).free:
        raise ModelFileError(
            f"{file.name} takes {total / 1e6:,.0f} MB on disk, and there is not so much room for "
            f"it in {runs}"
        )
    return tops.pop(), dict(sorted(inside.items(), key=lambda item: item[0].name != "run.toml"))


def _safe_path(about: zipfile.ZipInfo, file: Path) -> PurePosixPath:
    """Where a file lies in the archive: two names or more, each a plain one on every system."""
    kind = stat.S_IFMT(about.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise _odd(file, f"a link or device “{about.filename}”")
    if about.flag_bits & 0x1:
        raise _odd(file, "files locked by a password")
    parts = about.filename.split("/")
    if len(parts) < 2 or not all(map(_is_plain, parts)):
        raise _odd(file, f"a file “{about.filename}”")
    return PurePosixPath(about.filename)


def _is_plain(part: str) -> bool:
    outside = part.startswith((".", " ")) or part.endswith((".", " "))
    return bool(_PART.fullmatch(part)) and not outside and not _DEVICES.fullmatch(part)


def _odd(file: Path, what: str) -> ModelFileError:
    return ModelFileError(
        f"{file.name} was not taken in: it holds {what}, which no exported run does"
    )


def _written(
    archive: zipfile.ZipFile, inside: Mapping[PurePosixPath, zipfile.ZipInfo], folder: Path,
    heard: Heard,
) -> Generator[None, None, None]:  # fmt: skip
    """Write all files into an empty folder, the settings first, which are looked at."""
    done, total = 0, sum(about.file_size for about in inside.values())
    for path, about in inside.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(about) as source, place.open("xb") as into:
            while piece := source.read(_SLICE):
                into.write(piece)
                done += len(piece)
                heard(done, total)
                yield
            into.flush()
            os.fsync(into.fileno())
        if str(path) == "run.toml":
            RunFolder(folder).config()

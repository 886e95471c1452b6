"""Running text as ids on disk, mapped into memory: a gigabyte of text takes none of it.

They lie in the user's cache under a hash of the text and of all that decides how it is cut, so that
the next run finds them. The whole folder appears at once when it is finished.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from explorer.data.cutting import Cutter, spelled_on, whole_lines
from explorer.data.reading.documents import Texts
from explorer.data.survey import Parts, Teller
from explorer.data.vocabulary import END, UNKNOWN, Vocabulary

FILES = ("train.ids", "test.ids", "validation.ids")
MOST_BYTES = 16 << 30
"""What the cache may hold; the ids that were not used for longest go first."""
_PIECE = 1 << 15
"""Characters cut at once; as long as another thread may wait for the interpreter."""
_AT_ONCE = 8
_FORM = 1


@dataclass(frozen=True, slots=True)
class TextIds:
    """The three parts as arrays on disk, and the share of tokens that the vocabulary lacks."""

    train: NDArray[np.integer]
    test: NDArray[np.integer]
    validation: NDArray[np.integer]
    unknown: float


@dataclass(frozen=True, slots=True)
class Section:
    """Texts with the part that each document or stretch of them belongs to."""

    texts: Texts
    parts: Parts
    length: int


def cache_folder() -> Path:
    """Where ids are kept; the variable ATTENTION_EXPLORER_HOME moves it."""
    home = os.environ.get("ATTENTION_EXPLORER_HOME")
    root = Path(home) / "cache" if home else user_cache_path("attention-explorer", appauthor=False)
    return root / "texts"


def key_of(vocabulary: Vocabulary, *facts: object) -> str:
    """The name of the ids of a text that `facts` tell from all others."""
    told = json.dumps([_FORM, vocabulary.to_json(), *map(str, facts)])
    return blake2b(told.encode(), digest_size=16).hexdigest()


def find_ids(key: str) -> TextIds | None:
    """Ids that were written before."""
    folder = cache_folder() / key
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        os.utime(folder)
        return _mapped(folder, about)
    except (OSError, ValueError, KeyError):
        return None


def _mapped(folder: Path, about: dict[str, object]) -> TextIds:
    kind = np.dtype(str(about["dtype"]))
    parts = []
    for name, count in zip(FILES, about["counts"], strict=True):  # type: ignore[arg-type]
        size = (folder / name).stat().st_size
        if size != count * kind.itemsize:
            raise ValueError(f"{name} is not whole")
        empty = np.zeros(0, kind)
        parts.append(np.memmap(folder / name, kind, "r") if size else empty)
    return TextIds(parts[0], parts[1], parts[2], float(str(about["unknown"])))


def write_ids(
    key: str, vocabulary: Vocabulary, sections: Sequence[Section], teller: Teller
) -> TextIds:
    """Cut texts and write their ids, each document's followed by the end token if there are many.

    Raises `OSError` when there is no room; nothing is left behind then.
    """
    root = cache_folder()
    root.mkdir(parents=True, exist_ok=True)
    beside = Path(mkdtemp(prefix=".part-", dir=root))
    try:
        about = _write(beside, vocabulary, sections, teller)
        (beside / "about.json").write_text(json.dumps(about), encoding="utf-8")
        for file in beside.iterdir():
            _to_disk(file)
        folder = root / key
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    _tidy(root, folder)
    return _mapped(folder, about)


def _write(
    folder: Path, vocabulary: Vocabulary, sections: Sequence[Section], teller: Teller
) -> dict[str, object]:
    kind = np.min_scalar_type(len(vocabulary) - 1)
    counts, unknown = [0] * len(FILES), 0
    with ExitStack() as stack:
        files = [stack.enter_context((folder / name).open("wb")) for name in FILES]
        for part, ids, length in _cut(vocabulary, sections):
            ids.astype(kind).tofile(files[part])
            counts[part] += len(ids)
            unknown += int(np.count_nonzero(ids == UNKNOWN))
            teller.add(length)
    share = unknown / max(1, sum(counts))
    return {"dtype": kind.str, "counts": counts, "unknown": share}


def _cut(
    vocabulary: Vocabulary, sections: Sequence[Section]
) -> Iterator[tuple[int, NDArray[np.uint32], int]]:
    """Ids of the pieces in order, with their part and their characters; several are cut at once."""
    cutter = Cutter(vocabulary)
    waiting: list[tuple[int, str]] = []
    room = _AT_ONCE * _PIECE
    for part, text in _spelled(vocabulary, sections):
        waiting.append((part, text))
        room -= len(text) + 64
        if room <= 0:
            yield from _cut_now(cutter, waiting)
            waiting, room = [], _AT_ONCE * _PIECE
    yield from _cut_now(cutter, waiting)


_END_OF_DOCUMENT = ""


def _cut_now(
    cutter: Cutter, waiting: Sequence[tuple[int, str]]
) -> Iterator[tuple[int, NDArray[np.uint32], int]]:
    rows = cutter.cut([text for _, text in waiting])
    end = np.array([END], np.uint32)
    for (part, text), ids in zip(waiting, rows, strict=True):
        yield part, end if text == _END_OF_DOCUMENT else ids, len(text)


def _spelled(vocabulary: Vocabulary, sections: Sequence[Section]) -> Iterator[tuple[int, str]]:
    for section in sections:
        for part, text in pieces_of(section):
            if text == _END_OF_DOCUMENT:
                yield part, _END_OF_DOCUMENT
            else:
                pieces = whole_lines(text, _PIECE)
                spelled = pieces if vocabulary.characters else spelled_on(pieces)
                yield from ((part, piece) for piece in spelled if piece)


def pieces_of(section: Section) -> Iterator[tuple[int, Iterable[str]]]:
    """Each stretch of text that belongs to one part, and "" after a document that others follow."""
    several = section.parts.several
    for pieces in section.parts.route(section.texts.documents()):
        last = None
        for part, run in _runs(pieces):
            yield part, run
            last = part
        if several and last is not None:
            yield last, _END_OF_DOCUMENT


def _runs(pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Iterable[str]]]:
    for part, run in groupby(pieces, key=lambda piece: piece[0]):
        yield part, (text for _, text in run)


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _tidy(root: Path, kept: Path) -> None:
    """Remove what was not used for longest until the rest is small enough."""
    folders = [f for f in root.iterdir() if f.is_dir() and not f.name.startswith(".")]
    room = MOST_BYTES
    for folder in sorted(folders, key=lambda f: f.stat().st_mtime, reverse=True):
        room -= sum(file.stat().st_size for file in folder.iterdir())
        if room < 0 and folder != kept:
            shutil.rmtree(folder, ignore_errors=True)

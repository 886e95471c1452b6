"""Sentence pairs from a text file: one pair a line, source and target divided by a tab."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, cast


@dataclass(frozen=True, slots=True)
class Pair:
    """What goes in and what should come out."""

    source: str
    target: str


class CorpusError(ValueError):
    """A corpus that cannot be used; the message says where it fails and what to do."""


def read_pairs(path: Path) -> list[Pair]:
    """All pairs of a UTF-8 TSV file, plain or gzipped; further columns are left aside.

    Raises `CorpusError` that names the first faulty lines. Lines that are blank are skipped.
    """
    pairs: list[Pair] = []
    faults: list[str] = []
    for number, line in _lines(path):
        columns = line.split("\t")
        if not line.strip():
            continue
        if len(columns) < 2 or not columns[0].strip() or not columns[1].strip():
            faults.append(str(number))
        else:
            pairs.append(Pair(columns[0].strip(), columns[1].strip()))
    if faults:
        shown = ", ".join(faults[:5]) + (f" and {len(faults) - 5} more" if len(faults) > 5 else "")
        plural = "lines" if len(faults) > 1 else "line"
        raise CorpusError(
            f"{path.name}: {plural} {shown} lack a second column; each line must hold a source, "
            "a tab and a target"
        )
    if not pairs:
        raise CorpusError(f"{path.name} holds no pairs; each line must be source, tab, target")
    return pairs


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with _open(path) as file:
            for number, raw in enumerate(file, 1):
                text = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
                try:
                    yield number, text.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError as error:
                    raise CorpusError(
                        f"{path.name}, line {number}: byte {error.start + 1} is not UTF-8; save "
                        "the file as UTF-8 and open it again"
                    ) from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CorpusError(f"{path} cannot be read: {reason}") from None


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs to learn from, to watch learning with, and for the final figure."""

    train: list[Pair]
    validation: list[Pair]
    test: list[Pair]


def split_by_source(pairs: Sequence[Pair], validation: int, test: int) -> Split:
    """Hold out whole sources, so that no translation of a held-out sentence is trained on.

    Which ones is decided by a hash of the source, so the same file always splits the same way.
    Held-out lists keep the first pair of each source. At least half of the sources stay to train.
    """
    by_source: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_source.setdefault(pair.source, []).append(pair)
    if len(by_source) < 3:
        raise CorpusError(
            f"the corpus holds {len(by_source)} different sources; training needs at least 3, "
            "so that some can be held out"
        )
    order = sorted(by_source, key=_hash)
    spare = len(order) // 2
    if validation + test > spare:
        share = spare / (validation + test)
        validation, test = max(1, int(validation * share)), int(test * share)
    held_out = [by_source[source][0] for source in order[: validation + test]]
    train = [pair for source in order[validation + test :] for pair in by_source[source]]
    return Split(train, held_out[test:], held_out[:test])


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()

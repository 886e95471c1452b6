"""A first look at running text: how long it is, its characters, and which part is held out."""

import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from explorer.data.reading.documents import Texts
from explorer.data.task_data import Report

TRAIN, TEST, VALIDATION = 0, 1, 2
ENOUGH_DOCUMENTS = 10
"""From so many on whole documents are held out; of fewer, the end of the text."""
_EVERY = 0.1
"""Seconds between two words about progress."""


class Teller:
    """Tells of progress now and then."""

    def __init__(self, report: Report, doing: str, total: int) -> None:
        self._report, self._doing, self._total = report, doing, total
        self._done, self._last = 0, 0.0
        report(doing, 0, total)

    def add(self, count: int) -> None:
        """So much more is done."""
        self._done += count
        if monotonic() - self._last >= _EVERY:
            self._last = monotonic()
            self._report(self._doing, min(self._done, self._total), self._total)


@dataclass(slots=True)
class Survey:
    """What one reading of a text found; `characters` counts each code point (NFC)."""

    digest: str = ""
    lengths: array = field(default_factory=lambda: array("Q"))
    hashes: array = field(default_factory=lambda: array("Q"))
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def length(self) -> int:
        """Characters in all."""
        return sum(self.lengths)

    def by_character(self) -> dict[str, int]:
        """How often each character occurs."""
        return {chr(code): int(self.counts[code]) for code in np.flatnonzero(self.counts)}


def survey(texts: Texts, report: Report, doing: str, *, count: bool) -> Survey:
    """Read everything once; with `count` also count the characters."""
    found, whole = Survey(), blake2b(digest_size=16)
    teller = Teller(report, doing, texts.bytes)
    for pieces in texts.documents():
        own, length = blake2b(digest_size=16), 0
        for piece in pieces:
            raw = piece.encode("utf-8", "surrogatepass")
            own.update(raw)
            length += len(piece)
            if count:
                _count(found, piece)
            teller.add(len(raw))
        whole.update(own.digest())
        found.lengths.append(length)
        found.hashes.append(int.from_bytes(own.digest()[:8], "big"))
    found.digest = whole.hexdigest()
    return found


def _count(found: Survey, piece: str) -> None:
    if not piece.isascii():
        piece = unicodedata.normalize("NFC", piece)
    codes = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32)
    counts = np.bincount(codes)
    if len(counts) > len(found.counts):
        found.counts = np.pad(found.counts, (0, len(counts) - len(found.counts)))
    found.counts[: len(counts)] += counts


@dataclass(frozen=True, slots=True)
class Parts:
    """Which part each document belongs to, or from which character on a part begins.

    `bounds` are the first characters of the test and of the validation part; `several` is whether
    there are documents to tell apart.
    """

    documents: NDArray[np.uint8] | None
    bounds: tuple[int, int]
    several: bool

    def route(self, documents: Iterable[Iterable[str]]) -> Iterator[Iterator[tuple[int, str]]]:
        """Each document as pieces with the part that they belong to."""
        place = 0
        for index, pieces in enumerate(documents):
            if self.documents is not None:
                part = int(self.documents[index])
                yield ((part, piece) for piece in pieces)
            else:
                cut = _Cut(self.bounds, place)
                yield cut.pieces(pieces)
                place = cut.place


class _Cut:
    """Cuts pieces where a part begins."""

    def __init__(self, bounds: tuple[int, int], place: int) -> None:
        self._bounds, self.place = bounds, place

    def pieces(self, pieces: Iterable[str]) -> Iterator[tuple[int, str]]:
        for piece in pieces:
            rest = piece
            while rest:
                part = sum(bound <= self.place for bound in self._bounds)
                end = self._bounds[part] if part < VALIDATION else self.place + len(rest)
                taken = rest[: end - self.place]
                self.place += len(taken)
                yield part, taken
                rest = rest[len(taken) :]


def divide(found: Survey, validation_share: float, test_share: float) -> Parts:
    """Hold out whole documents by a hash of their text, so that equal ones stay together.

    Of fewer than ten documents the end of the text is held out: the last `validation_share` of
    its characters, and `test_share` before that.
    """
    if len(found.lengths) >= ENOUGH_DOCUMENTS:
        parts = _by_document(np.array(found.hashes), validation_share, test_share)
        if (parts == TRAIN).any():
            return Parts(parts, (0, 0), True)
    length = found.length
    validation = int(length * (1 - validation_share))
    test = int(length * (1 - validation_share - test_share))
    return Parts(None, (test, validation), len(found.lengths) > 1)


def whole(found: Survey, part: int) -> Parts:
    """All of a text in one part."""
    return Parts(np.full(len(found.lengths), part, np.uint8), (0, 0), len(found.lengths) > 1)


def _by_document(hashes: NDArray[np.uint64], validation: float, test: float) -> NDArray[np.uint8]:
    different, which = np.unique(hashes, return_inverse=True)
    parts = np.zeros(len(different), np.uint8)
    kept = round(len(different) * validation)
    kept = max(1, kept) if validation else 0
    tested = round(len(different) * test)
    tested = max(1, tested) if test else 0
    parts[:kept] = VALIDATION
    parts[kept : kept + tested] = TEST
    return parts[which]

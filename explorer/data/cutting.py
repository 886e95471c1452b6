"""Running text to arrays of ids, fast, in pieces that are cut where no token is cut."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.data.vocabulary import Vocabulary

IdArray = NDArray[np.uint32]
_UNSEEN, _ODD = -1, -2
_CODES = 0x110000


def whole_lines(pieces: Iterable[str], size: int) -> Iterator[str]:
    """The same text in pieces of about `size` characters, cut after newlines where there are any.

    A line longer than that is cut before a space, or anywhere when it has none.
    """
    rest = ""
    for piece in pieces:
        rest += piece
        while len(rest) > size + 1:  # What stands after a space decides whether it may be cut.
            cut = _cut(rest, size)
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def _cut(text: str, size: int) -> int:
    newline = text.rfind("\n", 0, size) + 1
    if newline:
        return newline
    space = text.rfind(" ", 1, size + 1)
    while space > 0 and text[space + 1] == "\n":  # Alone before it, a space would be lost.
        space = text.rfind(" ", 1, space)
    return space if space > 0 else size


def spelled_on(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces of a text as a vocabulary that keeps lines wants them one by one.

    It spells the first word of each as after a space: where a line was cut before a space, this is
    that space.
    """
    before = "\n"
    for piece in pieces:
        middle = not before.endswith("\n") and piece.startswith(" ")
        yield piece[1:] if middle else piece
        before = piece


class Cutter:
    """Cuts text with a vocabulary as the vocabulary itself does.

    Characters are looked up in a table that is filled by asking the vocabulary, at about a hundred
    times its speed. Other vocabularies do their work outside the interpreter.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._table = np.full(_CODES, _UNSEEN, np.int32) if vocabulary.characters else None

    def cut(self, texts: Sequence[str]) -> list[IdArray]:
        """The ids of each text, without special tokens."""
        if self._table is None:
            return [np.array(ids, np.uint32) for ids in self._vocabulary.ids(texts)]
        return [self._look_up(text, self._table) for text in texts]

    def _look_up(self, text: str, table: NDArray[np.int32]) -> IdArray:
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        ids = table[codes]
        if ids.size and ids.min() < 0:
            self._learn(np.unique(codes[ids == _UNSEEN]), table)
            ids = table[codes]
        if ids.size and ids.min() == _ODD:  # One that becomes several, such as İ in lower case.
            return np.array(self._vocabulary.ids([text])[0], np.uint32)
        return ids.astype(np.uint32)

    def _learn(self, codes: NDArray[np.uint32], table: NDArray[np.int32]) -> None:
        rows = self._vocabulary.ids([chr(code) for code in codes])
        table[codes] = [row[0] if len(row) == 1 else _ODD for row in rows]

"""Bytes to text: which encoding a file has, and its text piece by piece."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from explorer.data.pairs import CorpusError

PIECE = 1 << 16
"""Bytes decoded at once: short enough that no other thread waits for the interpreter."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
USUAL = (
    "cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp874", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
"""Encodings that a guess may fall on."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes spell letters, and how that is known."""

    name: str
    how: Literal["asked", "mark", "valid", "guessed"]

    def note(self, path: Path) -> str:
        """What a person should know of it; empty where there is no doubt."""
        if self.how != "guessed":
            return ""
        return (
            f"{path.name} is not UTF-8 and was read as {self.name}, which is a guess; if letters "
            "look wrong, choose another encoding (task.encoding)"
        )


def find_encoding(path: Path, asked: str = "", limit: int | None = None) -> Encoding:
    """The encoding that was asked for, or that of a mark, or UTF-8, or a guess by its letters.

    With a `limit` only so many bytes are looked at. Raises `CorpusError` for what is no text.
    """
    name = known(asked) if asked else ""
    with reading(path) as file:
        head = file.read(PIECE)
        if name:
            if b"\0" in head and not name.startswith(("utf-16", "utf-32")):
                raise CorpusError(_no_text(path, head))
            return Encoding(name, "asked")
        marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
        if marked:
            return Encoding(marked, "mark")
        if b"\0" in head:
            return Encoding(_of_wide(path, head), "guessed")
        odd = _not_utf8(file, head, limit)
    return Encoding("utf-8", "valid") if odd is None else Encoding(_guessed(path, odd), "guessed")


def known(asked: str) -> str:
    """An encoding's proper name; raises `CorpusError` for one that there is not."""
    try:
        found = codecs.lookup(asked)
        found.incrementaldecoder()
        "".encode(asked)  # Refuses codecs such as base64 that make no text.
    except (LookupError, TypeError):
        raise CorpusError(
            f"task.encoding: there is no encoding “{asked}”; try utf-8, utf-16, cp1252, gb18030, "
            "shift_jis, or leave it empty to have it found out"
        ) from None
    return found.name


def _of_wide(path: Path, head: bytes) -> str:
    """UTF-16 without a mark has its zeros at every other byte; anything else is no text."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) >= 4 and max(even, odd) > len(head) // 10 and min(even, odd) < max(even, odd) / 8:
        return "utf-16-le" if odd > even else "utf-16-be"
    raise CorpusError(_no_text(path, head))


def _no_text(path: Path, head: bytes) -> str:
    line = head[: head.index(0)].count(b"\n") + 1
    return (
        f"{path.name} is no text (line {line} holds a zero byte); choose a text file, a table "
        "(TSV, CSV, JSON Lines) or a folder of texts"
    )


def _not_utf8(file: BinaryIO, head: bytes, limit: int | None) -> bytes | None:
    """The part of a file at which it stops being UTF-8, with what follows; None if it never does.

    A letter that is cut off at the very end of the file is overlooked here, and told in decoding.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    read, piece = 0, head
    while piece and (limit is None or read < limit):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return piece + file.read(PIECE)
        read += len(piece)
        piece = file.read(PIECE)
    return None


def _guessed(path: Path, sample: bytes) -> str:
    from charset_normalizer import from_bytes  # Seldom needed.

    lines = sample.splitlines(keepends=True)
    telling = b"".join(line for line in lines if not line.isascii())[:PIECE]
    found = from_bytes(telling, cp_isolation=list(USUAL)).best()
    if found is None:
        raise CorpusError(
            f"{path.name} is neither UTF-8 nor in an encoding that can be guessed; name it in "
            "task.encoding (such as cp1252), or save the file as UTF-8"
        )
    # On these few bytes Western tables differ in signs only, and the common one is the better bet.
    same = found.could_be_from_charset
    return "cp1252" if "cp1252" in same else found.encoding


def decoded(path: Path, encoding: Encoding, limit: int | None = None) -> Iterator[str]:
    """The text in pieces that are cut anywhere; every line ends in a bare newline.

    Raises `CorpusError` that names the line where bytes do not fit the encoding. With a `limit`
    only so many bytes are read, and what is cut off at their end is left out.
    """
    name = "utf-8-sig" if encoding.name == "utf-8" else encoding.name
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(name)(), translate=True)
    line, read = 1, 0
    with reading(path) as file:
        while True:
            raw = file.read(PIECE if limit is None else min(PIECE, limit - read))
            read += len(raw)
            cut = limit is not None and read >= limit
            try:
                text = decoder.decode(raw, final=not raw and not cut)
            except UnicodeDecodeError as error:
                raise CorpusError(_misfit(path, encoding, line, error)) from None
            if text:
                yield text
                line += text.count("\n")
            if not raw or cut:
                return


def _misfit(path: Path, encoding: Encoding, line: int, error: UnicodeDecodeError) -> str:
    before = error.object[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line += before.count(b"\n")
    byte = error.object[error.start]
    return (
        f"{path.name}, line {line}: the byte {byte:#04x} does not fit {encoding.name}; choose "
        "another encoding (task.encoding; empty: found out), or save the file as UTF-8"
    )


def lines(path: Path, encoding: Encoding, limit: int | None = None) -> Iterator[str]:
    """Every line without its end; only newlines end lines. A limit may cut the last one."""
    rest = ""
    for piece in decoded(path, encoding, limit):
        whole = (rest + piece).split("\n")
        rest = whole.pop()
        yield from whole
    if rest:
        yield rest


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, unpacked when it is gzipped; its troubles as `CorpusError`."""
    try:
        with _open(path) as file:
            yield file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CorpusError(f"{path} cannot be read: {reason}") from None


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")

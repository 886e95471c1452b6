"""What the pieces of any tokenizer say, and which words of a text they belong to."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]"  # Kana and Han, which stand without spaces.
    r"|[^\W\u3040-\u30ff\u3400-\u9fff]+(?:['’-][^\W\u3040-\u30ff\u3400-\u9fff]+)*"
    r"|[^\w\s]"
)
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_SHOWN = {"": "␣", " ": "␣", "\n": "↵", "\t": "⇥", "\r": "↵"}
_SPACE = "▁"


@cache
def _bytes_of() -> Mapping[str, int]:
    """The character that stands for each byte in a byte-level vocabulary (Radford et al., 2019).

    Printable characters stand for themselves, all others for those from U+0100 on.
    """
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    table = {chr(byte): byte for byte in plain}
    return table | {chr(256 + place): byte for place, byte in enumerate(others)}


def readable(piece: str, *, bytewise: bool, wordpiece: bool) -> str:
    """A piece as people read it: no marks of a word's beginning, bytes as characters."""
    if bytewise:
        said = _from_bytes(piece)
    elif found := _BYTE.fullmatch(piece):
        said = _as_text(bytes([int(found[1], 16)]))
    else:
        said = piece.replace(_SPACE, " ").removesuffix("</w>").removesuffix("@@")
        if wordpiece and len(said) > 2:
            said = said.removeprefix("##")
    bare = said[1:] if said.startswith(" ") else said
    return _SHOWN.get(bare, bare.replace("\n", "↵"))


def _from_bytes(piece: str) -> str:
    table = _bytes_of()
    if any(character not in table for character in piece):
        return piece  # An added token, which is written as it is.
    return _as_text(bytes(table[character] for character in piece))


def _as_text(said: bytes) -> str:
    """The characters, or, of a part of one, its bytes as ‹E2 98›."""
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return f"‹{said.hex(' ').upper()}›"


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each word and each sign of a text begins and ends."""
    for found in _WORD.finditer(text):
        yield found.span()


def words_of(text: str, offsets: list[tuple[int, int]]) -> list[int | None]:
    """The number of the word in which each piece begins; None for what lies in none.

    `offsets` rise, and begin at the first character that is no space.
    """
    spans = list(word_spans(text))
    numbers: list[int | None] = []
    at = 0
    for start, end in offsets:
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        inside = at < len(spans) and spans[at][0] < max(end, start + 1)
        numbers.append(at if inside and start < end else None)
    return numbers

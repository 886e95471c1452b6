"""Tokens, and the places of the Transformer that attention sits at, as plain values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats


class SiteKind(StrEnum):
    """Where in the Transformer an attention sits."""

    ENCODER = "encoder"
    DECODER = "decoder"
    CROSS = "cross"


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """One attention sub-layer; `str()` gives the name used in files, such as `cross.0`."""

    kind: SiteKind
    layer: int

    def __str__(self) -> str:
        return f"{self.kind}.{self.layer}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as people read it (`text`), as the vocabulary has it (`piece`), and whence it came.

    `start` and `end` are character offsets in the text (equal for special tokens); `word` counts
    the words of the text, None for special tokens.
    """

    id: int
    text: str
    piece: str
    start: int = 0
    end: int = 0
    word: int | None = None
    special: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class SignalPicture:
    """A source that is no text: its picture (rows × columns, 0 to 1) and each token's part of it.

    A picture in colour has red, green and blue as a third axis.

    `boxes` holds left, top, width and height of a token's part, in pixels, one row a token.
    """

    values: Floats
    boxes: NDArray[np.int32]
    kind: Literal["picture", "sound"]

"""From a picture's file to what a model of patches reads, and to what is drawn of it.

Axes: C colour, Y row, X column, P token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.messages.results import Floats, SignalPicture, Token
from explorer.subjects.subject import SentenceError

TEST = "test picture"
"""What stands in the line for a picture that is drawn here: a disc, a square and a ramp."""
LARGEST = 50_000_000
"""Pixels up to which a file is opened, so that a small file cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How a model's tokens lie: `before` of them on no patch, then rows × columns of patches."""

    before: int
    rows: int
    columns: int

    def tokens(self) -> tuple[Token, ...]:
        """The class token, further ones (registers, distillation), then row·column from 1."""
        first = ["[CLS]", *(f"[{n}]" for n in range(1, self.before))][: self.before]
        patches = [f"{i // self.columns + 1}·{i % self.columns + 1}" for i in range(self.patches)]
        return (
            *(Token(-1, name, name, special=True) for name in first),
            *(Token(-1, name, name, word=number) for number, name in enumerate(patches)),
        )

    @property
    def patches(self) -> int:
        """Tokens that stand on a patch."""
        return self.rows * self.columns

    def boxes(self, high: int, wide: int) -> NDArray[np.int32]:
        """Left, top, width and height of each token's patch in pixels; zeros for the first ones."""
        row, column = np.divmod(np.arange(self.patches), self.columns)
        y, x = high // self.rows, wide // self.columns
        size_x, size_y = np.full_like(column, x), np.full_like(row, y)
        squares = np.stack([column * x, row * y, size_x, size_y], axis=1)
        return np.concatenate([np.zeros((self.before, 4), int), squares]).astype(np.int32)


def read_picture(text: str) -> Any:
    """The picture at a path, in three colours; raises `SentenceError` in words."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    name = text.strip().removeprefix("file://").strip("\"'")
    if name == TEST:
        return Image.fromarray(_drawn())
    path = Path(name).expanduser()
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as found:
            if found.width * found.height > LARGEST:
                raise SentenceError(
                    f"{path.name} has {found.width:,} × {found.height:,} pixels; take one with at "
                    f"most {LARGEST // 1_000_000} million"
                )
            return ImageOps.exif_transpose(found).convert("RGB")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise SentenceError(
            f"This model looks at pictures: drop a PNG or JPEG on the window, or type its path "
            f"(or “{TEST}”). There is no file “{name[:80]}”"
        ) from None
    except UnidentifiedImageError:
        raise SentenceError(f"{path.name} is no PNG or JPEG that can be read") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise SentenceError(f"{path.name} cannot be read as a picture: {error}") from None


def _drawn() -> NDArray[np.uint8]:
    """A disc, a square and a ramp of grey, each in a corner of its own."""
    y, x = np.mgrid[0:224, 0:224]
    picture = np.full((224, 224, 3), 235, np.uint8)
    picture[(y - 66) ** 2 + (x - 66) ** 2 < 48**2] = (200, 60, 50)
    picture[30:100, 130:200] = (50, 90, 190)
    picture[130:200, 20:204] = np.linspace(20, 230, 184).astype(np.uint8)[None, :, None]
    return picture


def as_seen(pixels_CYX: Floats, mean: Sequence[float], deviation: Sequence[float]) -> Floats:
    """Y×X×C from 0 to 1: what the model reads, turned back into colours."""
    scale = np.asarray(deviation, np.float32)
    shown_YXC = pixels_CYX.transpose(1, 2, 0) * scale + np.asarray(mean, np.float32)
    return np.ascontiguousarray(shown_YXC.clip(0, 1), np.float32)


def signal_of(shown_YXC: Floats, grid: Grid) -> SignalPicture:
    """What is drawn: the colours, and each token's patch."""
    high, wide = shown_YXC.shape[:2]
    return SignalPicture(shown_YXC, grid.boxes(high, wide), "picture")

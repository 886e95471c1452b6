"""How large a picture is, with which type, and whether it has a caption; knows no Qt."""

import re
from dataclasses import dataclass

from explorer.messages.settings import SettingsError

INCH = 25.4
"""Millimetres."""
CSS_DPI = 96.0
"""Pixels an inch where a picture has none of its own: SVG, and sizes given in pixels."""
_SIZE = re.compile(
    r"(?P<width>\d+(?:\.\d+)?)(?:\s*[x×]\s*(?P<height>\d+(?:\.\d+)?))?\s*(?P<unit>mm|cm|in|px)?",
    re.IGNORECASE,
)
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": INCH}
SMALLEST, LARGEST = 20.0, 3000.0
"""Bounds of a side in millimetres."""


class SizeError(SettingsError):
    """A size that is none, or beyond what a picture can have; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Width and height in millimetres (None: as the view needs), and the type on it.

    `dpi` is how finely a PNG is drawn; `points` is the size of the text.
    """

    width: float | None = None
    height: float | None = None
    dpi: float = 200.0
    family: str = ""
    points: float = 9.0
    caption: bool = True
    dark: bool = False


def parse_size(text: str, dpi: float = CSS_DPI) -> tuple[float, float | None]:
    """Millimetres of `160mm`, `16x9cm`, `1600x900px` …; the height may be left out.

    Pixels count at `dpi`. Raises `SizeError`.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise SizeError(f"size {text!r}: write WIDTH or WIDTHxHEIGHT and mm, cm, in or px")
    unit = (found["unit"] or "mm").lower()
    factor = INCH / dpi if unit == "px" else _MILLIMETRES[unit]
    width, height = (None if side is None else float(side) * factor for side in found.group(1, 2))
    for side in (width, height):
        if side is not None and not SMALLEST <= side <= LARGEST:
            raise SizeError(
                f"size {text!r}: a side has {SMALLEST:.0f} to {LARGEST:.0f} mm, not {side:.0f}"
            )
    assert width is not None
    return width, height


def parse_font(text: str) -> tuple[str, float | None]:
    """Family and points of `Times 9`, `DejaVu Sans` or `8.5`; either may be left out."""
    family, _, last = text.strip().rpartition(" ")
    try:
        points = float(last)
    except ValueError:
        return text.strip(), None
    if not 3 <= points <= 72:
        raise SizeError(f"font {text!r}: the size is 3 to 72 points")
    return family.strip(), points

"""What colour a weight has in a style, and what ink can be read on it."""

from functools import lru_cache

from PySide6.QtGui import QColor

from explorer.messages.heads import Floats
from explorer.ui import theme
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.style import MapStyle

_READABLE = 4.5
"""Least contrast between ink and ground (WCAG 2.1, AA)."""


def fills(weights: Floats, peak: float, style: MapStyle, *, signed: bool) -> list[QColor]:
    """A colour for each weight; what is no number gets the colour of a fault."""
    coloring = Coloring(style, theme.colors(), signed)
    return [QColor(word) for word in coloring.table[coloring.levels(weights, peak)].tolist()]


def ink_on(fill: QColor, *, quiet: bool = False) -> QColor:
    """Text colour that can be read on a fill; `quiet` text is paler where there is room for it."""
    return QColor(_ink(fill.rgb(), quiet, theme.colors()))


@lru_cache(maxsize=4096)
def _ink(fill: int, quiet: bool, c: theme.Colors) -> str:
    wanted = (c.muted, c.text, c.window, c.surface) if quiet else (c.text, c.window, c.surface)
    ground = QColor.fromRgb(fill)
    readable = (ink for ink in wanted if contrast(QColor(ink), ground) >= _READABLE)
    strongest = max(("#000000", "#ffffff"), key=lambda ink: contrast(QColor(ink), ground))
    return next(readable, strongest)


def contrast(one: QColor, other: QColor) -> float:
    """How much two colours stand out from each other, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

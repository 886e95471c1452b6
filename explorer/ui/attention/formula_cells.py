"""Vectors as rows of coloured cells with their numbers, below each other element by element."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.attention.formula_blocks import GUTTER, Block, figure
from explorer.ui.attention.formula_steps import Doubles
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.typeset import Node
from explorer.ui.attention.weight_colors import fills, ink_on

_LABEL, _CELL, _HIGH, _COUNT, _GAP = 62.0, 38.0, 21.0, 15.0, 9.0
_MATHS = 15.0
_STYLE = MapStyle()


@dataclass(frozen=True, slots=True)
class Vector:
    """A row: its symbol, its numbers, and what one of them is called."""

    symbol: Node
    values: Doubles
    name: str

    @property
    def peak(self) -> float:
        """The size that gets the strongest colour: its largest."""
        return float(np.abs(self.values).max(initial=0.0)) or 1.0


@dataclass(frozen=True, slots=True)
class Cells(Block):
    """Vectors of one length, broken into bands where the page is too narrow."""

    vectors: tuple[Vector, ...]

    @property
    def length(self) -> int:
        """How many elements each has."""
        return len(self.vectors[0].values)

    def a_band(self, width: float) -> int:
        """Elements a band: bands of one length, of fours where these fit."""
        fit = max(1, int((width - GUTTER - _LABEL) // _CELL))
        bands = -(-self.length // fit)
        even = -(-self.length // bands)
        fours = -(-even // 4) * 4
        return min(fours if fours <= fit else even, self.length)

    def _cell(self, width: float) -> float:
        room = (width - GUTTER - _LABEL) / self.a_band(width)
        return min(max(room, 24.0), 1.8 * _CELL)

    def _band_height(self) -> float:
        return _COUNT + len(self.vectors) * _HIGH + _GAP

    def height(self, width: float) -> float:
        """All bands."""
        return -(-self.length // self.a_band(width)) * self._band_height()

    def paint(self, painter: QPainter, width: float) -> None:
        """Draw band after band."""
        band = self.a_band(width)
        colors = [
            fills(v.values.astype(np.float32), v.peak, _STYLE, signed=True) for v in self.vectors
        ]
        for number, start in enumerate(range(0, self.length, band)):
            places = range(start, min(start + band, self.length))
            self._paint_band(painter, number * self._band_height(), places, width, colors)

    def _paint_band(
        self, painter: QPainter, y: float, places: range, width: float,
        colors: Sequence[Sequence[QColor]],
    ) -> None:  # fmt: skip
        left, wide = GUTTER + _LABEL, self._cell(width)
        painter.setFont(page_font("small"))
        painter.setPen(QColor(theme.colors().faint))
        for place in (places[0], places[-1]):
            box = QRectF(left + (place - places[0]) * wide, y, wide, _COUNT)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(place + 1))
        for row, vector in enumerate(self.vectors):
            top = y + _COUNT + row * _HIGH
            extent = vector.symbol.extent(_MATHS)
            vector.symbol.draw(painter, left - 12 - extent.width, top + 15, _MATHS)
            painter.setFont(page_font("small"))
            for place in places:
                box = QRectF(left + (place - places[0]) * wide, top, wide - 1, _HIGH - 1)
                _paint_cell(painter, box, float(vector.values[place]), colors[row][place])

    def say(self, x: float, y: float, width: float) -> str:
        """The element under a point, with all its digits."""
        band, high = self.a_band(width), self._band_height()
        column = int((x - GUTTER - _LABEL) // self._cell(width))
        row = int((y % high - _COUNT) // _HIGH)
        place = int(y // high) * band + column
        if not (0 <= column < band and 0 <= row < len(self.vectors) and place < self.length):
            return ""
        vector = self.vectors[row]
        return f"{vector.name}, element {place + 1}: {figure(float(vector.values[place]))}"


def _paint_cell(painter: QPainter, box: QRectF, value: float, fill: QColor) -> None:
    painter.fillRect(box, fill)
    painter.setPen(QPen(ink_on(fill)))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, brief(value))


def brief(value: float) -> str:
    """A number in the room of a cell."""
    size = abs(value)
    decimals = 2 if size < 10 else 1 if size < 100 else 0
    text = f"{size:.{decimals}f}" if size < 10_000 else f"{size:.0e}".replace("e+0", "e")
    return f"−{text}" if value < 0 and float(text) else text

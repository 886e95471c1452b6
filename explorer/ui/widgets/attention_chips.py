"""The tokens that were looked at, each coloured by the attention that one decision paid to it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from explorer.messages.results import Token
from explorer.ui import colormaps, theme
from explorer.ui.widgets.chip_flow import ChipFlow

MOST_ROWS = 3
Weights = NDArray[np.float32]


class AttentionChips(ChipFlow):
    """Tokens on colours from 0 (the background) to 1 (the strongest); never rescaled."""

    def __init__(self) -> None:
        super().__init__(word_gap=4, piece_gap=1, padding=5)
        self._weights: Weights = np.zeros(0, np.float32)
        self._dimmed = False
        self._place = -1
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMaximumHeight(self.height_of(MOST_ROWS))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Attention to each token")

    def set_tokens(self, tokens: Sequence[Token]) -> None:
        """Show another sentence, as high as its rows up to the most."""
        before = self._rows_for(self.width())
        super().set_tokens(tokens)
        if self._rows_for(self.width()) != before:
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """A narrow sentence is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of its rows, up to the most."""
        return self.height_of(self._rows_for(width))

    def _rows_for(self, width: int) -> int:
        return min(max(len(self.flow(width).row_starts), 1), MOST_ROWS)

    def set_weights(self, weights: Weights, place: int = -1) -> None:
        """Colour the tokens by these weights, one each, and frame the one that looked."""
        if place != self._place or not np.array_equal(weights, self._weights):
            self._weights, self._place = weights, place
            self.viewport().update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while another sentence was asked for."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.viewport().update()

    def set_pointed(self, index: int) -> None:
        """Mark a token that is pointed at elsewhere."""
        if index != self._hover:
            self._hover = index
            self.viewport().update()

    def paint_chip(self, painter: QPainter, index: int, rect: QRect) -> None:
        """Draw a token on its colour, with ink that stands out from it."""
        c, token = theme.colors(), self._tokens[index]
        fill = fill_color(self._weights[index]) if index < len(self._weights) else QColor(c.raised)
        if self._dimmed:
            fill = QColor(c.surface)
        edge = c.accent if index == self._hover else c.warning if token.unknown else c.line
        style = Qt.PenStyle.DashLine if token.unknown else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(edge), 1, style))
        painter.setBrush(fill)
        frame = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 4, 4)
        if index == self._place and not self._dimmed:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QColor(c.faint) if self._dimmed else ink_on(fill, special=token.special))
        self.write(painter, index, rect)


def fill_color(weight: float) -> QColor:
    """A weight's colour; what is not a number gets the colour of a fault."""
    c = theme.colors()
    if not np.isfinite(weight):
        return QColor(c.bad)
    level = round(255 * min(max(float(weight), 0.0), 1.0))
    red, green, blue = (int(v) for v in colormaps.sequential(c.dark)[level])
    return QColor(red, green, blue)


def ink_on(fill: QColor, *, special: bool = False) -> QColor:
    """Text colour that can be read on a fill; marks are quieter where there is room for it."""
    c = theme.colors()
    light = 0.299 * fill.redF() + 0.587 * fill.greenF() + 0.114 * fill.blueF()
    pale, deep = (c.text, c.window) if c.dark else (c.surface, c.text)
    ink = QColor(deep if light > 0.5 else pale)
    if special and (light > 0.85 or light < 0.2):
        return QColor(c.muted)
    return ink

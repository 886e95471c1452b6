"""The strokes of the text view: tokens on colours, and the key to the colours."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPen

from explorer.ui import theme
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.text_layout import EDGE, Paragraph, text_font
from explorer.ui.attention.weight_colors import fills, ink_on
from explorer.ui.widgets.attention_words import number

_ROUND = 4.0
_STOPS = 24
_BAR = 90.0


def paint_paragraph(
    painter: QPainter, paragraph: Paragraph, seen: range, chosen: int, hovered: int,
    colors: Sequence[QColor] | None, open_L: NDArray[np.bool_] | None,
) -> None:  # fmt: skip
    """Draw the tokens in sight; `colors` are theirs, None where this text is not coloured."""
    if paragraph.title and (not seen or seen[0] == 0):
        painter.setFont(page_font("small"))
        painter.setPen(QColor(theme.colors().muted))
        painter.drawText(QPointF(EDGE, paragraph.top + 14), paragraph.title)
    painter.setFont(text_font())
    for place, index in enumerate(seen):
        closed = open_L is not None and not open_L[index]
        fill = None if colors is None or closed else colors[place]
        _paint_token(painter, paragraph, index, fill, closed=closed)
        if index in (chosen, hovered):
            _frame(painter, paragraph.box(index), strong=index == chosen)


def _paint_token(
    painter: QPainter, paragraph: Paragraph, index: int, fill: QColor | None, *, closed: bool
) -> None:
    box, token, text = paragraph.box(index), paragraph.tokens[index], paragraph.texts[index]
    ground = QColor(theme.colors().surface) if fill is None else fill
    if fill is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, _ROUND, _ROUND)
    ink = ink_on(ground, quiet=token.special or closed)
    painter.setPen(ink)
    metrics = QFontMetricsF(painter.font())
    if metrics.horizontalAdvance(text) > box.width():
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 4)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)
    if token.unknown:
        painter.setPen(QPen(ink, 1.5, Qt.PenStyle.DotLine))
        y = box.bottom() - 2
        painter.drawLine(QPointF(box.left() + 3, y), QPointF(box.right() - 3, y))


def _frame(painter: QPainter, box: QRectF, *, strong: bool) -> None:
    """A frame with a line of the ground inside, so that it is seen on any colour."""
    c = theme.colors()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if strong:
        painter.setPen(QPen(QColor(c.surface), 1.5))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _ROUND, _ROUND)
    painter.setPen(QPen(QColor(c.accent), 2.4 if strong else 1.2))
    painter.drawRoundedRect(box.adjusted(-0.5, -0.5, 0.5, 0.5), _ROUND, _ROUND)


def paint_key(
    painter: QPainter, right: float, top: float, peak: float, style: MapStyle, *, signed: bool
) -> None:
    """Draw what the colours mean: a bar from 0 (or less) to the strongest."""
    high = "1" if peak == 1 else number(peak)
    low = f"−{high}" if signed else "0"
    painter.setFont(page_font("small"))
    metrics = QFontMetricsF(painter.font())
    bar = QRectF(right - metrics.horizontalAdvance(high) - 6 - _BAR, top + 4, _BAR, 10)
    shares = np.linspace(-1 if signed else 0, 1, _STOPS, dtype=np.float32)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for place, color in enumerate(fills(shares, 1.0, style, signed=signed)):
        gradient.setColorAt(place / (_STOPS - 1), color)
    painter.setPen(QPen(QColor(theme.colors().line), 1))
    painter.setBrush(gradient)
    painter.drawRect(bar)
    painter.setPen(QColor(theme.colors().muted))
    y = bar.center().y() + metrics.ascent() / 2 - 1
    painter.drawText(QPointF(bar.right() + 6, y), high)
    painter.drawText(QPointF(bar.left() - 6 - metrics.horizontalAdvance(low), y), low)


KEY_WIDTH = _BAR + 100

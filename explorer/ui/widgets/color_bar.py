"""The key to the colours: a bar from 0 to the largest weight that they stand for."""

from functools import cache

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from explorer.ui import colormaps, theme

BAR_WIDTH = 12
TICK_WIDTH = 34


def ticks(peak: float) -> tuple[tuple[float, str], ...]:
    """Five values from 0 to `peak`, as they are written."""
    places = 2 if peak >= 0.1 else 3
    return tuple((peak * i / 4, f"{peak * i / 4:.{places}f}" if i else "0") for i in range(5))


def paint(painter: QPainter, bar: QRect, peak: float) -> None:
    """Draw the bar with its ticks to the right of it."""
    c = theme.colors()
    painter.drawImage(bar, _ramp(c.dark))
    painter.setPen(QPen(QColor(c.line), 1))
    painter.drawRect(bar.adjusted(0, 0, -1, -1))
    metrics = QFontMetrics(painter.font())
    marks = ticks(peak)
    if bar.height() < 5 * metrics.height():
        marks = (marks[0], marks[-1])
    painter.setPen(QColor(c.muted))
    for value, text in marks:
        y = place(bar, value, peak)
        middle = min(max(y, bar.top() + metrics.height() / 2), bar.bottom() - metrics.height() / 2)
        box = QRectF(bar.right() + 6, middle - metrics.height() / 2, TICK_WIDTH, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def paint_marker(painter: QPainter, bar: QRect, weight: float, peak: float) -> None:
    """Mark a weight's place on the bar."""
    y = place(bar, min(max(weight, 0.0), peak), peak)
    painter.setPen(QPen(QColor(theme.colors().accent), 2))
    painter.drawLine(bar.left() - 3, round(y), bar.right() + 3, round(y))


def place(bar: QRect, value: float, peak: float) -> float:
    """The height at which a value stands."""
    return bar.bottom() - (bar.height() - 1) * value / (peak or 1.0)


@cache
def _ramp(dark: bool) -> QImage:
    words = np.ascontiguousarray(colormaps.color_table(colormaps.sequential(dark))[::-1])
    return QImage(words.data, 1, 256, 4, QImage.Format.Format_RGB32).copy()

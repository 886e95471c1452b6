"""The key to the colours of a map: which weights they stand for, on which scale and range."""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from explorer.ui import colormaps, theme
from explorer.ui.attention.coloring import DECADES, Coloring
from explorer.ui.attention.map_layout import TICK_WIDTH
from explorer.ui.widgets.attention_words import number


def ticks(coloring: Coloring, peak: float) -> tuple[tuple[float, str], ...]:
    """Places on the bar, 0 to 1, and the weights there as they are written.

    Of colours that run up to each row's largest they are shares of that.
    """
    return tuple(
        (coloring.place(share), _said(share, coloring, peak)) for share in _marks(coloring)
    )


def _marks(coloring: Coloring) -> tuple[float, ...]:
    """The shares of the peak that get a tick, falling."""
    if coloring.style.scale == "log":
        half = tuple(10.0**-power for power in range(DECADES + 1))
        # The two halves meet in the middle, where everything is that is too small.
        return (*half[:-1], 0.0, *(-share for share in half[-2::-1])) if coloring.signed else half
    if coloring.signed:
        return (1.0, 0.5, 0.0, -0.5, -1.0)
    return (1.0, 0.75, 0.5, 0.25, 0.0)


def _said(share: float, coloring: Coloring, peak: float) -> str:
    least = coloring.style.scale == "log" and abs(share) <= 1.01 * 10.0**-DECADES
    if coloring.style.range == "row":
        text = f"{100 * share:.3g} %".replace("-", "−")
    else:
        text = _value(share * peak, peak)
    return f"≤ {text}" if least and not coloring.signed else text


def _value(value: float, peak: float) -> str:
    if value == 0:
        return "0"
    if abs(value) < 0.0095 * peak or abs(value) < 0.00095:
        return f"{value:.0e}".replace("e-0", "e−").replace("e-", "e−").replace("-", "−")
    return f"{value:.{2 if peak >= 0.1 else 3}f}".replace("-", "−")


def said_range(coloring: Coloring, peak: float) -> str:
    """Which weights the colours span, in words."""
    if coloring.style.range == "row":
        text = "0 to each row's largest"
    elif coloring.style.range == "map":
        text = f"0 to {number(peak).removesuffix('.000')}, its largest"
    else:
        text = "0 to 1"
    if coloring.signed:
        text = text.replace("0 to ", "± ", 1).replace("largest", "largest difference")
    scale = coloring.style.scale
    return text if scale == "linear" else f"{text}, {scale}"


def paint(painter: QPainter, bar: QRect, coloring: Coloring, peak: float) -> None:
    """Draw the bar with its ticks to the right of it, as many as have room."""
    c = coloring.colors
    painter.drawImage(bar, _ramp(coloring.style.colors, c.dark, coloring.signed))
    painter.setPen(QPen(QColor(c.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar.adjusted(0, 0, -1, -1))
    high = QFontMetrics(painter.font()).height()
    painter.setPen(QColor(c.muted))
    taken: list[float] = []
    marks = ticks(coloring, peak)
    for place, text in (marks[0], marks[-1], *marks[1:-1]):  # The ends matter most.
        middle = _height(bar, place)
        middle = min(max(middle, bar.top() + high / 2 - 2), bar.bottom() - high / 2 + 2)
        if all(abs(middle - other) >= high * 0.9 for other in taken):
            taken.append(middle)
            box = QRectF(bar.right() + 6, middle - high / 2, TICK_WIDTH + 8, high)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def paint_marker(painter: QPainter, bar: QRect, share: float, coloring: Coloring) -> None:
    """Mark the place of a share of the peak."""
    if not np.isfinite(share):
        return
    y = round(_height(bar, coloring.place(min(max(share, -1.0), 1.0))))
    painter.setPen(QPen(QColor(theme.colors().accent), 2))
    painter.drawLine(bar.left() - 3, y, bar.right() + 3, y)


def _height(bar: QRect, place: float) -> float:
    return bar.bottom() - (bar.height() - 1) * place


@lru_cache(maxsize=16)
def _ramp(name: str, dark: bool, signed: bool) -> QImage:
    colors = colormaps.of(name, dark, signed=signed)[1 if signed else 0 :]
    words = np.ascontiguousarray(colormaps.color_table(colors)[::-1])
    return QImage(words.data, 1, len(words), 4, QImage.Format.Format_RGB32).copy()

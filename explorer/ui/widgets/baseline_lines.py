"""Dashed lines across a plot for what counting reaches, named beside its right edge.

A line that lies far off the curves does not move the axis: its name stands at the edge beyond which
it lies, with an arrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.ui import theme
from explorer.ui.widgets.ticks import Scale

ROW = 14.0
"""Height of a name."""
_GAP = 10.0
"""Pixels between the plot and the names: room for a line from one to the other."""
_NEAR = 1.25
"""How much longer the axis may become to hold a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A value with a name in few letters, and a sentence about it."""

    title: str
    value: float
    words: str
    detail: str = ""

    @property
    def label(self) -> str:
        """Name and value."""
        return f"{self.title} {self.words}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the text beside the plot: its middle, and where the line itself is, if in it."""

    line: Line
    text: str
    middle: float
    at: float | None
    box: QRectF


def gutter(lines: Sequence[Line], metrics: QFontMetricsF, width: float) -> float:
    """Room beside the plot for the names, at most a third of the width."""
    if not lines:
        return 0.0
    widest = max(metrics.horizontalAdvance(f"{line.label} ↑") for line in lines)
    return min(widest + _GAP + 2, width / 3)


def with_near(scale: Scale, lines: Sequence[Line]) -> Scale:
    """The axis made a little longer to hold lines that lie close to it."""
    for line in sorted(lines, key=lambda line: abs(scale.place_of(line.value) - 0.5)):
        place = scale.place_of(line.value) if line.value > 0 or not scale.log else np.nan
        if 1 < place <= _NEAR - 0.05:
            scale = Scale(scale.low, scale.at(place + 0.05), scale.log)
        elif 1 - _NEAR + 0.05 <= place < 0:
            scale = Scale(scale.at(place - 0.05), scale.high, scale.log)
    return scale


def placed(
    lines: Sequence[Line], area: QRectF, scale: Scale, metrics: QFontMetricsF, width: float
) -> list[Placed]:
    """Names from top to bottom, each as close to its line as the others let it be."""
    seen = [line for line in lines if line.value > 0 or not scale.log]
    seen.sort(key=lambda line: -line.value)
    places = np.array([scale.place_of(line.value) for line in seen])
    wanted = area.bottom() - places.clip(0, 1) * area.height()
    middles = spread(wanted, ROW, area.top() + ROW / 2, area.bottom() - ROW / 2)
    return [
        _placed(line, place, wish, middle, area, metrics, width)
        for line, place, wish, middle in zip(seen, places, wanted, middles, strict=True)
    ]


def _placed(
    line: Line, place: float, wish: float, middle: float, area: QRectF, metrics: QFontMetricsF,
    width: float,
) -> Placed:  # fmt: skip
    arrow = " ↑" if place > 1 else " ↓" if place < 0 else ""
    box = QRectF(area.right() + _GAP, middle - ROW / 2, width - _GAP, ROW)
    whole, short = line.label + arrow, line.title + arrow
    text = whole if metrics.horizontalAdvance(whole) <= box.width() else short
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    return Placed(line, text, middle, None if arrow else wish, box)


def spread(wanted: NDArray[np.float64], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart, in the same order and as near to the wanted ones as can be.

    Too many for the room lie evenly in it.
    """
    if len(wanted) * gap > high - low + gap:
        return list(np.linspace(low, high, len(wanted)))
    groups: list[list[float]] = []  # Each: sum of wanted places of its first, and how many.
    for number, place in enumerate(wanted):
        groups.append([place - number * gap, 1])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            total, count = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + count]
    firsts = [_mean(group) for group in groups for _ in range(int(group[1]))]
    highest = high - gap * (len(wanted) - 1)
    return [min(max(first, low), highest) + i * gap for i, first in enumerate(firsts)]


def _mean(group: Sequence[float]) -> float:
    return group[0] / group[1]


def draw(painter: QPainter, area: QRectF, lines: Sequence[Placed]) -> None:
    """The dashed lines, the names, and a thin line from each to its name."""
    colors = theme.colors()
    painter.setFont(theme.font("small"))
    for item in lines:
        if item.at is not None:
            y = round(item.at) + 0.5
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            pen = QPen(QColor(colors.muted), 1)
            pen.setDashPattern([5.0, 4.0])
            painter.setPen(pen)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colors.faint), 1))
            bend = QPointF(area.right() + 1, y), QPointF(item.box.left() - 2, item.middle)
            painter.drawLine(*bend)
        painter.setPen(QColor(colors.muted))
        painter.drawText(item.box, _MIDDLE, item.text)


_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

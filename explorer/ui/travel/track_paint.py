"""How the track of time is drawn: flags, curves, kept steps, the knob."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from explorer.ui import theme
from explorer.ui.travel.axis import TimeAxis
from explorer.ui.travel.voyage import Course
from explorer.ui.widgets.happened_marks import color, draw_diamond

FLAGS = 10.0
"""Height on top where flags stand."""
_RAIL = 9.0
"""From the bottom to the rail."""
_KNOB = 6.0


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn; `x` is the knob's place, `hover` that of the step pointed at."""

    frame: QRectF
    area: QRectF
    axis: TimeAxis
    kept: Sequence[int]
    courses: Sequence[Course]
    colors: Sequence[str]
    marks: Sequence[int]
    x: float
    hover: float | None
    hovered: str | None
    now: bool
    focused: bool
    enabled: bool


def paint_still(painter: QPainter, picture: Picture) -> None:
    """What a move leaves as it is: curves, rail, kept steps, flags."""
    colors, area = theme.colors(), picture.area
    rail = picture.frame.bottom() - _RAIL
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    band = QRectF(area.left(), FLAGS, area.width(), rail - FLAGS - 3)
    for number, course in enumerate(picture.courses):
        _draw_course(painter, picture, band, course, QColor(picture.colors[number]), number == 0)
    painter.setPen(QPen(QColor(colors.line), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(area.left(), rail), QPointF(area.right(), rail))
    if picture.enabled and picture.kept:
        _draw_ticks(painter, picture, rail)
        _draw_flags(painter, picture, rail)


def paint_moving(painter: QPainter, picture: Picture) -> None:
    """What follows the pointer, over it: how far, where it points, the knob."""
    if not picture.enabled or not picture.kept:
        return
    rail = picture.frame.bottom() - _RAIL
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    accent = QColor(theme.colors().accent)
    painter.setPen(QPen(accent, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(picture.area.left(), rail), QPointF(picture.x, rail))
    if picture.hover is not None:
        _draw_hover(painter, picture, rail)
    _draw_knob(painter, picture, rail)


def _places(picture: Picture, steps: Sequence[int]) -> list[float]:
    area = picture.area
    at = picture.axis.places(np.array(steps, float))
    return (area.left() + at * area.width()).tolist()


def _draw_course(
    painter: QPainter, picture: Picture, band: QRectF, course: Course, color: QColor, filled: bool
) -> None:
    x = band.left() + picture.axis.places(course.steps_S) * band.width()
    y = band.bottom() - np.clip(course.values_S, 0, 1) * band.height()
    known = np.isfinite(y)
    line = [QPointF(a, b) for a, b in zip(x[known].tolist(), y[known].tolist(), strict=True)]
    if len(line) < 2:
        return
    if filled:
        path = QPainterPath(QPointF(line[0].x(), band.bottom()))
        for point in line:
            path.lineTo(point)
        path.lineTo(line[-1].x(), band.bottom())
        light = QColor(color)
        light.setAlphaF(0.22 if theme.colors().dark else 0.14)
        painter.fillPath(path, light)
    painter.setPen(QPen(color, 1.4))
    painter.drawPolyline(QPolygonF(line))


def _draw_ticks(painter: QPainter, picture: Picture, rail: float) -> None:
    painter.setPen(QPen(QColor(theme.colors().faint), 1))
    lines = [QLineF(x, rail + 4, x, rail + 7) for x in _places(picture, picture.kept)]
    painter.drawLines(lines)


def _draw_flags(painter: QPainter, picture: Picture, rail: float) -> None:
    """Diamonds on top, with a thin line down to the rail."""
    if not picture.marks:
        return
    faint = color()
    faint.setAlphaF(0.4)
    places = sorted(set(_places(picture, picture.marks)))
    painter.setPen(QPen(faint, 1))
    painter.drawLines([QLineF(x, FLAGS - 2, x, rail) for x in places])
    for x in places:
        draw_diamond(painter, x, 5)


def _draw_hover(painter: QPainter, picture: Picture, rail: float) -> None:
    x = picture.hover
    if x is None:
        return
    colors = theme.colors()
    painter.setPen(QPen(QColor(colors.muted), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, FLAGS), QPointF(x, rail))
    painter.setFont(theme.font("small"))
    metrics = QFontMetricsF(theme.font("small"))
    width = metrics.horizontalAdvance(picture.hovered or "") + 8
    left = min(max(x + 4, picture.frame.left()), picture.frame.right() - width)
    if x + 4 + width > picture.frame.right():
        left = x - 4 - width
    box = QRectF(left, FLAGS - 4, width, metrics.height() + 2)
    ground = QColor(colors.raised)
    ground.setAlphaF(0.92)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(colors.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, picture.hovered or "")


def _draw_knob(painter: QPainter, picture: Picture, rail: float) -> None:
    colors = theme.colors()
    accent = QColor(colors.accent)
    if not picture.now:
        painter.setPen(QPen(accent, 1.5))
        painter.drawLine(QPointF(picture.x, FLAGS - 2), QPointF(picture.x, rail))
    if picture.focused:
        halo = QColor(accent)
        halo.setAlphaF(0.3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(QPointF(picture.x, rail), _KNOB + 4, _KNOB + 4)
    painter.setPen(QPen(QColor(colors.surface), 2))
    painter.setBrush(accent)
    painter.drawEllipse(QPointF(picture.x, rail), _KNOB, _KNOB)

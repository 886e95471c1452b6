"""Drawing a curve fast: one-pixel pens and a band made by numpy.

Qt needs 0.3 ms for a zigzag of 1,200 points with a pen of one pixel, but 60 ms with a wider one and
25 ms to fill a band of them; a second pass, moved by half a pixel, reads as a wider line.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from shiboken6 import VoidPtr

Floats = NDArray[np.float64]
_FAR = 1e5
"""Pixels off the picture beyond which Qt's arithmetic need not be trusted."""


def draw_line(painter: QPainter, x: Floats, y: Floats, color: QColor) -> None:
    """A line through points in pixels; it has a gap where one is NaN, and a dot where one is alone.

    About one and a half pixels wide on any screen.
    """
    ratio = painter.device().devicePixelRatioF()
    pen = QPen(color, 0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    for part_x, part_y in _unbroken(x, y):
        if len(part_x) == 1:
            draw_dot(painter, part_x[0], part_y[0], color, 1.5)
            painter.setPen(pen)
            continue
        for shift in np.arange(round(1.6 * ratio)) * 0.6 / ratio:
            painter.drawPolyline(polygon(part_x, part_y + shift))


def draw_dot(painter: QPainter, x: float, y: float, color: QColor, radius: float = 3.0) -> None:
    """A filled dot."""
    painter.setPen(QPen(color, 0))
    painter.setBrush(color)
    painter.drawEllipse(QPointF(x, y), radius, radius)


def _unbroken(x: Floats, y: Floats) -> list[tuple[Floats, Floats]]:
    good = np.isfinite(x) & np.isfinite(y)
    if good.all():
        return [(x, y)] if len(x) else []
    bounds = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    return [(x[a:b], y[a:b]) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]


def polygon(x: Floats, y: Floats) -> QPolygonF:
    """Points as Qt wants them, copied in one go."""
    made = QPolygonF()
    made.resize(len(x))
    # The stubs know neither VoidPtr's size nor that it is a buffer.
    memory: Any = VoidPtr(made.data(), len(x) * 16, True)  # type: ignore[call-arg]
    points = np.frombuffer(memory, np.float64).reshape(-1, 2)
    points[:, 0] = np.clip(x, -_FAR, _FAR)
    points[:, 1] = np.clip(y, -_FAR, _FAR)
    return made


def draw_band(
    painter: QPainter, area: QRectF, x: Floats, top: Floats, bottom: Floats, color: QColor
) -> None:
    """The region between two curves, x rising, all in pixels; cut to the area."""
    good = np.isfinite(top) & np.isfinite(bottom)
    if good.sum() < 2 or float((bottom - top)[good].max()) < 0.5:
        return  # Nothing that the line does not cover.
    width, height = int(area.width()), int(area.height())
    columns = np.arange(width) + 0.5 + area.left()
    upper = np.interp(columns, x[good], top[good], np.inf, np.inf) - area.top()
    lower = np.interp(columns, x[good], bottom[good], -np.inf, -np.inf) - area.top()
    rows = np.arange(height, dtype=np.float32)[:, None]
    inside = (rows >= np.floor(upper).astype(np.float32)) & (rows <= lower.astype(np.float32))
    pixels = inside * np.uint32(_premultiplied(color))
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(QPointF(area.left(), area.top()), image)


def _premultiplied(color: QColor) -> int:
    alpha = color.alphaF()
    red, green, blue = (
        round(c * alpha * 255) for c in (color.redF(), color.greenF(), color.blueF())
    )
    return color.alpha() << 24 | red << 16 | green << 8 | blue

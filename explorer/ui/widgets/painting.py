"""Painting that cannot end the process: an error in a paint event is logged, never thrown."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.ui import theme

_log = logging.getLogger(__name__)


def paint_safely(widget: QWidget, paint: Callable[[QPainter], None]) -> None:
    """Run `paint` with a painter on the widget; called from `paintEvent` alone.

    An exception that leaves a paint event would go through Qt's own frames and end the process.
    """
    painter = QPainter(widget)
    try:
        paint(painter)
    except Exception:
        _log.exception("%s could not be painted", type(widget).__name__)
    finally:
        painter.end()


def draw_focus(painter: QPainter, frame: QRectF) -> None:
    """A thin frame in the accent: the keyboard acts here."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.colors().accent), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


def draw_hint(painter: QPainter, frame: QRect, text: str) -> None:
    """What to do next, in the middle of what is still empty."""
    painter.setFont(theme.font("body"))
    painter.setPen(QColor(theme.colors().muted))
    centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(frame.adjusted(8, 0, -8, 0), centred, text)


def blank(widget: QWidget, ratio: float) -> QPixmap:
    """A picture as large as a widget, `ratio` times as fine, with nothing in it yet."""
    made = QPixmap(widget.size() * ratio)
    made.setDevicePixelRatio(ratio)
    return made

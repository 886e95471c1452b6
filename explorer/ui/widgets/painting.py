"""Painting that cannot end the process: an error in a paint event is logged, never thrown."""

import logging
from collections.abc import Callable

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

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

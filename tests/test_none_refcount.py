"""PySide6 6.12.0 on Python 3.11 gave back one reference to None too many per void QPainter call.

The interpreter aborts when the count reaches zero (PYSIDE-3474); pyproject.toml keeps that version
out. Whatever version is installed must leave the count alone.
"""

import sys

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

CALLS = 2000


def test_that_painting_keeps_the_references_to_none(qapp: object) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.fillRect(QRectF(0, 0, 4, 4), QColor("red"))
        painter.drawLine(0, 0, 4, 4)
        painter.setOpacity(0.5)
    lost = before - sys.getrefcount(None)
    painter.end()
    assert lost < CALLS // 10, f"{lost} references to None were lost in {3 * CALLS} calls"

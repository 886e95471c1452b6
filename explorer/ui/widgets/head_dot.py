"""A dot in a head's colour, which is the same in every view."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.widgets.painting import paint_safely

_SIZE = 10


class HeadDot(QWidget):
    """Shows which colour stands for a head."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = 0
        self.setFixedSize(_SIZE, _SIZE)
        self.setToolTip("The colour of this head in every view.")
        theme.theme().changed.connect(self.update)

    def show_head(self, head: int) -> None:
        """Take the colour of another head."""
        if head != self._head:
            self._head = head
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.head_color(self._head))
        painter.drawEllipse(QRectF(0, 0, _SIZE, _SIZE))

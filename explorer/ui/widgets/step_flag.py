"""The number of a step on the axis below the pointer, and what was changed there."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.ui import theme
from explorer.ui.widgets.curve_plot import CurvePlot


def draw_flag(painter: QPainter, plot: CurvePlot, x: float, text: str) -> None:
    """A text on a raised ground below the plot, at a place along its axis but within its frame."""
    painter.setFont(theme.font("small"))
    width = painter.fontMetrics().horizontalAdvance(text) + 12
    left = max(min(x - width / 2, plot.frame.right() - width), plot.frame.left())
    box = QRectF(left, plot.area.bottom() + 1, width, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colors().raised))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(theme.colors().text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

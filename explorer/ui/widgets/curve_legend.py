"""The line above a plot: each curve's name and value, and what a point of it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from explorer.ui import theme
from explorer.ui.widgets.curve import draw_dot
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.series import GHOST, Curve

HEAD = 24
"""Height of the legend."""


@dataclass(frozen=True, slots=True)
class Legend:
    """What a plot says above its curves. `area` is where the curves are, `frame` the whole plot."""

    title: str
    curves: Sequence[Curve]
    note: str
    frame: QRectF
    area: QRectF

    def draw(self, painter: QPainter, step: float | None) -> None:
        """Each curve's value at the step, or else its newest; and what a point is."""
        painter.setFont(theme.font("small"))
        metrics = QFontMetricsF(painter.font())
        texts = [f"{curve.name} {_value(curve, step)}" for curve in self.curves]
        widths = [max(metrics.horizontalAdvance(text), 92) + 11 + 2 * theme.SPACE for text in texts]
        left, right = self.frame.left() + theme.SPACE, self.frame.right() - theme.SPACE
        title = metrics.horizontalAdvance(self.title) + 2 * theme.SPACE if self.title else 0.0
        if title and left + title + sum(widths) <= right:
            self._write(painter, left, title, self.title)
            left += title
        for curve, text, width in zip(self.curves, texts, widths, strict=True):
            draw_dot(painter, left + 3, self.frame.top() + HEAD / 2, ink(curve))
            room = max(0.0, right - left - 11)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._write(painter, left + 11, room, shown, "text")
            left += width
        self._draw_note(painter, metrics, left, right)

    def _write(
        self, painter: QPainter, left: float, width: float, text: str, color: str = "muted"
    ) -> None:
        painter.setPen(QColor(getattr(theme.colors(), color)))
        painter.drawText(QRectF(left, self.frame.top(), width, HEAD), _LEFT, text)

    def _draw_note(
        self, painter: QPainter, metrics: QFontMetricsF, left: float, right: float
    ) -> None:
        """Behind the legend in as many words as fit, or else where curves that fall are not."""
        whole = self.note
        short = whole.split(" · ")[0].removeprefix("line: ")
        fitting = [t for t in (whole, short) if metrics.horizontalAdvance(t) <= right - left]
        if fitting:
            width = metrics.horizontalAdvance(fitting[0]) + 1
            self._write(painter, right - width, width, fitting[0])
        elif short:
            width = metrics.horizontalAdvance(short) + 8
            box = QRectF(self.area.left() + 2, self.area.bottom() - 18, width, 16)
            back = QColor(theme.colors().surface)
            back.setAlphaF(0.8)
            painter.fillRect(box, back)
            painter.setPen(QColor(theme.colors().muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, short)


def ink(curve: Curve) -> QColor:
    """Its colour in the theme in force."""
    colors = theme.colors()
    return QColor(colors.faint if curve.color == GHOST else colors.curves[curve.color])


def _value(curve: Curve, step: float | None) -> str:
    index = len(curve.series) - 1 if step is None else curve.series.nearest(step)
    if index is None or index < 0:
        return "–"
    at = curve.series.x[index]
    where = f" at {count(at)}" if step is not None and at != step else ""
    return curve.words(float(curve.series.y[index])) + where


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

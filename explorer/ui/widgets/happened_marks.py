"""What happened in a run, as diamonds on top of its curves: drawn, pointed at, explained."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from explorer.messages.happenings import RULE, Happening, in_words
from explorer.ui import theme
from explorer.ui.widgets.curve_plot import CurvePlot
from explorer.ui.widgets.ticks import Scale

_NEAR = 6
"""Pixels from a mark within which the pointer means it."""
_HIGH = 16
"""Pixels from the top of a plot that belong to the marks."""
_MOST = 6
"""Marks that a tooltip tells of one place."""


def color() -> QColor:
    """That of all marks of what happened."""
    return QColor(theme.colors().curves[3])


def draw_diamond(painter: QPainter, x: float, y: float, size: float = 4.5) -> None:
    """One mark."""
    corners = QPointF(x, y - size), QPointF(x + size, y), QPointF(x, y + size), QPointF(x - size, y)
    painter.setPen(QPen(QColor(theme.colors().surface), 1))
    painter.setBrush(color())
    painter.drawPolygon(QPolygonF(corners))


class HappenedMarks:
    """The marks of one run, on every plot of a chart."""

    def __init__(self) -> None:
        self.marks: tuple[Happening, ...] = ()
        self.on = ""

    def show(self, marks: Sequence[Happening], on: str = "") -> bool:
        """Have these from now on; whether they are others."""
        other = tuple(marks) != self.marks
        self.marks, self.on = tuple(marks), on
        return other

    def draw(self, painter: QPainter, plots: Sequence[CurvePlot], steps: Scale) -> None:
        """A faint line and a diamond on each plot, at each step once."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        faint = color()
        faint.setAlphaF(0.35)
        for plot in plots:
            for x in sorted(set(self._places(plot, steps))):
                if not plot.area.left() - 1 <= x <= plot.area.right() + 1:
                    continue
                painter.setPen(QPen(faint, 1))
                painter.drawLine(QPointF(x, plot.area.top() + 4), QPointF(x, plot.area.bottom()))
                draw_diamond(painter, x, plot.area.top() + 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _places(self, plot: CurvePlot, steps: Scale) -> list[float]:
        found = plot.x_of(steps, np.array([mark.step for mark in self.marks], float))
        return [x if np.isfinite(x) else -1.0 for x in found.tolist()]

    def at(self, plots: Sequence[CurvePlot], steps: Scale, spot: QPointF) -> list[Happening]:
        """What is marked at a place, the closest first."""
        for plot in plots:
            top = plot.area.top()
            if not (plot.frame.contains(spot) and top - 4 <= spot.y() <= top + _HIGH):
                continue
            apart = [abs(x - spot.x()) for x in self._places(plot, steps)]
            near = sorted(n for n, distance in enumerate(apart) if distance <= _NEAR)
            return [self.marks[n] for n in sorted(near, key=lambda n: apart[n])]
        return []

    def words(self, marks: Sequence[Happening]) -> str:
        """What a tooltip says of them, with the rule that they follow."""
        lines = [f"<p>{in_words(mark)}</p>" for mark in marks[:_MOST]]
        more = f"<p>and {len(marks) - _MOST} more</p>" if len(marks) > _MOST else ""
        on = f" Heads were measured on {self.on}." if self.on else ""
        return f"{''.join(lines)}{more}<p>Click to go there.{on}</p><p><i>{RULE}</i></p>"

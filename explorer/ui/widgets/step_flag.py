"""Steps on the axis: the one below the pointer, with what was changed, and the one looked at."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.widgets.curve_plot import CurvePlot
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.run_curves import Mark
from explorer.ui.widgets.ticks import Scale

_NEAR = 6
"""Pixels from a mark within which the pointer means it."""


def draw_step(
    painter: QPainter, plot: CurvePlot, steps: Scale, step: int, marks: Sequence[Mark]
) -> None:
    """The step's number on the axis, and what was changed close to it."""
    x = plot.area.left() + steps.place_of(step) * plot.area.width()
    texts = [f"step {count(step)}", *changed_near(plot, steps, x, marks)]
    draw_flag(painter, plot, x, " · ".join(texts))


def changed_near(plot: CurvePlot, steps: Scale, x: float, marks: Sequence[Mark]) -> list[str]:
    """What the marks close to this place of a plot say."""
    places = plot.x_of(steps, np.array([mark.step for mark in marks], float))
    return [marks[n].text for n in np.flatnonzero(np.abs(places - x) < _NEAR).tolist()]


def draw_place(painter: QPainter, plots: Sequence[CurvePlot], steps: Scale, step: int) -> None:
    """A line through every plot where a person is in the run's time."""
    color = QColor(theme.colors().accent)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for plot in plots:
        x = float(plot.x_of(steps, np.array([float(step)]))[0])
        if not np.isfinite(x) or not plot.area.left() - 1 <= x <= plot.area.right() + 1:
            continue
        painter.setPen(QPen(color, 1.5))
        painter.drawLine(QPointF(x, plot.area.top()), QPointF(x, plot.area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(x, plot.area.bottom()), 3.5, 3.5)


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

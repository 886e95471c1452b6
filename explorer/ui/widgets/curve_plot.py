"""One plot of a chart: curves over a common axis of steps, its own axis of values, its legend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.ui import theme
from explorer.ui.widgets import baseline_lines
from explorer.ui.widgets.baseline_lines import Line, Placed
from explorer.ui.widgets.curve import Floats, draw_band, draw_dot, draw_line
from explorer.ui.widgets.curve_legend import HEAD, Legend, ink
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.series import Buckets, Curve, Series, even_edges
from explorer.ui.widgets.ticks import Scale, label, ticks

FOOT = 18
"""Height of the marks of the axis of steps."""
LEFT = 46
"""Width of the marks of the axis of values."""
_SPARSE = 60
"""Fewer points than this are drawn as dots on their line."""


@dataclass
class _Drawn:
    curve: Curve
    buckets: Buckets


class CurvePlot:
    """Draws curves into a rectangle. `fixed` bounds hold for good; `log` is the axis of values."""

    def __init__(
        self, title: str, curves: Sequence[Curve], fixed: tuple[float, float] | None = None
    ) -> None:
        self.title = title
        self.curves = tuple(curves)
        self.fixed = fixed
        self.log = False
        self.visible = True
        self.area = QRectF()
        self.frame = QRectF()
        self._gutter = 0.0
        self.values = Scale(0.0, 1.0)
        self.lines: tuple[Line, ...] = ()
        """What counting reaches: dashed, and named beside the plot."""
        self.marks: tuple[float, ...] = ()
        """Steps at which something was changed."""
        self.best: tuple[float, float] | None = None
        """The step and the value of the best point."""
        self._placed: list[Placed] = []
        self._drawn: list[_Drawn] = []
        self._note = ""

    def gutter(self, width: float) -> float:
        """Room that the names of its lines ask for beside it, when it is so wide."""
        return baseline_lines.gutter(self.lines, _metrics(), width)

    def place(self, frame: QRectF, gutter: float = 0.0) -> None:
        """Take this rectangle, with legend, marks and the names of lines beside it."""
        self._gutter = gutter
        self.frame = frame
        self.area = frame.adjusted(LEFT, HEAD, -theme.SPACE - gutter, -FOOT)

    def measure(self, steps: Scale) -> None:
        """Take what falls into the stretch of steps together, and choose the axis of values."""
        self._drawn = [
            _Drawn(curve, _buckets(curve.series, steps, max(2, int(self.area.width()))))
            for curve in self.curves
            if len(curve.series)
        ]
        self.values = self._value_scale()
        if not self.fixed:
            self.values = baseline_lines.with_near(self.values, self.lines)
        self._placed = baseline_lines.placed(
            self.lines, self.area, self.values, _metrics(), self._gutter
        )
        self._note = self.note(steps)

    def _value_scale(self) -> Scale:
        if self.fixed:
            return Scale(*self.fixed)
        seen = [drawn.buckets.mean for drawn in self._drawn]
        values = np.concatenate([*seen, np.empty(0)])
        values = values[np.isfinite(values) & ((values > 0) | (not self.log))]
        if not len(values):
            return Scale(0.1, 1.0, True) if self.log else Scale(0.0, 1.0)
        return _comfortable(float(values.min()), float(values.max()), self.log)

    def x_of(self, steps: Scale, x: Floats) -> Floats:
        """Steps to pixels."""
        return self.area.left() + steps.place(x) * self.area.width()

    def y_of(self, y: Floats) -> Floats:
        """Values to pixels."""
        return self.area.bottom() - self.values.place(y) * self.area.height()

    def draw(self, painter: QPainter, steps: Scale) -> None:
        """Axes and curves, as measured."""
        self._draw_axes(painter, steps)
        baseline_lines.draw(painter, self.area, self._placed)
        painter.save()
        painter.setClipRect(self.area.adjusted(0, -2, 2, 2))
        self._draw_marks(painter, steps)
        for drawn in reversed(self._drawn):
            self._draw_curve(painter, steps, drawn)
        self._draw_best(painter, steps)
        painter.restore()

    def _draw_marks(self, painter: QPainter, steps: Scale) -> None:
        """A small flag on the axis of steps where a setting was changed."""
        if not self.marks:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        color, bottom = QColor(theme.colors().warning), self.area.bottom()
        places = self.x_of(steps, np.array(self.marks, float)).tolist()
        painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
        top = self.area.top()
        painter.drawLines([QLineF(x, top, x, bottom) for x in places])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for x in places:
            corners = QPointF(x - 4, bottom), QPointF(x + 4, bottom), QPointF(x, bottom - 7)
            painter.drawPolygon(corners)

    def _draw_best(self, painter: QPainter, steps: Scale) -> None:
        """A ring around the best point of the second curve."""
        if self.best is None:
            return
        x, y = (self.x_of(steps, np.array([self.best[0]])), self.y_of(np.array([self.best[1]])))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink(self.curves[1]), 1.5))
        painter.setBrush(QColor(theme.colors().surface))
        painter.drawEllipse(QPointF(x[0], y[0]), 4.0, 4.0)

    def line_at(self, spot: QPointF) -> Line | None:
        """The line whose name is at this place, or that runs through it."""
        for item in self._placed:
            near = item.at is not None and abs(item.at - spot.y()) < 3
            if item.box.contains(spot) or (near and self.area.contains(spot)):
                return item.line
        return None

    def _draw_curve(self, painter: QPainter, steps: Scale, drawn: _Drawn) -> None:
        buckets, color = drawn.buckets, ink(drawn.curve)
        x = self.x_of(steps, buckets.x)
        if buckets.largest > 1:
            light = QColor(color)
            light.setAlphaF(0.28 if theme.colors().dark else 0.2)
            floor = np.fmax(buckets.low, self.values.low) if self.log else buckets.low
            draw_band(painter, self.area, x, self.y_of(buckets.high), self.y_of(floor), light)
        y = self.y_of(buckets.mean)
        draw_line(painter, x, y, color)
        if len(x) <= _SPARSE:
            for i in np.flatnonzero(np.isfinite(y)):
                draw_dot(painter, x[i], y[i], color, 2.0)

    def _draw_axes(self, painter: QPainter, steps: Scale) -> None:
        colors = theme.colors()
        painter.setFont(theme.font("small"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        grid, words = QPen(QColor(colors.line), 1), QPen(QColor(colors.muted))
        for y, text in self._value_marks():
            painter.setPen(grid)
            painter.drawLine(QPointF(self.area.left(), y), QPointF(self.area.right(), y))
            painter.setPen(words)
            spot = QRectF(self.frame.left(), y - 8, LEFT - 6, 16)
            painter.drawText(spot, _RIGHT, text)
        for x, text in self._step_marks(steps):
            painter.setPen(grid)
            painter.drawLine(QPointF(x, self.area.bottom()), QPointF(x, self.area.bottom() + 3))
            painter.setPen(words)
            left = min(max(x - 30, self.area.left() - 30), self.frame.right() - 60)
            painter.drawText(QRectF(left, self.area.bottom() + 3, 60, FOOT - 3), _CENTER, text)

    def _value_marks(self) -> Iterator[tuple[float, str]]:
        marks = ticks(self.values, max(2, int(self.area.height() / 30)))
        yield from zip(self.y_of(np.array(marks)).round(), map(label, marks), strict=True)

    def _step_marks(self, steps: Scale) -> Iterator[tuple[float, str]]:
        marks = [m for m in ticks(steps, max(2, int(self.area.width() / 80))) if m == round(m)]
        yield from zip(self.x_of(steps, np.array(marks)).round(), map(label, marks), strict=True)

    def draw_legend(self, painter: QPainter, step: float | None) -> None:
        """Each curve's name and its value at the step, or else its newest; and what a point is."""
        known = [curve for curve in self.curves if curve.known] or self.curves[:1]
        Legend(self.title, known, self._note, self.frame, self.area).draw(painter, step)

    def note(self, steps: Scale) -> str:
        """What a point of the drawing stands for, where that differs from the values by a pixel."""
        coarse = [drawn for drawn in self._drawn if self._differs(drawn.buckets)]
        if not coarse:
            return ""
        drawn = max(coarse, key=lambda drawn: drawn.buckets.largest)
        most = ("up to " if steps.log else "") + count(drawn.buckets.largest)
        return f"line: mean of {most} {drawn.curve.points} · band: least to most"

    def _differs(self, buckets: Buckets) -> bool:
        if buckets.largest <= 1:
            return False
        height = np.abs(self.y_of(buckets.high) - self.y_of(buckets.low))
        return bool(np.nanmax(height, initial=0.0) > 1)

    def draw_cross(self, painter: QPainter, steps: Scale, step: float) -> None:
        """A line at the step, and a dot on each value that stands there."""
        x = float(self.x_of(steps, np.array([step]))[0])
        painter.setPen(QPen(QColor(theme.colors().muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, self.area.top()), QPointF(x, self.area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for curve in self.curves:
            index = curve.series.nearest(step)
            if index is None:
                continue
            spot = self.x_of(steps, curve.series.x[index : index + 1])[0]
            y = self.y_of(curve.series.y[index : index + 1])[0]
            if np.isfinite(y) and self.area.adjusted(-1, -1, 1, 1).contains(QPointF(spot, y)):
                draw_dot(painter, spot, y, ink(curve), 3.5)


def _metrics() -> QFontMetricsF:
    return QFontMetricsF(theme.font("small"))


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


def _buckets(series: Series, steps: Scale, pixels: int) -> Buckets:
    start, end = series.span(steps.low, steps.high)
    if not steps.log:
        return series.reduce(even_edges(start, end, pixels))
    cuts = steps.low * (steps.high / steps.low) ** np.linspace(0, 1, pixels + 1)
    inner = np.searchsorted(series.x, cuts)
    return series.reduce(np.unique(np.concatenate([[start], inner, [end]]).clip(start, end)))


def _comfortable(low: float, high: float, log: bool) -> Scale:
    if log:
        high = max(high, low * 1.2)
        return Scale(low / 1.1, high * 1.1, True)
    if low >= 0 and low < 0.6 * high:
        return Scale(0.0, high * 1.05)
    margin = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return Scale(low - margin, high + margin)

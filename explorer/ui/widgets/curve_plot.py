"""One plot of a chart: curves over a common axis of steps, its own axis of values, its legend."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.ui import theme
from explorer.ui.widgets.curve import Floats, draw_band, draw_dot, draw_line
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.series import Buckets, Series, even_edges
from explorer.ui.widgets.ticks import Scale, label, ticks

HEAD = 24
"""Height of the legend."""
FOOT = 18
"""Height of the marks of the axis of steps."""
LEFT = 46
"""Width of the marks of the axis of values."""
_SPARSE = 60
"""Fewer points than this are drawn as dots on their line."""


@dataclass
class Curve:
    """A series with a name, one of the theme's curve colours, and the words for a value."""

    name: str
    color: int
    words: Callable[[float], str]
    points: str = "steps"
    series: Series = field(default_factory=Series)

    def qcolor(self) -> QColor:
        """Its colour in the theme in force."""
        return QColor(theme.colors().curves[self.color])


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
        self.values = Scale(0.0, 1.0)
        self._drawn: list[_Drawn] = []
        self._note = ""

    def place(self, frame: QRectF) -> None:
        """Take this rectangle, with legend and marks."""
        self.frame = frame
        self.area = frame.adjusted(LEFT, HEAD, -theme.SPACE, -FOOT)

    def measure(self, steps: Scale) -> None:
        """Take what falls into the stretch of steps together, and choose the axis of values."""
        self._drawn = [
            _Drawn(curve, _buckets(curve.series, steps, max(2, int(self.area.width()))))
            for curve in self.curves
            if len(curve.series)
        ]
        self.values = self._value_scale()
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
        painter.save()
        painter.setClipRect(self.area.adjusted(0, -2, 2, 2))
        for drawn in reversed(self._drawn):
            self._draw_curve(painter, steps, drawn)
        painter.restore()

    def _draw_curve(self, painter: QPainter, steps: Scale, drawn: _Drawn) -> None:
        buckets, color = drawn.buckets, drawn.curve.qcolor()
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
            draw_dot(painter, left + 3, self.frame.top() + HEAD / 2, curve.qcolor())
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

    def _draw_note(
        self, painter: QPainter, metrics: QFontMetricsF, left: float, right: float
    ) -> None:
        """Behind the legend in as many words as fit, or else where curves that fall are not."""
        whole = self._note
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
            painter.drawText(box, _CENTER, short)

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
            if self.area.adjusted(-1, -1, 1, 1).contains(QPointF(spot, y)):
                draw_dot(painter, spot, y, curve.qcolor(), 3.5)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


def _value(curve: Curve, step: float | None) -> str:
    index = len(curve.series) - 1 if step is None else curve.series.nearest(step)
    if index is None or index < 0:
        return "–"
    at = curve.series.x[index]
    where = f" at {count(at)}" if step is not None and at != step else ""
    return curve.words(float(curve.series.y[index])) + where


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

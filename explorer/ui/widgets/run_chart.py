"""Loss, accuracy and learning rate over the steps of a run: one widget, one axis of steps."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.widgets.curve_plot import CurvePlot
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.plot_layout import arrange
from explorer.ui.widgets.run_curves import Mark
from explorer.ui.widgets.step_flag import draw_flag
from explorer.ui.widgets.step_view import StepView
from explorer.ui.widgets.ticks import Scale

_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_NEAR = 6
"""Pixels from a mark within which the pointer means it."""
_HINT = "Press Train and the curves will grow here"


class RunChart(QWidget):
    """Plots that share steps; the wheel zooms, dragging moves, a double click shows everything.

    The curves are drawn into a picture once; what follows the pointer is drawn over it.
    """

    fitted = Signal(bool)
    """Whether the whole run is in view."""

    def __init__(self, plots: tuple[CurvePlot, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots = plots
        self.view = StepView()
        self.marks: tuple[Mark, ...] = ()
        """What was changed while the run went on."""
        self.hover: int | None = None
        """The step under the pointer."""
        self._pointed: CurvePlot | None = None
        self._grabbed: float | None = None
        self._led_by_key = False
        self._picture: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves of the run")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.theme().changed.connect(self.refresh)

    def sizeHint(self) -> QSize:
        """Wide and low, as at the bottom of the window."""
        return QSize(90 * theme.SPACE, 22 * theme.SPACE)

    def minimumSizeHint(self) -> QSize:
        """Room for one plot."""
        return QSize(24 * theme.SPACE, 14 * theme.SPACE)

    def refresh(self) -> None:
        """Draw the curves anew at the next paint."""
        self._picture = None
        self.update()

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show where settings were changed, on the axis of every plot."""
        self.marks = marks
        for plot in self.plots:
            plot.marks = tuple(mark.step for mark in marks)
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """A tooltip explains the baseline under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            spot = QPointF(event.pos())
            lines = [line for plot in self._shown() if (line := plot.line_at(spot))]
            if lines:
                QToolTip.showText(event.globalPos(), f"{lines[0].label}: {lines[0].detail}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def refresh_data(self) -> None:
        """Take in that series have grown or were replaced."""
        filled = [c.series for p in self.plots for c in p.curves if len(c.series)]
        ends = [(s.x[0], s.x[-1]) for s in filled]
        self.view.extent = None
        if ends:
            self.view.extent = float(min(e[0] for e in ends)), float(max(e[1] for e in ends))
        else:
            self.view.fit()
        self.refresh()

    def show_log_steps(self, log: bool) -> None:
        """Lay steps out by their logarithm, or evenly; shows the whole run."""
        self.view.log = log
        self.fit()

    def fit(self) -> None:
        """Show the whole run, also as it grows."""
        self.view.fit()
        self._viewed()

    def zoom(self, factor: float, place: float = 0.5) -> None:
        """Show `factor` times as many steps; what lies at `place`, 0 to 1, stays there."""
        self.view.zoom(factor, place)
        self._viewed()

    def pan(self, share: float) -> None:
        """Move on by a share of what is in view."""
        self.view.pan(share)
        self._viewed()

    def _viewed(self) -> None:
        self.fitted.emit(self.view.whole)
        self.refresh()

    # What the pointer and the keyboard do

    def _place(self, at: QPointF) -> tuple[CurvePlot, float] | None:
        """The plot under the pointer, and how far along its axis of steps, 0 to 1."""
        for plot in self._shown():
            if plot.frame.contains(at) and plot.area.width() > 0:
                share = (at.x() - plot.area.left()) / plot.area.width()
                return plot, min(1.0, max(0.0, share))
        return None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer; a sideways wheel moves."""
        found = self._place(event.position())
        turned = event.angleDelta()
        if found is None or self.view.extent is None:
            event.ignore()
        elif abs(turned.x()) > abs(turned.y()):
            self.pan(-turned.x() / 1200)
        else:
            self.zoom(0.8 ** (turned.y() / 120), found[1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the curves."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grabbed = event.position().x()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole run."""
        self.fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the curves, or point at a step."""
        found = self._place(event.position())
        if found is None:
            return self._point(None, None)
        plot, place = found
        if self._grabbed is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan((self._grabbed - event.position().x()) / plot.area.width())
            self._grabbed = event.position().x()
        return self._point(plot, round(self.view.scale().at(place)))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing; legends show the newest values."""
        self._point(None, None)

    def _point(self, plot: CurvePlot | None, step: int | None) -> None:
        if (plot, step) != (self._pointed, self.hover):
            self._pointed, self.hover = plot, step
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move and zoom, Home shows everything."""
        actions = {
            Qt.Key.Key_Left: lambda: self.pan(-0.1),
            Qt.Key.Key_Right: lambda: self.pan(0.1),
            Qt.Key.Key_Up: lambda: self.zoom(0.8),
            Qt.Key.Key_Plus: lambda: self.zoom(0.8),
            Qt.Key.Key_Down: lambda: self.zoom(1.25),
            Qt.Key.Key_Minus: lambda: self.zoom(1.25),
            Qt.Key.Key_Home: self.fit,
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard acts here, when it was the keyboard that led here."""
        self._led_by_key = event.reason() in _KEYS
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard acts elsewhere."""
        self._led_by_key = False
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the curves for the new size."""
        self._picture = None

    # What is drawn

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put the picture on screen, and the pointer's step over it."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        if self.view.extent is None:
            self._paint_hint(painter)
            return
        steps = self.view.scale()
        if self._picture is None:
            self._picture = self._drawn(steps)
        painter.drawPixmap(0, 0, self._picture)
        for plot in self._shown():
            plot.draw_legend(painter, self.hover)
            if self.hover is not None:
                plot.draw_cross(painter, steps, self.hover)
        self._paint_step(painter, steps)
        if self._led_by_key:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.colors().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def picture(self, ratio: float) -> QPixmap:
        """The whole chart on the theme's background, `ratio` times as fine as the screen."""
        made = self._blank(ratio)
        made.fill(QColor(theme.colors().surface))
        painter = QPainter(made)
        try:
            if self.view.extent is None:
                self._paint_hint(painter)
            else:
                self._draw(painter, self.view.scale())
                for plot in self._shown():
                    plot.draw_legend(painter, None)
        finally:
            painter.end()
        return made

    def _drawn(self, steps: Scale) -> QPixmap:
        made = self._blank(self.devicePixelRatioF())
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        try:
            self._draw(painter, steps)
        finally:
            painter.end()
        return made

    def _blank(self, ratio: float) -> QPixmap:
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        return made

    def _draw(self, painter: QPainter, steps: Scale) -> None:
        arrange(self._shown(), QRectF(self.rect()), self.plots[0])
        for plot in self._shown():
            plot.measure(steps)
            plot.draw(painter, steps)

    def _shown(self) -> list[CurvePlot]:
        return [plot for plot in self.plots if plot.visible]

    def _paint_step(self, painter: QPainter, steps: Scale) -> None:
        """The step's number on the axis below the pointer, and what was changed close to it."""
        plot = self._pointed
        if plot is None or self.hover is None or not plot.visible:
            return
        x = plot.area.left() + steps.place_of(self.hover) * plot.area.width()
        texts = [f"step {count(self.hover)}", *self._changed_near(plot, steps, x)]
        draw_flag(painter, plot, x, " · ".join(texts))

    def _changed_near(self, plot: CurvePlot, steps: Scale, x: float) -> list[str]:
        places = plot.x_of(steps, np.array([mark.step for mark in self.marks], float))
        return [self.marks[n].text for n in np.flatnonzero(np.abs(places - x) < _NEAR)]

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setFont(theme.font("body"))
        painter.setPen(QColor(theme.colors().muted))
        painter.drawText(self.rect().adjusted(8, 0, -8, 0), _CENTRED, _HINT)

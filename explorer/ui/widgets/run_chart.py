"""Loss, accuracy and learning rate over the steps of a run: one widget, one axis of steps."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.messages.happenings import Happening
from explorer.ui import theme
from explorer.ui.widgets.curve_plot import CurvePlot
from explorer.ui.widgets.happened_marks import HappenedMarks
from explorer.ui.widgets.painting import blank, draw_focus, draw_hint, paint_safely
from explorer.ui.widgets.plot_layout import arrange
from explorer.ui.widgets.run_curves import Mark
from explorer.ui.widgets.step_flag import draw_place, draw_step
from explorer.ui.widgets.step_view import StepView
from explorer.ui.widgets.ticks import Scale

_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_HINT = "Press Train and the curves will grow here"


class RunChart(QWidget):
    """Plots that share steps; the wheel zooms, dragging moves, a double click shows everything.

    The curves are drawn into a picture once; what follows the pointer is drawn over it.
    """

    fitted = Signal(bool)
    """Whether the whole run is in view."""
    went = Signal(int)
    """The step of a mark that was clicked."""

    def __init__(self, plots: tuple[CurvePlot, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots = plots
        self.view = StepView()
        self.marks: tuple[Mark, ...] = ()
        """What was changed while the run went on."""
        self.hover: int | None = None
        """The step under the pointer."""
        self.place: int | None = None
        """The kept step whose weights are looked at; None: those of now."""
        self._pointed: CurvePlot | None = None
        self.happened = HappenedMarks()
        self._pressed = QPointF()
        self._grabbed: float | None = None
        self._led_by_key = False
        self._picture: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves of the run")
        self.setAccessibleDescription("Left and right move it, up and down zoom, Home fits.")
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

    def show_place(self, step: int | None) -> None:
        """Draw a line where a person is in the run's time."""
        if step != self.place:
            self.place = step
            self.update()

    def event(self, event: QEvent) -> bool:
        """A tooltip explains the baseline under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            spot = QPointF(event.pos())
            lines = [line for plot in self._shown() if (line := plot.line_at(spot))]
            if marks := self._marks_at(spot):
                QToolTip.showText(event.globalPos(), self.happened.words(marks), self)
            elif lines:
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
            self._grabbed, self._pressed = event.position().x(), event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click on a mark goes to its step."""
        self._grabbed = None
        self.unsetCursor()
        clicked = (event.position() - self._pressed).manhattanLength() < 4
        if clicked and (marks := self._marks_at(event.position())):
            self.went.emit(marks[0].step)

    def _marks_at(self, spot: QPointF) -> list[Happening]:
        return self.happened.at(self._shown(), self.view.scale(), spot)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole run."""
        self.fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the curves, or point at a step."""
        found = self._place(event.position())
        if found is None:
            return self._point(None, None)
        plot, place = found
        if self._grabbed is None:
            pointing = Qt.CursorShape.PointingHandCursor
            self.setCursor(pointing) if self._marks_at(event.position()) else self.unsetCursor()
        else:
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
        self._picture = None

    # What is drawn

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put the picture on screen, and the pointer's step over it."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        if self.view.extent is None:
            draw_hint(painter, self.rect(), _HINT)
            return
        steps = self.view.scale()
        if self._picture is None:
            self._picture = self._drawn(steps)
        painter.drawPixmap(0, 0, self._picture)
        for plot in self._shown():
            plot.draw_legend(painter, self.hover)
            if self.hover is not None:
                plot.draw_cross(painter, steps, self.hover)
        if self.place is not None:
            draw_place(painter, self._shown(), steps, self.place)
        self._paint_step(painter, steps)
        if self._led_by_key:
            draw_focus(painter, QRectF(self.rect()))

    def picture(self, ratio: float) -> QPixmap:
        """The whole chart on the theme's background, `ratio` times as fine as the screen."""
        made = blank(self, ratio)
        made.fill(QColor(theme.colors().surface))
        painter = QPainter(made)
        try:
            if self.view.extent is None:
                draw_hint(painter, self.rect(), _HINT)
            else:
                self._draw(painter, self.view.scale())
                for plot in self._shown():
                    plot.draw_legend(painter, None)
        finally:
            painter.end()
        return made

    def _drawn(self, steps: Scale) -> QPixmap:
        made = blank(self, self.devicePixelRatioF())
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        try:
            self._draw(painter, steps)
        finally:
            painter.end()
        return made

    def _draw(self, painter: QPainter, steps: Scale) -> None:
        arrange(self._shown(), QRectF(self.rect()), self.plots[0])
        for plot in self._shown():
            plot.measure(steps)
            plot.draw(painter, steps)
        self.happened.draw(painter, self._shown(), steps)

    def _shown(self) -> list[CurvePlot]:
        return [plot for plot in self.plots if plot.visible]

    def _paint_step(self, painter: QPainter, steps: Scale) -> None:
        plot = self._pointed
        if plot is not None and self.hover is not None and plot.visible:
            draw_step(painter, plot, steps, self.hover, self.marks)

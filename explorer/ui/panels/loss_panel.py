"""The panel with the curves of the run: loss, exact match and learning rate over the steps."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.events import Evaluated, Event, ModelOpened, TrainStep
from explorer.messages.results import History
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.widgets.curve_plot import Curve, CurvePlot
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.run_chart import RunChart
from explorer.ui.widgets.text_line import TextLine

REFRESH = 500
"""Milliseconds between two drawings of curves that grow."""

_AS_WIDE = QSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
_HELP = (
    "Turn the wheel to zoom, drag to move, double-click to see the whole run. "
    "Arrow keys and Home do the same."
)


class LossPanel(Panel):
    """Keeps every point of the run, and draws at most two a pixel twice a second."""

    key = "loss"
    title = "Loss"
    area = Qt.DockWidgetArea.BottomDockWidgetArea
    shortcut = "Ctrl+4"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.training = Curve("training", 0, _nats)
        self.validation = Curve("validation", 1, _nats, "evaluations")
        self.exact = Curve("exact match", 2, lambda v: f"{v:.1f} %", "evaluations")
        self.rate = Curve("learning rate", 3, lambda v: f"{v:.3g}")
        self.loss_plot = CurvePlot("Loss, nats per token", (self.training, self.validation))
        self.exact_plot = CurvePlot("", (self.exact,), fixed=(0.0, 100.0))
        self.rate_plot = CurvePlot("", (self.rate,))
        self.chart = RunChart((self.loss_plot, self.exact_plot, self.rate_plot), self)
        self.chart.setAccessibleDescription(_HELP)
        self._steps: list[TrainStep] = []
        self._stale = False
        self._writing: Iterator[float] = iter(())
        self._target = Path()
        self._timer = self._make_timer(REFRESH, self._redraw)
        self._writer = self._make_timer(0, self._write_on)
        self.said = TextLine("Saving the curves")
        self.said.setMaximumWidth(9 * theme.SPACE)
        self.notice = Notice(self)
        self._make_actions()
        self._arrange()

    def _make_timer(self, interval: int, action: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(action)
        return timer

    def _make_actions(self) -> None:
        self.log_loss = self._switch(
            "Log y", "Lay the loss out by its logarithm: small differences late in a run show.",
            self._show_log_loss,
        )  # fmt: skip
        self.log_steps = self._switch(
            "Log x", "Lay the steps out by their logarithm: the first ones show.",
            self.chart.show_log_steps,
        )  # fmt: skip
        self.show_exact = self._switch(
            "Exact match", "Share of held-out examples that the model writes without any error.",
            lambda on: self._show_plot(self.exact_plot, on),
        )  # fmt: skip
        self.show_rate = self._switch(
            "Learning rate", "Step size of the optimizer (η), as used at each step.",
            lambda on: self._show_plot(self.rate_plot, on),
        )  # fmt: skip
        self.show_exact.setChecked(True)
        self.show_rate.setChecked(True)
        self.fit = self._action("Fit", "Show the whole run, also as it grows.", self.chart.fit)
        self.fit.setEnabled(False)
        self.chart.fitted.connect(lambda whole: self.fit.setEnabled(not whole))
        tip = "Every point of every curve, not the means that are drawn."
        self.save_data = self._action("Save curves as CSV…", tip, self._ask_for_csv)
        tip = "The curves as they are on screen, at twice the resolution."
        self.save_picture = self._action("Save picture as PNG…", tip, self._ask_for_png)
        self.copy_picture = self._action("Copy picture", tip, self._copy)
        self.copy_picture.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_picture.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(self.copy_picture)

    def _action(self, text: str, tip: str, run: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setToolTip(tip)
        action.triggered.connect(lambda: run())
        return action

    def _switch(self, text: str, tip: str, run: Callable[[bool], None]) -> QAction:
        action = QAction(text, self)
        action.setToolTip(tip)
        action.setCheckable(True)
        action.toggled.connect(run)
        return action

    def _arrange(self) -> None:
        self.more = self._make_menu()
        self._tools = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._tools.setSpacing(theme.SPACE // 2)
        for action in (self.log_loss, self.log_steps, self.fit):
            self._tools.addWidget(self._button(action))
        self._tools.addWidget(self._more_button())
        self._tools.addWidget(self.said)
        self._tools.addStretch(1)
        self._body = QBoxLayout(QBoxLayout.Direction.RightToLeft)
        self._body.setSpacing(theme.SPACE // 2)
        self._body.addLayout(self._tools)
        self._body.addWidget(self.chart, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE // 2, theme.SPACE // 2, theme.SPACE, theme.SPACE // 2)
        column.addWidget(self.notice)
        column.addLayout(self._body, 1)
        self.chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.chart.customContextMenuRequested.connect(self._pop_up)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tools stand beside the curves where height is short, above them where width is."""
        wide = event.size().width() > 2 * event.size().height()
        way = QBoxLayout.Direction
        self._body.setDirection(way.RightToLeft if wide else way.TopToBottom)
        self._tools.setDirection(way.TopToBottom if wide else way.LeftToRight)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([self.log_loss, self.log_steps, self.fit])
        menu.addSeparator()
        menu.addActions([self.show_exact, self.show_rate])
        menu.addSeparator()
        menu.addActions([self.save_data, self.save_picture, self.copy_picture])
        return menu

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
        button.setSizePolicy(_AS_WIDE)
        button.setFont(theme.font("small"))
        return button

    def _more_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setText("More")
        button.setSizePolicy(_AS_WIDE)
        button.setFont(theme.font("small"))
        button.setAccessibleName("More about the curves")
        button.setToolTip("Which curves to show, and saving them.")
        button.setMenu(self.more)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _pop_up(self, at: QPoint) -> None:
        self.more.popup(self.chart.mapToGlobal(at))

    def _show_log_loss(self, log: bool) -> None:
        self.loss_plot.log = log
        self.chart.refresh()

    def _show_plot(self, plot: CurvePlot, visible: bool) -> None:
        plot.visible = visible
        self.chart.refresh()

    # What the worker says

    def receive(self, events: Sequence[Event]) -> None:
        """Keep what is new; it is drawn twice a second at most."""
        for event in events:
            match event:
                case TrainStep():
                    self._steps.append(event)
                case Evaluated():
                    self._take_measurement(event)
                case ModelOpened():
                    self._replace(event.model.history)
                case _:
                    continue
            self._stale = True
        if self._stale and self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _take_measurement(self, event: Evaluated) -> None:
        at = event.measurement
        self.validation.series.append(at.step, at.loss)
        self.exact.series.append(at.step, 100 * at.exact_match)

    def _replace(self, history: History | None) -> None:
        self._steps.clear()
        for curve in (self.training, self.validation, self.exact, self.rate):
            curve.series.clear()
        if history is None:
            return
        self.training.series.append(history.steps, history.losses)
        self.rate.series.append(history.steps, history.learning_rates)
        points = history.measurements
        self.validation.series.append([p.step for p in points], [p.loss for p in points])
        self.exact.series.append([p.step for p in points], [100 * p.exact_match for p in points])

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        self._redraw()

    def _redraw(self) -> None:
        self._keep_steps()
        if self._stale:
            self._stale = False
            self.chart.refresh_data()

    def _keep_steps(self) -> None:
        if not self._steps:
            return
        at = [event.step for event in self._steps]
        self.training.series.append(at, [event.loss for event in self._steps])
        self.rate.series.append(at, [event.learning_rate for event in self._steps])
        self._steps.clear()

    # What the user takes away

    def save_csv(self, path: Path) -> None:
        """Write every point to a file, a little in each turn of the event loop."""
        from explorer.ui.widgets.curve_export import write_csv  # Not needed at start.

        self._keep_steps()
        columns = {
            "training_loss": self.training.series,
            "learning_rate": self.rate.series,
            "validation_loss": self.validation.series,
            "exact_match_percent": self.exact.series,
        }
        self.notice.clear()
        self._writing, self._target = write_csv(path, columns), path
        self._writer.start()

    def _write_on(self) -> None:
        try:
            share = next(self._writing, None)
        except OSError as error:
            self.said.set_text("")
            self.notice.say(f"{self._target} was not saved: {error.strerror}.")
            return
        if share is None:
            self.said.set_text("Saved", "good")
            self.said.setToolTip(str(self._target))
            return
        self.said.set_text(f"Saving {share:.0%}", "muted")
        self._writer.start()

    def save_png(self, path: Path) -> None:
        """Write the curves as on screen, at twice the resolution."""
        self.notice.clear()
        if self.chart.picture(2.0).save(str(path)):
            self.said.set_text("Saved", "good")
            self.said.setToolTip(str(path))
        else:
            self.said.set_text("")
            self.notice.say(f"{path} could not be written. Choose another folder or name.")

    def _ask_for_csv(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save curves", "curves.csv", "CSV (*.csv)")
        if path:
            self.save_csv(Path(path))

    def _ask_for_png(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save picture", "curves.png", "PNG (*.png)")
        if path:
            self.save_png(Path(path))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.chart.picture(2.0))
        self.said.set_text("Copied", "good")


def _nats(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 9.99995 else f"{value:.3f}"

"""The panel with the curves of the run: loss, accuracy and learning rate over the steps."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.messages.events import Event, HappeningsFound, ModelOpened
from explorer.messages.results import Baseline
from explorer.messages.travel import FindHappenings
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.travel.glimpse import Glimpse
from explorer.ui.travel.happened import EXAMPLES
from explorer.ui.widgets.baseline_lines import Line
from explorer.ui.widgets.curve_plot import CurvePlot
from explorer.ui.widgets.curve_saving import CurveSaving
from explorer.ui.widgets.run_chart import RunChart
from explorer.ui.widgets.run_comparison import RunComparison
from explorer.ui.widgets.run_curves import RunCurves, percent

REFRESH = 500
"""Milliseconds between two drawings of curves that grow."""

_AS_WIDE = QSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
_HELP = (
    "Turn the wheel to zoom, drag to move, double-click to see the whole run. "
    "Arrow keys and Home do the same."
)
_BASELINES = (
    "What counting alone reaches on the same held-out data, as dashed lines: what lies below them "
    "(of accuracy: above) is what attention has learned beyond counting."
)
_FIND = (
    "Measure all heads at all kept steps on held-out examples, and mark where one became a "
    "previous-token head, an induction head, an aligner …, where accuracy jumped, where heads "
    "became alike or died. Done by itself when a run is opened or has ended."
)


class LossPanel(Panel):
    """Keeps every point of the run, and draws at most two a pixel twice a second."""

    key = "loss"
    title = "Loss"
    area = Qt.DockWidgetArea.BottomDockWidgetArea
    shortcut = "Ctrl+4"
    went = Signal(int)
    """A step that a person wants to look back at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = c = RunCurves()
        self.loss_plot = CurvePlot("Loss, nats per token", (c.training, c.validation, c.parent))
        self.accuracy_plot = CurvePlot("", (c.exact, c.accuracy), fixed=(0.0, 100.0))
        self.rate_plot = CurvePlot("", (c.rate,))
        self.chart = RunChart((self.loss_plot, self.accuracy_plot, self.rate_plot), self)
        self.chart.setAccessibleDescription(_HELP)
        self.saving = CurveSaving(c, self.chart, self)
        self.compared = RunComparison(c, self)
        self.said, self.notice = self.saving.said, self.saving.notice
        self._stale = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH)
        self._timer.timeout.connect(self._redraw)
        self.chart.went.connect(self.went)
        self._make_actions()
        self._arrange()

    def _make_actions(self) -> None:
        self.log_loss = self._switch(
            "Log y", "Lay the loss out by its logarithm: small differences late in a run show.",
            self._show_log_loss,
        )  # fmt: skip
        self.log_steps = self._switch(
            "Log x", "Lay the steps out by their logarithm: the first ones show.",
            self.chart.show_log_steps,
        )  # fmt: skip
        self.show_accuracy = self._switch(
            "Accuracy", "Share of held-out examples that the model writes without any error, and "
            "of single tokens that it predicts right from the true ones before them.",
            lambda on: self._show_plot(self.accuracy_plot, on),
        )  # fmt: skip
        self.show_rate = self._switch(
            "Learning rate", "Step size of the optimizer (η), as used at each step.",
            lambda on: self._show_plot(self.rate_plot, on),
        )  # fmt: skip
        self.show_baselines = self._switch("Baselines", _BASELINES, self._show_baselines)
        for action in (self.show_accuracy, self.show_rate, self.show_baselines):
            action.setChecked(True)
        self.fit = self._action("Fit", "Show the whole run, also as it grows.", self.chart.fit)
        self.fit.setEnabled(False)
        self.chart.fitted.connect(lambda whole: self.fit.setEnabled(not whole))
        self.find_happenings = self._action("Find what happened", _FIND, self._ask_what_happened)
        self._make_saving_actions()

    def _ask_what_happened(self) -> None:
        self.requested.emit(FindHappenings(EXAMPLES))

    def _make_saving_actions(self) -> None:
        tip = "A large window with this run and those before it: zoom, move, compare."
        self.compare = self._action("Compare runs…", tip, self.compared.open)
        tip = "Every point of every curve, not the means that are drawn."
        self.save_data = self._action("Save curves as CSV…", tip, self.saving.ask_for_csv)
        tip = "The curves as they are on screen, at twice the resolution."
        self.save_picture = self._action("Save picture as PNG…", tip, self.saving.ask_for_png)
        self.copy_picture = self._action("Copy picture", tip, self.saving.copy)
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
        menu.addActions([self.show_accuracy, self.show_rate, self.show_baselines])
        menu.addSeparator()
        menu.addActions([self.find_happenings, self.compare])
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

    def _show_baselines(self, shown: bool) -> None:
        found = self.curves.baselines if shown else ()
        self.loss_plot.lines = tuple(_loss_lines(found))
        self.accuracy_plot.lines = tuple(_accuracy_lines(found))
        notes = [b.detail for b in self.curves.baselines if b.loss is None and b.accuracy is None]
        self.show_baselines.setToolTip("\n\n".join([_BASELINES, *notes]))
        self.chart.refresh()

    # What the worker says

    def receive(self, events: Sequence[Event]) -> None:
        """Keep what is new; it is drawn twice a second at most."""
        for event in events:
            if isinstance(event, ModelOpened):
                self.compared.shelf.keep(self.curves)
                self._stale |= self.chart.happened.show(())
            elif isinstance(event, HappeningsFound):
                self._take_happenings(event)
            self._stale |= self.curves.take(event)
        if self._stale and self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _take_happenings(self, found: HappeningsFound) -> None:
        self._stale |= self.chart.happened.show(found.happenings, found.on)

    def look_back(self, step: int | None, glimpse: Glimpse | None, openings: int) -> None:
        """Show on the axis of steps where a person is in the run's time."""
        self.chart.show_place(step)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        self._redraw()

    def _redraw(self) -> None:
        self.curves.catch_up()
        if self._stale:
            self._stale = False
            self.loss_plot.best = self.curves.best
            self._show_baselines(self.show_baselines.isChecked())
            self.chart.set_marks(self.curves.marks)
            self.chart.refresh_data()
            self.compared.refresh()


def _loss_lines(found: Iterable[Baseline]) -> list[Line]:
    return [
        Line(b.title, b.loss, f"{b.loss:.3g}", f"{b.detail} Loss {b.loss:.4f} nats a token.")
        for b in found
        if b.loss is not None
    ]


def _accuracy_lines(found: Iterable[Baseline]) -> list[Line]:
    return [
        Line(b.title, 100 * b.accuracy, percent(100 * b.accuracy), f"{b.detail} Token accuracy.")
        for b in found
        if b.accuracy is not None
    ]

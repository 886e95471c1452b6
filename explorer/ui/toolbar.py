"""The bar on top: which model, on what device, the run's buttons, and how far it is."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QMenuBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.events import EngineReady, Event, ModelOpened, TrainingChanged, TrainStep
from explorer.messages.foreign import NO_STEP
from explorer.ui import theme
from explorer.ui.icons import icon, pixmap
from explorer.ui.training_actions import TrainingActions
from explorer.ui.widgets.figures import count, duration, short
from explorer.ui.widgets.run_facts import Pace
from explorer.ui.widgets.text_line import TextLine

_MODEL_WIDTH = 272
_GAP = theme.SPACE // 2


class Hairline(QWidget):
    """How much of the run is done, as a thin line along the bar."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(2)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._filled, self._share = 0, 0.0

    def show_share(self, share: float) -> None:
        """Fill this share of the width, 0 to 1."""
        self._share = share
        filled = round(share * self.width())
        if filled != self._filled:
            self._filled = filled
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._filled = round(self._share * event.size().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self._filled, self.height(), QColor(theme.colors().accent))
        painter.end()


class Toolbar(QWidget):
    """Model, device, buttons and figures in one row; the figures give way when it gets narrow."""

    def __init__(self, actions: TrainingActions, models: QMenu) -> None:
        super().__init__()
        self._pace = Pace()
        self._model = _model_button(models)
        self._device_icon, self._device = QLabel(), QLabel("starting…")
        self._device.setAccessibleName("Device")
        self.figures = (
            _figure("Step", "step 000,000 of 000,000", "Optimizer steps done, of all planned"),
            _figure(
                "Speed", "00.0 k tokens/s", "Source and target tokens learned from, per second"
            ),
            _figure("Time left", "00:00:00 left", "How long the rest takes at the pace of now"),
        )
        self._line = Hairline(self)
        self._arrange(actions)
        theme.theme().changed.connect(self._dress)
        self._dress()

    def _arrange(self, actions: TrainingActions) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, theme.SPACE // 2, theme.SPACE + 2)
        row.setSpacing(_GAP)
        row.addWidget(self._model)
        row.addSpacing(theme.SPACE)
        row.addWidget(self._device_icon)
        row.addWidget(self._device)
        row.addSpacing(theme.SPACE * 2)
        self._buttons = [_button(action) for action in _in_order(actions)]
        self._buttons[0].setProperty("primary", True)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch()
        for figure in reversed(self.figures):  # What is always known stands at the edge.
            row.addWidget(figure)

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As wide as it is without its figures."""
        wide = super().minimumSizeHint()
        gone = sum(f.width() + _GAP for f in self.figures if not f.isHidden())
        return QSize(wide.width() - gone, wide.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = event.size().width()
        self._line.setGeometry(0, event.size().height() - 4, width, 2)
        room = width - self.minimumSizeHint().width()
        for figure in self.figures:
            room -= figure.width() + _GAP
            figure.setVisible(room >= 0)

    def receive(self, events: Sequence[Event]) -> None:
        """Show the newest of what happened."""
        newest: TrainStep | None = None
        for event in events:
            if isinstance(event, TrainStep):
                newest = event
            else:
                newest = None if isinstance(event, ModelOpened) else newest
                self._take(event)
        if newest is not None:
            self._show_step(newest)

    def _take(self, event: Event) -> None:
        match event:
            case EngineReady(device=device, detail=detail):
                self._device.setText(device)
                self._device.setToolTip(f"Training and inspection run on {device}. {detail}")
            case ModelOpened(model=model):
                self._model.setText(_fitting(self._model, model.name))
                self._model.setToolTip(f"{model.name}\n{model.origin}\nOpen another model or run")
                self._show_place(model.step, model.config.training.steps)
                self._forget_pace()
            case TrainingChanged(state=state, step=step, steps=steps):
                self._show_place(step, steps)
                if state != "running":
                    self._forget_pace()
            case _:
                pass

    def _show_step(self, event: TrainStep) -> None:
        self._show_place(event.step, event.steps)
        self.figures[1].set_text(f"{short(event.tokens_per_second)} tokens/s")
        left = self._pace.left(event)
        self.figures[2].set_text("" if left is None else f"{duration(left)} left")

    def _show_place(self, step: int, steps: int) -> None:
        known = step != NO_STEP
        self.figures[0].set_text(f"step {count(step)} of {count(steps)}" if known else "")
        self._line.show_share(min(1.0, max(0, step) / max(1, steps)))

    def _forget_pace(self) -> None:
        self._pace.forget()
        for figure in self.figures[1:]:
            figure.set_text("")

    def _dress(self) -> None:
        c = theme.colors()
        self._model.setIcon(icon("model", c.accent))
        self._device_icon.setPixmap(pixmap("device", c.faint, 16, self.devicePixelRatioF()))
        self._device.setStyleSheet(f"color: {c.muted}; background: transparent;")


def header(menu_bar: QMenuBar, toolbar: Toolbar) -> QWidget:
    """Menu bar and toolbar as one."""
    header = QWidget()
    column = QVBoxLayout(header)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(menu_bar)
    column.addWidget(toolbar)
    return header


def _in_order(actions: TrainingActions) -> tuple[QAction, ...]:
    return actions.start, actions.hold, actions.single, actions.end


def _figure(name: str, widest: str, tip: str) -> TextLine:
    line = TextLine(name, "body", right=True)
    line.setFixedWidth(QFontMetrics(theme.font("body")).horizontalAdvance(widest) + 2 * theme.SPACE)
    line.setToolTip(tip)
    return line


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(18, 14))
    button.setAccessibleName(action.iconText())
    widest = max(("Resume", "Pause", "Train", "Step"), key=button.fontMetrics().horizontalAdvance)
    if action.iconText() in ("Pause", "Resume"):
        button.setMinimumWidth(button.fontMetrics().horizontalAdvance(widest) + 46)
    return button


def _model_button(menu: QMenu) -> QToolButton:
    button = QToolButton()
    button.setText("Open a model")
    button.setFont(theme.font("body", bold=True))
    button.setAccessibleName("Model")
    button.setToolTip("Open a sample model or one of your runs")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setMenu(menu)
    button.setProperty("opens", True)
    button.setIconSize(QSize(20, 16))
    button.setFixedWidth(_MODEL_WIDTH)
    return button


def _fitting(button: QToolButton, name: str) -> str:
    """The name, cut in its middle where the button ends."""
    room = _MODEL_WIDTH - 68
    return button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)

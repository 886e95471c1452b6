"""A run's curve with its kept steps below it, to choose one."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.messages.runs import KeptStep, RunInfo
from explorer.ui import theme
from explorer.ui.widgets.curve import draw_dot, draw_line
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.painting import paint_safely

_FOOT = 3 * theme.SPACE


class StepPick(QWidget):
    """Arrow keys and the mouse choose a step; a full dot has the optimizer's memory too."""

    picked = Signal()

    def __init__(self, run: RunInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._kept: Sequence[KeptStep] = run.kept
        whole = [place for place, kept in enumerate(run.kept) if kept.whole]
        early = [place for place in whole if run.kept[place].step < run.steps]
        self._place = (early or whole or [len(run.kept) - 1])[-1]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "The parent's training loss, and the steps whose weights are kept. Click one, or use "
            "the arrow keys. A filled dot has the optimizer's memory too; from a hollow one the "
            "optimizer begins anew."
        )
        self.setAccessibleName("Step to branch off at")
        theme.theme().changed.connect(self.update)
        self._say()

    @property
    def step(self) -> KeptStep:
        """The chosen one."""
        return self._kept[self._place]

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(60 * theme.SPACE, 15 * theme.SPACE)

    def choose(self, place: int) -> None:
        """Choose a kept step by its number."""
        place = min(max(place, 0), len(self._kept) - 1)
        if place != self._place:
            self._place = place
            self._say()
            self.update()
            self.picked.emit()

    def _say(self) -> None:
        self.setAccessibleDescription(f"step {count(self.step.step)}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Home and End jump."""
        last = len(self._kept) - 1
        places = {
            Qt.Key.Key_Left: self._place - 1, Qt.Key.Key_Right: self._place + 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }  # fmt: skip
        place = places.get(Qt.Key(event.key()))
        if place is None:
            super().keyPressEvent(event)
        else:
            self.choose(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the step nearest to the pointer."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag from step to step."""
        spots = [self.x_of(kept.step) for kept in self._kept]
        self.choose(int(np.abs(np.array(spots) - event.position().x()).argmin()))

    def x_of(self, step: float) -> float:
        """Where a step lies; early ones have more room, as they change more."""
        last = max(1, self._run.step, self._kept[-1].step)
        return 10 + np.sqrt(step / last) * (self.width() - 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the curve, the steps and the chosen one."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        c = theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if self.hasFocus() else c.line), 1))
        painter.setBrush(QColor(c.window))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        self._paint_curve(painter, QRectF(10, 8, self.width() - 20, self.height() - _FOOT - 12))
        low = self.height() - _FOOT / 2 - 2
        for place, kept in enumerate(self._kept):
            self._paint_step(painter, self.x_of(kept.step), low, kept, place == self._place)

    def _paint_curve(self, painter: QPainter, area: QRectF) -> None:
        losses = self._run.curve_losses.astype(float)
        good = np.isfinite(losses)
        if good.sum() < 2:
            return
        low, high = losses[good].min(), losses[good].max()
        x = np.array([self.x_of(step) for step in self._run.curve_steps])
        y = area.bottom() - (losses - low) / max(1e-12, high - low) * area.height()
        draw_line(painter, x, y, QColor(theme.colors().curves[0]))

    def _paint_step(
        self, painter: QPainter, x: float, y: float, kept: KeptStep, chosen: bool
    ) -> None:
        c = theme.colors()
        ink = QColor(c.accent if chosen else c.muted)
        if chosen:
            painter.setPen(QPen(ink, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 6), QPointF(x, y))
        radius = 5.0 if chosen else 3.0
        if kept.whole:
            draw_dot(painter, x, y, ink, radius)
        else:
            painter.setPen(QPen(ink, 1.2))
            painter.setBrush(QColor(c.window))
            painter.drawEllipse(QPointF(x, y), radius, radius)

"""The attention of one decision as a bar and a number for each token that it looked at."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from explorer.messages.results import Token
from explorer.ui import theme
from explorer.ui.widgets.attention_chips import Weights
from explorer.ui.widgets.attention_words import number
from explorer.ui.widgets.bar_rows import BarPainter, BarRow
from explorer.ui.widgets.chip_flow import VERTICAL_KEYS
from explorer.ui.widgets.decision_words import chip_text
from explorer.ui.widgets.painting import paint_safely

LEAST_ROWS = 2


class AttentionBars(QAbstractScrollArea):
    """A row for each token in the text's order; more than fit scroll, and none is cut in half."""

    pointed = Signal(int)
    """The token under the pointer, -1 for none."""

    def __init__(self) -> None:
        super().__init__()
        self._bars = BarPainter()
        self._tokens: tuple[Token, ...] = ()
        self._weights: Weights = np.zeros(0, np.float32)
        self._others: Weights | None = None
        self._other_fill = "accent"
        self._dimmed = False
        self._hover = -1
        self._fill = "accent"
        self._help: Callable[[int], str] = lambda index: ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(LEAST_ROWS * self._bars.row_height)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self._bars.row_height)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Attention to each token, in numbers")
        theme.theme().changed.connect(self.viewport().update)

    def explain_with(self, help: Callable[[int], str]) -> None:
        """Say what a row's tooltip is, as rich text."""
        self._help = help

    def help_for(self, index: int) -> str:
        """A row's tooltip."""
        return self._help(index)

    def show_attention(self, tokens: Sequence[Token], weights: Weights, fill: str) -> None:
        """Show these weights, one for each token, in a colour of the theme or `#rrggbb`."""
        tokens = tuple(tokens)
        if tokens != self._tokens:
            self._tokens = tokens
            self._fit_scrolling()
        elif fill == self._fill and np.array_equal(weights, self._weights):
            return
        self._weights, self._fill = weights, fill
        self.viewport().update()

    def show_pair(
        self, tokens: Sequence[Token], weights: Weights, fill: str, others: Weights, other_fill: str
    ) -> None:
        """Show the weights of two decisions, those of the second below, in another colour."""
        self._others, self._other_fill = others, other_fill
        self.show_attention(tokens, weights, fill)
        self.viewport().update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while another sentence was asked for."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.viewport().update()

    def set_pointed(self, index: int) -> None:
        """Mark a token that is pointed at, here or elsewhere."""
        if index != self._hover:
            self._hover = index
            self.viewport().update()

    def row(self, index: int) -> BarRow:
        """What is drawn for a token."""
        weight, others = _at(self._weights, index), self._others
        other = 0.0 if others is None else _at(others, index)
        token = self._tokens[index]
        fill = "line" if self._dimmed else self._fill
        ink = "faint" if self._dimmed else "muted" if token.special else "text"
        share = weight if np.isfinite(weight) else 0.0
        row = BarRow(chip_text(token), share, number(weight), fill, ink, index == self._hover)
        if others is None:
            return row
        return replace(
            row, after=other if np.isfinite(other) else 0.0, after_number=number(other),
            after_fill="line" if self._dimmed else self._other_fill,
        )  # fmt: skip

    def _fit_scrolling(self) -> None:
        high, bar = self._bars.row_height, self.verticalScrollBar()
        whole = max(self.height() // high, 1) * high
        self.setViewportMargins(0, 0, 0, max(0, self.height() - whole))
        bar.setPageStep(whole)
        bar.setRange(0, max(0, len(self._tokens) * high - whole))

    def _index_at(self, point: QPoint) -> int:
        index = (point.y() + self.verticalScrollBar().value()) // self._bars.row_height
        return index if 0 <= index < len(self._tokens) else -1

    def sizeHint(self) -> QSize:
        """Its fewest rows; it takes what room there is."""
        return QSize(30 * theme.SPACE, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """It can be small."""
        return QSize(10 * theme.SPACE, self.minimumHeight())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Rows are drawn where they stand; nothing is moved."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll no further than needed."""
        self._fit_scrolling()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are seen."""
        paint_safely(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        high, top = self._bars.row_height, self.verticalScrollBar().value()
        width = self.viewport().width()
        last = min(len(self._tokens), (top + self.viewport().height()) // high + 1)
        for index in range(top // high, last):
            self._bars.paint(painter, QRect(0, index * high - top, width, high), self.row(index))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._point(self._index_at(event.position().toPoint()))

    def _point(self, index: int) -> None:
        if index != self._hover:
            self.set_pointed(index)
            self.pointed.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the vertical keys; leave all others to the panel."""
        if event.key() in VERTICAL_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the row under the pointer; forget it when the pointer leaves."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self._index_at(event.pos())
            said = self._help(index) if index >= 0 else self.toolTip()
            QToolTip.showText(event.globalPos(), said, self.viewport())
            return True
        if event.type() is QEvent.Type.Leave:
            self._point(-1)
        return super().viewportEvent(event)


def _at(weights: Weights, index: int) -> float:
    return float(weights[index]) if index < len(weights) else 0.0

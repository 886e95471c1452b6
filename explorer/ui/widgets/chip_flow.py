"""Tokens that flow like words in a paragraph, each to be hovered, clicked and reached by key."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from explorer.messages.results import Token
from explorer.ui import theme
from explorer.ui.widgets import chip_layout
from explorer.ui.widgets.chip_layout import ChipLayout
from explorer.ui.widgets.decision_words import chip_text, reads_from_right, starts_word
from explorer.ui.widgets.painting import paint_safely

VERTICAL_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
ROW_GAP = theme.SPACE // 2


class ChipFlow(QAbstractScrollArea):
    """Draws a chip per token; more rows than fit scroll, and nothing else moves.

    Subclasses say how a chip is drawn. Texts of scripts that run to the left start at the right.
    """

    clicked = Signal(int)
    pointed = Signal(int)
    """The chip under the pointer, -1 for none."""

    def __init__(self, *, word_gap: int, piece_gap: int, padding: int) -> None:
        super().__init__()
        self._gaps = (piece_gap, word_gap)
        self._padding = padding
        self._tokens: tuple[Token, ...] = ()
        self._texts: list[str] = []
        self._widths: dict[str, int] = {}
        self._layout: ChipLayout | None = None
        self._laid_out_for = QSize()
        self._hover = -1
        self._help: Callable[[int], str] = lambda index: ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.font())
        self._metrics = QFontMetrics(self.font())
        self._row_height = self._metrics.height() + theme.SPACE // 2
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self._row_height + ROW_GAP)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        theme.theme().changed.connect(self.viewport().update)

    def explain_with(self, help: Callable[[int], str]) -> None:
        """Say what a chip's tooltip is, as rich text."""
        self._help = help

    def help_for(self, index: int) -> str:
        """A chip's tooltip."""
        return self._help(index)

    @property
    def hovered(self) -> int:
        """The chip that is pointed at, here or elsewhere, -1 for none."""
        return self._hover

    @property
    def texts(self) -> list[str]:
        """What the chips say."""
        return list(self._texts)

    def set_tokens(self, tokens: Sequence[Token]) -> None:
        """Show other tokens; the same ones again cost nothing."""
        tokens = tuple(tokens)
        if tokens == self._tokens:
            return
        self._tokens = tokens
        self._texts = [chip_text(token) for token in tokens]
        self._set_hover(-1)
        self._lay_out()
        self.viewport().update()

    def chip_rect(self, index: int) -> QRect:
        """Where a chip stands in the viewport now."""
        place = self._places().places[index]
        top = place.y - self.verticalScrollBar().value()
        return QRect(place.x, top, place.width, self._row_height)

    def reveal(self, index: int) -> None:
        """Scroll no further than needed to show a chip."""
        if not 0 <= index < len(self._tokens):
            return
        place, bar = self._places().places[index], self.verticalScrollBar()
        seen = self.viewport().height()
        bar.setValue(max(min(bar.value(), place.y), place.y + self._row_height - seen))

    def paint_chip(self, painter: QPainter, index: int, rect: QRect) -> None:
        """Draw one chip."""
        raise NotImplementedError

    def write(self, painter: QPainter, index: int, rect: QRect) -> None:
        """Write a chip's text in the painter's pen, elided where it does not fit."""
        text = self._texts[index]
        if self._widths.get(text, 0) > rect.width():
            room = rect.width() - 2 * self._padding
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def set_rows(self, rows: int) -> None:
        """Be as high as so many rows."""
        high = self.height_of(rows)
        if (high, high) != (self.minimumHeight(), self.maximumHeight()):
            self.setFixedHeight(high)

    def height_of(self, rows: int) -> int:
        """The height at which so many rows are seen."""
        inside = rows * self._row_height + (rows - 1) * ROW_GAP
        return inside + self._around().height()

    def _around(self) -> QSize:
        """What the frame and the margins take."""
        self.ensurePolished()
        margins = self.viewportMargins()
        frame = self.size() - self.contentsRect().size()
        return frame + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _places(self) -> ChipLayout:
        fits = self._layout is not None and self._laid_out_for == self.size()
        return self._layout if fits and self._layout is not None else self._lay_out()

    def _lay_out(self) -> ChipLayout:
        """Break the rows; narrower, beside the scroll bar, where they do not all fit."""
        bar, inside = self.verticalScrollBar(), self.size() - self._around()
        width, height = inside.width(), inside.height()
        made = self.flow(width)
        if made.height > height:
            made = self.flow(width - bar.sizeHint().width())
        self._layout, self._laid_out_for = made, self.size()
        bar.setPageStep(height)
        bar.setRange(0, max(0, made.height - height))
        return made

    def flow(self, width: int) -> ChipLayout:
        """The rows at a width."""
        return chip_layout.flow(
            [self._width_of(text) for text in self._texts],
            [self._gaps[starts_word(token)] for token in self._tokens],
            width=max(1, width),
            row_height=self._row_height,
            row_gap=ROW_GAP,
            from_right=reads_from_right(self._tokens),
        )

    def _width_of(self, text: str) -> int:
        if text not in self._widths:
            if len(self._widths) > 4096:
                self._widths.clear()
            self._widths[text] = self._metrics.horizontalAdvance(text) + 2 * self._padding
        return self._widths[text]

    def _index_at(self, point: QPoint) -> int:
        found = self._places().at(point.x(), point.y() + self.verticalScrollBar().value())
        return -1 if found is None else found

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.viewport().update()
            self.pointed.emit(index)

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(30 * theme.SPACE, max(self.minimumHeight(), self.height_of(1)))

    def minimumSizeHint(self) -> QSize:
        """It can be narrow."""
        return QSize(10 * theme.SPACE, max(self.minimumHeight(), self.height_of(1)))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Chips are drawn where they stand; nothing is moved."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the rows anew."""
        self._lay_out()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are seen."""
        paint_safely(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        top = self.verticalScrollBar().value()
        for index in range(*self._places().between(top, top + self.viewport().height())):
            self.paint_chip(painter, index, self.chip_rect(index))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._set_hover(self._index_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the chip under the pointer."""
        index = self._index_at(event.position().toPoint())
        if index >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the vertical keys; leave all others to the panel."""
        if event.key() in VERTICAL_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the chip under the pointer; forget it when the pointer leaves."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._explain(event, self.viewport())
            return True
        if event.type() is QEvent.Type.Leave:
            self._set_hover(-1)
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent, viewport: QWidget) -> None:
        index = self._index_at(event.pos())
        if index < 0:
            QToolTip.showText(event.globalPos(), self.toolTip(), viewport)
        else:
            QToolTip.showText(event.globalPos(), self._help(index), viewport, self.chip_rect(index))

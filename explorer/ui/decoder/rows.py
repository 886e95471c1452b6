"""Rows of one height that scroll, none of them cut in half: pointed at, clicked, walked by keys."""

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
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from explorer.ui import theme
from explorer.ui.widgets.painting import paint_safely

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PALE = 0.4
"""Opacity of what does not hold any more."""


class Rows(QAbstractScrollArea):
    """Draws what a subclass says of each row; keys that it has no use for are the panel's."""

    pointed = Signal()
    """Another row is looked at."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self.count = 0
        self.pale = False
        self.current = 0
        self._hover = -1
        self._least = least
        self.row_font = theme.font("small")
        self.metrics = QFontMetrics(self.row_font)
        self.row_height = self.metrics.height() + 3
        self._elided: dict[tuple[str, int], str] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(least * self.row_height)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self.row_height)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.theme().changed.connect(self.viewport().update)

    def paint_row(self, painter: QPainter, index: int, row: QRect) -> None:
        """Draw one row."""
        raise NotImplementedError

    def help_for(self, index: int) -> str:
        """A row's tooltip, rich text."""
        raise NotImplementedError

    def act(self, index: int) -> None:
        """A row was clicked, or chosen by Enter."""

    def walk(self, index: int) -> None:
        """The keys came to a row."""

    @property
    def looked_at(self) -> int:
        """The row under the pointer, else the one of the keyboard; -1 for none."""
        at = self._hover if self._hover >= 0 else self.current if self.hasFocus() else -1
        return at if at < self.count else -1

    def set_count(self, count: int) -> None:
        """There are so many rows now."""
        self.count = count
        self.current = max(0, min(self.current, count - 1))
        self._fit_scrolling()
        self.viewport().update()

    def set_pale(self, pale: bool) -> None:
        """What is shown does not hold any more, or holds again."""
        if pale != self.pale:
            self.pale = pale
            self.viewport().update()

    def elided(self, text: str, width: int) -> str:
        """A text in so many pixels."""
        if (text, width) not in self._elided:
            if len(self._elided) > 4096:
                self._elided.clear()
            mode = Qt.TextElideMode.ElideRight
            self._elided[text, width] = self.metrics.elidedText(text, mode, width)
        return self._elided[text, width]

    # Places

    def row_rect(self, index: int) -> QRect:
        """Where a row stands in the viewport now."""
        top = index * self.row_height - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self.row_height)

    def reveal(self, index: int) -> None:
        """Scroll no further than needed to show a row."""
        top, bar = index * self.row_height, self.verticalScrollBar()
        bar.setValue(max(min(bar.value(), top), top + self.row_height - bar.pageStep()))

    def _index_at(self, point: QPoint) -> int:
        index = (point.y() + self.verticalScrollBar().value()) // self.row_height
        return index if 0 <= index < self.count else -1

    def _fit_scrolling(self) -> None:
        high, bar = self.row_height, self.verticalScrollBar()
        whole = max(self.height() // high, 1) * high
        self.setViewportMargins(0, 0, 0, max(0, self.height() - whole))
        bar.setPageStep(whole)
        bar.setRange(0, max(0, self.count * high - whole))

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
        """Cut no row in half."""
        self._fit_scrolling()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are seen."""
        paint_safely(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setFont(self.row_font)
        painter.setOpacity(PALE if self.pale else 1.0)
        top, high = self.verticalScrollBar().value(), self.row_height
        last = min(self.count, (top + self.viewport().height()) // high + 1)
        for index in range(top // high, last):
            self.paint_row(painter, index, self.row_rect(index))

    # Pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._point(self._index_at(event.position().toPoint()))

    def _point(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.viewport().update()
            self.pointed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the pointer."""
        index = self._index_at(event.position().toPoint())
        if index >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.current = index
            self.viewport().update()
            self.act(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down and Page walk over the rows, Enter chooses; the others are the panel's."""
        key = Qt.Key(event.key())
        if key in _STEPS and self.count:
            self.current = max(0, min(self.current + _STEPS[key], self.count - 1))
            self.reveal(self.current)
            self.viewport().update()
            self.walk(self.current)
            self.pointed.emit()
        elif key in _ENTER and self.count:
            self.act(self.current)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the row under the pointer; forget it when the pointer leaves."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self._index_at(event.pos())
            said = self.help_for(index) if index >= 0 else self.toolTip()
            QToolTip.showText(event.globalPos(), said, self.viewport())
            return True
        if event.type() is QEvent.Type.Leave:
            self._point(-1)
        return super().viewportEvent(event)

"""The tree of what was tried, a branch a row: to be shown again, compared and forgotten."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QToolTip

from explorer.ui import theme
from explorer.ui.decoder.branch_paint import BranchPainter
from explorer.ui.decoder.tried_words import TriedRow
from explorer.ui.widgets.painting import paint_safely

_HELP = (
    "<b>What was tried</b><br>Every text that was written or forced at this source, below the one "
    "that it leaves. Click a row, or choose it with Up and Down and press Enter, to show it again; "
    "click its B, or press Shift+Enter, to compare it; Delete forgets it."
)


class BranchList(QAbstractScrollArea):
    """Draws the rows; more than fit scroll. The keys of the transport are left to the panel."""

    jumped = Signal(int)
    compared = Signal(int)
    """The number of the branch to compare with; 0 for none."""
    forgotten = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[TriedRow] = []
        self._current, self._hover = 0, -1
        self._help: Callable[[int], str] = lambda number: ""
        self._painter = BranchPainter()
        self._high = self._painter.row_height
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self._high)
        self.setMinimumHeight(2 * self._high)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("What was tried")
        self.setToolTip(_HELP)
        theme.theme().changed.connect(self.viewport().update)

    def explain_with(self, help: Callable[[int], str]) -> None:
        """Say what the tooltip of a branch is, by its number; rich text."""
        self._help = help

    @property
    def rows(self) -> list[TriedRow]:
        """What is drawn, from the top."""
        return list(self._rows)

    def set_rows(self, rows: Sequence[TriedRow]) -> None:
        """Show these."""
        if list(rows) == self._rows:
            return
        before = self.current
        self._rows = list(rows)
        numbers = [row.number for row in rows]
        if before in numbers:
            self._current = numbers.index(before)
        self._current = max(0, min(self._current, len(rows) - 1))
        self.setMaximumHeight(max(len(rows), 2) * self._high)
        self._fit()
        said = "; ".join(f"{row.number}: {row.own}, {row.came}, {row.score}" for row in rows)
        self.setAccessibleDescription(said)
        self.viewport().update()

    @property
    def current(self) -> int:
        """The number of the branch that the keys are about; 0 for none."""
        return self._rows[self._current].number if self._current < len(self._rows) else 0

    def row_rect(self, index: int) -> QRect:
        """Where a row stands in the viewport now."""
        top = index * self._high - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._high)

    def pill_rect(self, index: int) -> QRect:
        """Where the mark of the one on show, or the button to compare, stands in a row."""
        return self._painter.pill_rect(self.row_rect(index))

    def _fit(self) -> None:
        seen, bar = self.viewport().height(), self.verticalScrollBar()
        bar.setPageStep(seen)
        bar.setRange(0, max(0, len(self._rows) * self._high - seen))

    def sizeHint(self) -> QSize:
        """Room for a few rows."""
        return QSize(30 * theme.SPACE, 3 * self._high)

    def minimumSizeHint(self) -> QSize:
        """It can be small."""
        return QSize(10 * theme.SPACE, 2 * self._high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll no further than needed."""
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Rows are drawn where they stand; nothing is moved."""
        self.viewport().update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are seen."""
        paint_safely(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = self.viewport().rect()
        for index, row in enumerate(self._rows):
            rect = self.row_rect(index)
            if rect.intersects(seen):
                self._paint_ground(painter, index, rect)
                self._painter.paint(painter, row, rect)

    def _paint_ground(self, painter: QPainter, index: int, rect: QRect) -> None:
        c = theme.colors()
        if index == self._hover or self._rows[index].shown:
            painter.fillRect(rect, QColor(c.raised))
        if index == self._current and self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    # Choosing

    def _index_at(self, y: int) -> int:
        index = (y + self.verticalScrollBar().value()) // self._high
        return index if 0 <= index < len(self._rows) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._point(self._index_at(event.position().toPoint().y()))

    def _point(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the branch under the pointer, or compare it where its B was hit."""
        point = event.position().toPoint()
        index = self._index_at(point.y())
        if index < 0 or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._current = index
        on_pill = self.pill_rect(index).adjusted(-6, -6, 6, 6).contains(point)
        if on_pill and not self._rows[index].shown:
            self._compare()
        else:
            self.jumped.emit(self.current)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose, Enter shows, Shift+Enter compares, Delete forgets."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(1 if key is Qt.Key.Key_Down else -1)
        elif not self.current:
            event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._compare()
            else:
                self.jumped.emit(self.current)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.forgotten.emit(self.current)
        else:
            event.ignore()

    def _move(self, by: int) -> None:
        self._current = max(0, min(self._current + by, len(self._rows) - 1))
        bar, top = self.verticalScrollBar(), self._current * self._high
        bar.setValue(max(min(bar.value(), top), top + self._high - self.viewport().height()))
        self.viewport().update()

    def _compare(self) -> None:
        already = self._rows[self._current].compared
        self.compared.emit(0 if already else self.current)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a branch, by pointer or by the menu key."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self._current = max(self._index_at(event.pos().y()), 0)
        menu = self.menu()
        if menu is not None:
            menu.popup(self.viewport().mapToGlobal(self.pill_rect(self._current).bottomLeft()))

    def menu(self) -> QMenu | None:
        """The menu of the current branch; None where there is none."""
        number = self.current
        if not number:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show this text\tEnter", lambda: self.jumped.emit(number))
        menu.addAction("Compare with the one on show\tShift+Enter", self._compare)
        menu.addSeparator()
        menu.addAction("Forget it\tDelete", lambda: self.forgotten.emit(number))
        return menu

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which row the keys are about."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the row under the pointer; forget it when the pointer leaves."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.help_at(event.pos()), self.viewport())
            return True
        if event.type() is QEvent.Type.Leave:
            self._point(-1)
        return super().viewportEvent(event)

    def help_at(self, point: QPoint) -> str:
        """The tooltip at a place, as rich text."""
        index = self._index_at(point.y())
        return self._help(self._rows[index].number) if index >= 0 else self.toolTip()

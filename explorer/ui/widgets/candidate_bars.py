"""The tokens that the decoder could have written, with their probabilities, to choose among."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from explorer.messages.results import Candidate
from explorer.ui import theme
from explorer.ui.widgets.attention_words import quoted
from explorer.ui.widgets.bar_rows import BarPainter, BarRow
from explorer.ui.widgets.candidate_rows import Rivals
from explorer.ui.widgets.painting import paint_safely

MOST_ROWS, FEW_ROWS = 12, 5
"""More candidates than this are counted with the others, so that the attention stays in sight."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_HELP = (
    "The tokens that could have come here, and p of each. Click one, or choose it with Up and Down "
    "and press Enter, to write it here; Delete bans it."
)


class CandidateBars(QWidget):
    """A row for each candidate, falling, and one for all others together."""

    forced = Signal(int)
    """The id of the token that shall stand here."""
    banned = Signal(int, bool)
    """The id of a token, and whether it shall never be chosen, or may be again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = BarPainter()
        self._rivals = Rivals()
        self._rows: list[BarRow] = []
        self._most = MOST_ROWS
        self._needed = 8
        self._current = self._hover = 0
        self._hover = -1
        self._take_room()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Most likely tokens and their probabilities")
        self.setToolTip(_HELP)
        theme.theme().changed.connect(self.update)

    def rows(self) -> Sequence[BarRow]:
        """What is drawn, from the top."""
        return tuple(self._rows)

    @property
    def current(self) -> Candidate | None:
        """The candidate that Enter and Delete are about."""
        shown = self._shown()
        return shown[self._current] if self._current < len(shown) else None

    def show_candidates(
        self, candidates: Sequence[Candidate], chosen: int,
        bans: Collection[int] = (), *, both: bool = False,
    ) -> None:  # fmt: skip
        """Show these, falling; `chosen` is the id of the token that was written.

        With `both` the probabilities after the method's settings stand beside the model's own.
        """
        rivals = Rivals(tuple(candidates), chosen, bans, both, self._rivals.dimmed)
        if rivals == self._rivals:
            return
        self._rivals = rivals
        self._needed = max(self._needed, len(candidates))
        self._take_room()
        self._make_rows()

    def set_most(self, most: int) -> None:
        """Show at most so many candidates; the others are counted together."""
        if most != self._most:
            self._most = most
            self._take_room()
            self._make_rows()

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while another sentence was asked for."""
        if dimmed != self._rivals.dimmed:
            self._rivals = replace(self._rivals, dimmed=dimmed)
            self._make_rows()

    def _shown(self) -> tuple[Candidate, ...]:
        return self._rivals.shown(self._most)

    def _make_rows(self) -> None:
        self._rows = self._rivals.rows(self._most)
        self._current = max(0, min(self._current, len(self._rows) - 2))
        said = ", ".join(f"{row.label} {row.number}" for row in self._rows)
        self.setAccessibleDescription(said)
        self.update()

    def _take_room(self) -> None:
        """Room for the most candidates seen so far: it never shrinks, and nothing below jumps."""
        rows = min(self._needed, self._most) + 1 + self._rivals.both
        needed = rows * self._bars.row_height
        if needed != self.minimumHeight():
            self.setFixedHeight(needed)

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(30 * theme.SPACE, self.minimumHeight())

    # Drawing

    def row_rect(self, index: int) -> QRect:
        """Where a row stands."""
        high = self._bars.row_height
        return QRect(0, (index + self._rivals.both) * high, self.width(), high)

    def _index_at(self, y: int) -> int:
        index = y // self._bars.row_height - self._rivals.both
        return index if 0 <= index < len(self._rows) else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        if self._rivals.both:
            self._paint_heads(painter)
        last = len(self._rows) - 1
        for index, row in enumerate(self._rows):
            rect = self.row_rect(index)
            if index < last:
                self._paint_ground(painter, index, rect)
            self._bars.paint(painter, rect, row)

    def _paint_heads(self, painter: QPainter) -> None:
        painter.setFont(theme.font("small"))
        painter.setPen(QColor(theme.colors().faint))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        first, last = self._bars.numbers(self.row_rect(-1))
        painter.drawText(first, side, "before")
        painter.drawText(last, side, "after")

    def _paint_ground(self, painter: QPainter, index: int, rect: QRect) -> None:
        c = theme.colors()
        if index == self._hover:
            painter.fillRect(rect, QColor(c.raised))
        if index == self._current and self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    # Choosing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._point(self._index_at(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._point(-1)

    def _point(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            on_token = 0 <= index < len(self._rows) - 1
            shape = Qt.CursorShape.PointingHandCursor if on_token else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Write the token under the pointer here."""
        index = self._index_at(event.position().toPoint().y())
        if not 0 <= index < len(self._rows) - 1:
            return
        self._current = index
        self.update()
        if event.button() is Qt.MouseButton.LeftButton:
            self._force()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a row, Enter writes it, Delete bans it or allows it again."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(1 if key is Qt.Key.Key_Down else -1)
        elif key in _ENTER:
            self._force()
        elif key in _DELETE:
            self._ban()
        else:
            event.ignore()

    def _move(self, by: int) -> None:
        self._current = max(0, min(self._current + by, len(self._rows) - 2))
        if self.current is not None:
            self.setAccessibleDescription(self._rows[self._current].label)
        self.update()

    def _force(self) -> None:
        if self.current is not None:
            self.forced.emit(self.current.token.id)

    def _ban(self) -> None:
        found = self.current
        if found is not None:
            self.banned.emit(found.token.id, found.token.id not in self._rivals.bans)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the row that the keys are about."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a token, by pointer or by the menu key."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self._index_at(event.pos().y())
            if not 0 <= index < len(self._rows) - 1:
                return
            self._current = index
        menu = self.menu()
        if menu is not None:
            below = self.mapToGlobal(self.row_rect(self._current).bottomLeft() + QPoint(16, 0))
            by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
            menu.popup(event.globalPos() if by_mouse else below)

    def menu(self) -> QMenu | None:
        """The menu of the current candidate; None where there is none."""
        found = self.current
        if found is None:
            return None
        said, gone = quoted(found.token), found.token.id in self._rivals.bans
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Write {said} here\tEnter", self._force)
        menu.addAction(f"{'Allow' if gone else 'Never write'} {said}\tDelete", self._ban)
        menu.addSeparator()
        piece = found.token.piece
        menu.addAction("Copy the exact token", lambda: QGuiApplication.clipboard().setText(piece))
        return menu

    def event(self, event: QEvent) -> bool:
        """Explain the row under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.help_at(event.pos().y()), self)
            return True
        return super().event(event)

    def help_at(self, y: int) -> str:
        """What the row at a height is, as rich text; empty where there is none."""
        index = self._index_at(y)
        if index < 0:
            return ""
        if index == len(self._rows) - 1:
            return (
                "<b>All others</b><br>What is left of the probability, over the whole vocabulary."
            )
        return self._rivals.help(self._shown()[index])

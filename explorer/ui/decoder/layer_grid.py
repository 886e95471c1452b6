"""Layers down, decisions across: what each layer would have said, as a grid of cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.messages.tokens import Token
from explorer.ui import theme
from explorer.ui.decoder.layer_cells import MIDDLE, WORDS_FROM, CellPainter
from explorer.ui.decoder.lens_store import Column
from explorer.ui.decoder.lens_words import cell_help, layer_label
from explorer.ui.widgets.decision_words import chip_text
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.raster import edges

WIDE, NARROW = 54, 5
"""The least width of a column that is read, and of one that is only seen."""
LOW, HIGH = 17, 34
_WIDEST = 110
_PALE = 0.4
_UP_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Shown:
    """A column on screen: which decision, its token, what was read of it, and if it still holds."""

    decision: int
    token: Token
    column: Column | None
    holds: bool = True
    pinned: bool = False


class LayerGrid(QWidget):
    """Colour is the probability of the token decided for, never rescaled."""

    chosen = Signal(int)
    """A decision that a person clicked."""
    pinned = Signal(int)
    """A decision to be kept in sight, or no more."""
    pointed = Signal()
    """Another cell is looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Shown, ...] = ()
        self._current = -1
        self._layers, self._layer = 4, -1
        self._hover: tuple[int, int] | None = None
        self._picture = QPixmap()
        self._pictured: object = None
        self._cells = CellPainter()
        self._head = self._cells.metrics.height() + 4
        self._left = self._cells.metrics.horizontalAdvance("emb") + theme.SPACE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Every layer, read out")
        self.setAccessibleDescription("What each layer would say: arrows walk from cell to cell.")
        self._fit_height()
        theme.theme().changed.connect(self.update)

    # What is shown

    @property
    def columns(self) -> tuple[Shown, ...]:
        """The columns from the left."""
        return self._columns

    @property
    def cell(self) -> tuple[Column, int] | None:
        """The column and layer looked at: those under the pointer, else those of the keyboard."""
        if self._hover is not None:
            layer, place = self._hover
        else:
            place, layer = self._place_of(self._current), self._layer % self._layers
        column = self._columns[place].column if 0 <= place < len(self._columns) else None
        return None if column is None or layer >= len(column.layers) else (column, layer)

    def room(self, *, narrow: bool = False) -> int:
        """Columns that have room."""
        return max(1, (self.width() - self._left) // (NARROW if narrow else WIDE))

    def show_columns(self, columns: Sequence[Shown], current: int) -> None:
        """Show these; `current` is the decision looked at."""
        self._columns, self._current = tuple(columns), current
        layers = max((len(c.column.layers) for c in columns if c.column is not None), default=0)
        if layers and layers != self._layers:
            self._layers = layers
            self._fit_height()
        self.update()

    def _fit_height(self) -> None:
        self.setMinimumHeight(self._head + self._layers * LOW)
        self.setMaximumHeight(self._head + self._layers * HIGH)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for a word and its numbers in every cell."""
        return QSize(30 * theme.SPACE, self._head + self._layers * HIGH)

    # Places

    def _place_of(self, decision: int) -> int:
        places = (p for p, shown in enumerate(self._columns) if shown.decision == decision)
        return next(places, -1)

    def cell_rect(self, layer: int, place: int) -> QRect:
        """Where the cell of a layer stands in the column at a place."""
        down = edges(self._layers, max(self.height() - self._head - 1, 1))
        most = _WIDEST * max(len(self._columns), 1)
        across = edges(len(self._columns), min(max(self.width() - self._left - 1, 1), most))
        left, right = int(across[place]) + self._left, int(across[place + 1]) + self._left
        top, bottom = int(down[layer]) + self._head, int(down[layer + 1]) + self._head
        return QRect(left, top, right - left, bottom - top)

    def head_rect(self, place: int) -> QRect:
        """Where the token of a column stands."""
        below = self.cell_rect(0, place)
        return QRect(below.left(), 0, below.width(), self._head - 2)

    def _at(self, point: QPoint) -> tuple[int, int] | None:
        """Layer (−1: the tokens above) and place in the row of columns."""
        for place in range(len(self._columns)):
            column = self.head_rect(place)
            if not column.left() <= point.x() <= column.right():
                continue
            if point.y() < self._head:
                return -1, place
            cells = (self.cell_rect(layer, place) for layer in range(self._layers))
            return next(((n, place) for n, box in enumerate(cells) if box.contains(point)), None)
        return None

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the grid."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        c = theme.colors()
        painter.setFont(self._cells.plain)
        if not self._columns:
            return
        self._draw_cells()
        painter.drawPixmap(0, 0, self._picture)
        for layer in range(self._layers):
            box = self.cell_rect(layer, 0)
            here = self._hover is None and layer == self._layer % self._layers
            painter.setPen(QColor(c.text if here and self.hasFocus() else c.muted))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            label = QRect(0, box.top(), self._left - theme.SPACE // 2, box.height())
            painter.drawText(label, side, layer_label(layer))
        for place, shown in enumerate(self._columns):
            self._paint_head(painter, place, shown)
        self._paint_marks(painter)

    def _draw_cells(self) -> None:
        """Keep the cells as a picture: a cursor that moves over them costs a frame."""
        c, ratio = theme.colors(), self.devicePixelRatioF()
        seen = [(shown.column, shown.holds) for shown in self._columns]
        wanted = seen, self._layers, self.size(), ratio, c
        if wanted == self._pictured:
            return
        self._pictured = wanted
        self._picture = QPixmap(self.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._picture)
        for place, shown in enumerate(self._columns):
            painter.setOpacity(1.0 if shown.holds else _PALE)
            for layer in range(self._layers):
                self._cells.paint(painter, self.cell_rect(layer, place), shown.column, layer)
        painter.end()

    def _paint_head(self, painter: QPainter, place: int, shown: Shown) -> None:
        c, box = theme.colors(), self.head_rect(place)
        here = shown.decision == self._current
        if box.width() < WORDS_FROM // 2 and not here:
            return
        if here and box.width() < WIDE:  # It needs no more room than it finds beside it.
            grown = min(WIDE, self.width() - self._left)
            left = min(max(box.center().x() - grown // 2, self._left), self.width() - grown)
            box = QRect(left, box.top(), grown, box.height())
            painter.fillRect(box, QColor(c.surface))
        painter.setFont(self._cells.bold if here else self._cells.plain)
        ink = c.accent if here else c.muted if shown.holds else c.faint
        painter.setPen(QColor(c.warning if shown.pinned and not here else ink))
        metrics = painter.fontMetrics()
        text = ("• " if shown.pinned else "") + chip_text(shown.token)
        said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 2)
        painter.drawText(box, MIDDLE, said)

    def _paint_marks(self, painter: QPainter) -> None:
        c, place = theme.colors(), self._place_of(self._current)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if place >= 0:
            first, last = self.cell_rect(0, place), self.cell_rect(self._layers - 1, place)
            frame = first.united(last).adjusted(-1, -1, 0, 0)
            for ink, width in ((c.surface, 4), (c.accent, 2)):  # On a ground of any colour.
                painter.setPen(QPen(QColor(ink), width))
                painter.drawRect(frame)
        marked = self._hover
        if marked is None and place >= 0 and self.hasFocus():
            marked = self._layer % self._layers, place
        if marked is not None and marked[0] >= 0:
            box = self.cell_rect(*marked).adjusted(1, 1, -2, -2)
            for ink, width in ((c.surface, 4), (c.accent, 2)):
                painter.setPen(QPen(QColor(ink), width))
                painter.drawRect(box)

    # Pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        found = self._at(event.position().toPoint())
        self._point(found if found is not None and found[0] >= 0 else None)

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hover:
            self._hover = cell
            self.update()
            self.pointed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the decision under the pointer; with Control, keep it in sight."""
        found = self._at(event.position().toPoint())
        if found is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        layer, place = found
        decision = self._columns[place].decision
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pinned.emit(decision)
            return
        if layer >= 0:
            self._layer = layer
        self.chosen.emit(decision)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a layer, Enter keeps the column; the other keys are the panel's."""
        key = Qt.Key(event.key())
        if key in _UP_DOWN:
            layer = self._layer % self._layers + _UP_DOWN[key]
            self._layer = max(0, min(layer, self._layers - 1))
            self.update()
            self.pointed.emit()
        elif key in _ENTER and self._current >= 0:
            self.pinned.emit(self._current)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Explain the cell under a resting pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.help_at(event.pos()), self)
            return True
        return super().event(event)

    def help_at(self, point: QPoint) -> str:
        """The tooltip for a point; rich text."""
        found = self._at(point)
        column = self._columns[found[1]].column if found is not None else None
        if found is None or column is None:
            return self.toolTip()
        return cell_help(column, found[0] if found[0] >= 0 else len(column.layers) - 1)

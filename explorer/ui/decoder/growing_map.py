"""The attention of every decision so far as a map that grows by a row with each step."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.messages.tokens import Token
from explorer.ui import theme
from explorer.ui.attention import map_bar, map_labels, map_layout, map_paint
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.map_hand import MapHand
from explorer.ui.attention.map_labels import Labels
from explorer.ui.attention.map_layout import WHOLE, MapLayout, Place
from explorer.ui.attention.map_paint import Cells
from explorer.ui.decoder.growth import Growth
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import token_axis
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.token_axis import AxisLabel

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_LEAST_WIDTH, _LEAST_HEIGHT = 200, 236
_LEGIBLE = 10.0
"""Pixels a row of a long text, unless a person wants to see the whole."""
_PALE = 0.35


class DecisionLabels(Labels):
    """Labels of rows: what had been read, and what was decided then."""

    def __init__(self, read: tuple[Token, ...], decided: tuple[Token, ...]) -> None:
        super().__init__(read, None)
        self._decided = decided

    def __getitem__(self, index: int) -> AxisLabel:
        found = self._made.get(index)
        if found is None:
            read = self.tokens[index]
            parts = words.label(read), words.label(self._decided[index])
            found = self._made[index] = token_axis.axis_label(read, parts)
        return found


class GrowingMap(MapHand):
    """Rows of decisions to come are kept free, so that nothing moves when they are there."""

    key = "growing"
    title = "Attention of every decision so far"
    help = "A row for each decision, a column for each token that it could look at."

    went = Signal(int)
    """A decision that a person wants to look at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(HeadSelection(), parent)
        self.growth = Growth()
        self.index = -1
        self._read: tuple[Token, ...] = ()
        self._decided: tuple[Token, ...] = ()
        self._keys: tuple[Token, ...] = ()
        self._labels = Labels((), None), Labels((), None)
        self._layout: MapLayout | None = None
        self._picture = QPixmap()
        self._fresh = False
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        theme.theme().changed.connect(self._rearrange)

    # What is shown

    @property
    def layout_(self) -> MapLayout | None:
        """Where everything stands; None while there is nothing to show."""
        return self._layout

    @property
    def rows(self) -> int:
        """How many rows there are so far."""
        return min(self.index + 1, len(self._decided))

    def show_map(
        self, read: tuple[Token, ...], decided: tuple[Token, ...], keys: tuple[Token, ...]
    ) -> None:
        """Show `growth` with these labels: of the decisions, and of what they could look at."""
        if (read, decided, keys) != (self._read, self._decided, self._keys):
            same = (len(decided), len(keys)) == (len(self._decided), len(self._keys))
            self._read, self._decided, self._keys = read, decided, keys
            self._labels = DecisionLabels(read, decided), Labels(keys, None)
            if not same:
                self._place = WHOLE
                self._rearrange()
                self._come_closer()
        self._rearrange()

    def go(self, index: int) -> None:
        """Show the rows up to this decision."""
        if index != self.index:
            self.index = index
            if self._place.zoom > 1 and self._layout is not None and self.rows:
                self._place = self._layout.showing(self.rows - 1, self._edge(self.rows - 1))
                self._rearrange()
            if self._cell is not None and self._cell[0] >= self.rows:
                self.point(None)
            self._redraw()

    def _come_closer(self) -> None:
        """Of a long text show a part that can be read; a double click shows the whole."""
        layout = self._layout
        if layout is not None and layout.down < _LEGIBLE:
            self.see(Place(_LEGIBLE / layout.down))
            if self._layout is not None and self.rows:
                self._place = self._layout.showing(self.rows - 1, self._edge(self.rows - 1))

    def _edge(self, row: int) -> int:
        """The column to keep in view: the newest there was, or what got most of all that is."""
        closed_K = self.growth.closed_DK[row]
        found = closed_K.argmax() - 1 if closed_K.any() else self.growth.weights_DK[row].argmax()
        return max(int(found), 0)

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(300, 260)

    # Places

    def _rearrange(self) -> None:
        shape = self.growth.weights_DK.shape
        self._layout = None
        if 0 not in shape and shape == (len(self._decided), len(self._keys)):
            font = theme.font("small")
            widest = self._labels[0].widest(font), self._labels[1].widest(font)
            size, metrics = QSizeF(self.size()), QFontMetrics(font)
            self._layout = map_layout.arrange(shape, widest, size, metrics, self._place)
            self._place = self._layout.place
        self._redraw()

    def see(self, place: Place) -> None:
        """Show another part, held inside the map."""
        self._place = place if place.zoom > 1 else WHOLE
        self._rearrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the map into the new size."""
        self._rearrange()

    def _so_far(self, layout: MapLayout) -> MapLayout | None:
        """The part of the layout in which there are rows; None where none is in view."""
        count = min(self.rows - layout.first[0], len(layout.rows) - 1)
        if count < 1:
            return None
        body = QRect(layout.body)
        body.setBottom(int(layout.rows[count]) - 1)
        return replace(layout, rows=layout.rows[: count + 1], body=body)

    # Painting

    def _redraw(self) -> None:
        self._fresh = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the kept picture and the marks of the pointer."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        layout, ratio = self._layout, self.devicePixelRatioF()
        if layout is None:
            return
        if not self._fresh or self._picture.size() != self.size() * ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._fresh = True
            inner = QPainter(self._picture)
            self._draw(inner, layout)
            inner.end()
        painter.setOpacity(_PALE if self.dimmed else 1.0)
        painter.drawPixmap(0, 0, self._picture)
        painter.setFont(theme.font("small"))
        if self._cell is not None:
            pen = QPen(QColor(theme.colors().accent), 2)
            map_paint.paint_marks(painter, layout, *self._cell, pen)
            map_labels.paint_hot_column(
                painter, layout, self._cell[1], self._labels[1][self._cell[1]]
            )

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """Draw all but what follows the pointer."""
        if self._layout is not None:
            self._draw(painter, self._layout)

    def _draw(self, painter: QPainter, layout: MapLayout) -> None:
        c = theme.colors()
        coloring, seen = Coloring(self.style_, c), self._so_far(layout)
        painter.setFont(theme.font("small"))
        painter.fillRect(layout.body, QColor(c.window))
        map_labels.paint_columns(painter, layout, self._labels[1])
        map_bar.paint(painter, layout.bar, coloring, 1.0)
        painter.setPen(QColor(c.muted))
        map_paint.paint_titles(painter, layout, "read → decides", words.KEY_TITLE, "")
        if seen is None:
            return
        map_labels.paint_rows(painter, seen, self._labels[0])
        rows, columns = seen.in_view
        weights = self.growth.weights_DK[rows, columns]
        cells = Cells(weights, weights, self.growth.closed_DK[rows, columns])
        map_paint.paint_cells(painter, seen, cells, coloring, 1.0)
        map_paint.paint_lines(painter, seen, coloring)
        if map_paint.have_numbers(layout):
            map_paint.paint_numbers(painter, seen, cells, coloring, 1.0, on_screen=True)
        last = self.rows - 1
        map_labels.paint_hot_row(painter, layout, last, self._labels[0][last])
        pen = QPen(QColor(c.accent), 2)
        map_paint.paint_marks(painter, layout, last, None, pen)

    # Pointing

    def point(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell of the rows so far, and say what is there."""
        if cell is not None and cell[0] >= self.rows:
            cell = None
        if cell != self._cell:
            self._cell = cell
            self.pointed.emit(self.reading())
            self.update()

    def reading(self) -> str:
        """The weight pointed at, as a sentence; empty when nothing is pointed at."""
        if self._cell is None:
            return ""
        row, key = self._cell
        who, what = words.quoted(self._decided[row]), words.quoted(self._keys[key])
        if self.growth.closed_DK[row, key]:
            return f"Deciding {who}, {what} was not there yet"
        paid = words.number(float(np.float32(self.growth.weights_DK[row, key])))
        return f"Deciding {who}, it paid {paid} to {what}"

    def click(self, at: QPointF) -> None:
        """Go to the decision of the row at a point, or of its label."""
        layout = self._layout
        if layout is None or not layout.body.top() <= at.y() <= layout.body.bottom():
            return
        found = layout.at(max(at.x(), layout.body.left()), at.y())
        if found is not None:
            self.went.emit(found[0])

    def help_at(self, point: QPoint) -> str:
        """The tooltip for a point."""
        layout = self._layout
        found = None if layout is None else layout.at(point.x(), point.y())
        if found is None or found[0] >= self.rows:
            return self.help
        return words.token_help(self._keys[found[1]])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Control; else what is around the map scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk over the decisions, + and − zoom; the other keys are the panel's."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.went.emit(self.index + _STEPS[key])
        elif event.text() in ("+", "=", "-") and event.text():
            super().keyPressEvent(event)
        else:
            event.ignore()

"""Two texts side by side, a row a decision, with the attention that each decision paid."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from explorer.ui import colormaps, theme
from explorer.ui.decoder.branch_paint import other_color
from explorer.ui.decoder.pair_sides import Pair, Side
from explorer.ui.widgets.decision_words import chip_text
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.raster import levels

_GAP = 2 * theme.SPACE
_CELLS = 0.52
"""The share of a half that its cells take."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PairMap(QAbstractScrollArea):
    """Rows stand in line: both texts share them up to the line at which they part."""

    chosen = Signal(int)
    """The decision that was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._pair: Pair | None = None
        self._row = 0
        self._images: list[QImage] = []
        self._help: Callable[[int, int, int], str] = lambda side, row, key: ""
        self._plain, self._bold = theme.font("small"), theme.font("small", bold=True)
        self._metrics = QFontMetrics(self._plain)
        self._high = self._metrics.height() + 2
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self._high)
        self.setMinimumHeight(6 * self._high)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Two texts and their attention, decision by decision")
        self.setToolTip(
            "A row is a decision, a column a token that it looked at; darker is more attention, "
            "from 0 to 1. Click a row to look at that decision."
        )
        theme.theme().changed.connect(self._color)

    def explain_with(self, help: Callable[[int, int, int], str]) -> None:
        """Say what the tooltip of a cell is: by side (0 or 1), row and key (-1: none)."""
        self._help = help

    @property
    def row(self) -> int:
        """The decision in the frame."""
        return self._row

    @property
    def shape(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows and columns of both pictures, as they are drawn."""
        sizes = [(image.height(), image.width()) for image in self._images] or [(0, 0), (0, 0)]
        return sizes[0], sizes[1]

    def show_pair(self, pair: Pair) -> None:
        """Show these two texts."""
        self._pair = pair
        self._fit()
        self._color()

    def show_row(self, row: int) -> None:
        """Look at another decision."""
        self._row = row
        bar, top = self.verticalScrollBar(), row * self._high
        bar.setValue(max(min(bar.value(), top), top + self._high - self.viewport().height()))
        self.viewport().update()

    def _color(self) -> None:
        pair = self._pair
        self._images = [] if pair is None else [_image(pair.one), _image(pair.other)]
        self.viewport().update()

    def _fit(self) -> None:
        rows, seen = 0 if self._pair is None else self._pair.rows, self.viewport().height()
        self.verticalScrollBar().setPageStep(seen)
        self.verticalScrollBar().setRange(0, max(0, rows * self._high - seen))

    def sizeHint(self) -> QSize:
        """Room for a short text."""
        return QSize(30 * theme.SPACE, 8 * self._high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll no further than needed."""
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Everything is drawn where it stands."""
        self.viewport().update()

    # Drawing

    def half(self, side: int) -> QRect:
        """Where the rows of a side stand, from the first on."""
        wide = (self.viewport().width() - _GAP) // 2
        left = side * (wide + _GAP)
        rows = 0 if self._pair is None else self._pair.rows
        return QRect(left, -self.verticalScrollBar().value(), wide, rows * self._high)

    def cells(self, side: int) -> QRect:
        """Where the cells of a side stand."""
        half, pair = self.half(side), self._pair
        if pair is None:
            return QRect()
        rows = len((pair.one, pair.other)[side].tokens)
        wide = round(half.width() * _CELLS)
        return QRect(half.right() + 1 - wide, half.top(), wide, rows * self._high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both sides, and the line at which they part."""
        paint_safely(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        pair = self._pair
        if pair is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for side, of in enumerate((pair.one, pair.other)):
            if self._images[side].width():
                painter.drawImage(self.cells(side), self._images[side])
            self._paint_labels(painter, side, of, pair.parted)
        self._paint_parting(painter, pair)
        self._paint_cursor(painter)

    def _paint_labels(self, painter: QPainter, side: int, of: Side, parted: int) -> None:
        c, half, cells = theme.colors(), self.half(side), self.cells(side)
        own = QColor(c.accent if side == 0 else other_color())
        top, seen = self.verticalScrollBar().value(), self.viewport().height()
        for row in range(top // self._high, min(len(of.tokens), (top + seen) // self._high + 1)):
            place = QRect(half.left(), half.top() + row * self._high, 0, self._high)
            place.setRight(cells.left() - theme.SPACE // 2 - 1)
            painter.setPen(own if row >= parted else QColor(c.muted))
            painter.setFont(self._bold if row == parted else self._plain)
            text = self._metrics.elidedText(
                chip_text(of.tokens[row]), Qt.TextElideMode.ElideRight, place.width() - 2
            )
            painter.drawText(place, _RIGHT, text)

    def _paint_parting(self, painter: QPainter, pair: Pair) -> None:
        if not 0 < pair.parted < pair.rows:
            return
        y = self.half(0).top() + pair.parted * self._high
        painter.setPen(QPen(QColor(theme.colors().text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(0, y, self.viewport().width(), y)

    def _paint_cursor(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.colors().accent), 1.5))
        for side in (0, 1):
            half = self.half(side)
            row = QRect(half.left(), half.top() + self._row * self._high, half.width(), self._high)
            painter.drawRect(row.adjusted(0, 0, -1, -1))

    # Pointing

    def place_at(self, point: QPoint) -> tuple[int, int, int] | None:
        """Side, row and key (-1 on a token) at a place; None where there is nothing."""
        pair = self._pair
        for side, of in enumerate((pair.one, pair.other) if pair else ()):
            half, cells = self.half(side), self.cells(side)
            row = (point.y() - half.top()) // self._high
            if half.left() <= point.x() <= half.right() and 0 <= row < len(of.tokens):
                keys = of.table_NK.shape[1]
                key = (point.x() - cells.left()) * keys // max(cells.width(), 1)
                return side, row, key if key >= 0 else -1
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the decision that was clicked."""
        found = self.place_at(event.position().toPoint())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(found[1])

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the cell under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = self.place_at(event.pos())
            said = self.toolTip() if found is None else self._help(*found)
            QToolTip.showText(event.globalPos(), said, self.viewport())
            return True
        return super().viewportEvent(event)


def _image(side: Side) -> QImage:
    """A pixel a weight, coloured from 0 to 1; no colour where there was no such key."""
    rows, keys = side.table_NK.shape
    if not rows or not keys:
        return QImage()
    table = colormaps.color_table(colormaps.sequential(theme.colors().dark)).astype(np.uint32)
    places_NK = levels(np.nan_to_num(side.table_NK))
    words_NK = table[np.minimum(places_NK, 255)] | np.uint32(0xFF000000)
    words_NK[np.isnan(side.table_NK)] = QColor(theme.colors().window).rgb()
    made = np.ascontiguousarray(words_NK)
    return QImage(made.data, keys, rows, 4 * keys, QImage.Format.Format_RGB32).copy()

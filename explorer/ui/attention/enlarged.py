"""The small map under the pointer, larger, beside it."""

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.messages.heads import MadeWeights
from explorer.messages.results import Site
from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import raster
from explorer.ui.widgets.head_grid import HeadGrid
from explorer.ui.widgets.head_selection import Head
from explorer.ui.widgets.painting import paint_safely

_SIDE = 232
_PAD = 8
_WAIT = 180
"""Milliseconds that the pointer rests before the map is enlarged."""


class EnlargedHead(QWidget):
    """Comes when the pointer rests on a small map, goes with it, and takes no clicks."""

    def __init__(self, grid: HeadGrid) -> None:
        super().__init__(grid, Qt.WindowType.ToolTip)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAccessibleName("The small map under the pointer, enlarged")
        self._grid = grid
        self._style = MapStyle()
        self._shown: Shown | None = None
        self._head: Head | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._come)
        self.setFont(theme.font("small"))
        self.resize(_SIDE + 2 * _PAD, _SIDE + 3 * _PAD + self.fontMetrics().height())

    def restyle(self, style: MapStyle) -> None:
        """Colour weights otherwise."""
        self._style = style
        self.update()

    def show_head(self, shown: Shown | None, head: Head | None) -> None:
        """Another map is under the pointer; None: none is."""
        self._shown, self._head = shown, head
        if head is None or shown is None or head[0] not in shown.trace.weights:
            self._timer.stop()
            self.hide()
        elif self.isVisible():
            self._come()
        elif self._grid.shown.side < _SIDE // 2:
            self._timer.start()

    def _come(self) -> None:
        place = None if self._head is None else self._grid.shown.place(*self._head)
        if place is None or not self._grid.isVisible():
            return
        corner = QPoint(place[0] + self._grid.shown.side + _PAD, place[1])
        self.move(self._inside(self._grid.mapToGlobal(corner)))
        self.show()
        self.update()

    def _inside(self, corner: QPoint) -> QPoint:
        """The nearest place on the screen."""
        screen = self._grid.screen().availableGeometry()
        return QPoint(
            min(corner.x(), screen.right() - self.width()),
            min(corner.y(), screen.bottom() - self.height()),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the map with its name."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        c = theme.colors()
        painter.fillRect(self.rect(), QColor(c.raised))
        painter.setPen(QColor(c.line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._shown is None or self._head is None:
            return
        painter.setPen(QColor(c.text))
        line = QRect(_PAD, _PAD, _SIDE, self.fontMetrics().height())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, words.brief_head_name(*self._head))
        picture = self._picture(self._shown, *self._head)
        painter.drawImage(QRect(_PAD, line.bottom() + _PAD, _SIDE, _SIDE), picture)

    def _picture(self, shown: Shown, site: Site, head: int) -> QImage:
        side = round(_SIDE * self.devicePixelRatioF())
        coloring = Coloring(self._style, theme.colors(), shown.signed)
        weights = shown.trace.weights[site]
        if isinstance(weights, MadeWeights):
            map_QK = weights.overview.maximum_HPP[head]
        else:
            map_QK = shown.weights(site, head)
        pooled = raster.pool(map_QK[None], side, side, signed=shown.signed)
        peak = 1.0 if self._style.range == "fixed" else float(np.abs(pooled).max(initial=0))
        pixels = np.ascontiguousarray(
            raster.drawn(coloring.table[coloring.levels(pooled, peak)], side, side)[0]
        )
        return QImage(pixels.data, side, side, 4 * side, QImage.Format.Format_RGB32).copy()

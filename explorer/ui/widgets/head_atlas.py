"""The one picture that holds every small map: numpy writes its pixels, Qt its labels."""

from time import perf_counter

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from explorer.messages.results import Site
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import raster
from explorer.ui.widgets.head_grid_layout import LEFT, GridLayout, arrange
from explorer.ui.widgets.head_selection import Heads

_LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class HeadAtlas:
    """Draws a row of maps at a time, so that long sentences never hold the window up."""

    def __init__(self) -> None:
        self.picture = QImage()
        self._pixels = np.zeros((0, 0), np.uint32)
        self._layout: GridLayout = arrange((), 0, 0)
        self._heads: Heads = {}
        self._own_range = False
        self._waiting: list[Site] = []
        self._font = theme.font("small")
        self._bold = theme.font("small", bold=True)

    @property
    def is_whole(self) -> bool:
        """Whether no map waits to be drawn."""
        return not self._waiting

    def show(self, heads: Heads, *, own_range: bool) -> None:
        """Take new weights; rows that wait already keep their turn, so that none is starved."""
        self._heads, self._own_range = heads, own_range
        waiting = set(self._waiting)
        self._waiting += [row.site for row in self._layout.rows if row.site not in waiting]

    def lay_out(self, layout: GridLayout, size: QSize, ratio: float) -> None:
        """Begin a picture of `size` logical pixels anew: ground and labels; all maps wait."""
        self._layout = layout
        wide, high = max(round(size.width() * ratio), 1), max(round(size.height() * ratio), 1)
        if self._pixels.shape != (high, wide):
            self._pixels = np.zeros((high, wide), np.uint32)
            data = self._pixels.data
            self.picture = QImage(data, wide, high, 4 * wide, QImage.Format.Format_RGB32)
        self.picture.setDevicePixelRatio(ratio)
        self._pixels[:] = QColor(theme.colors().surface).rgb()
        painter = QPainter(self.picture)
        self._paint_labels(painter)
        painter.end()
        self._waiting = [row.site for row in layout.rows]

    def work(self, seconds: float) -> bool:
        """Draw waiting rows for about so long, one at the least; whether all are drawn."""
        c = theme.colors()
        table = raster.palette(c.dark, QColor(c.bad).rgb() & 0xFFFFFF)
        begun = perf_counter()
        while self._waiting:
            self._draw(self._waiting.pop(0), table)
            if perf_counter() - begun > seconds:
                break
        return self.is_whole

    def _draw(self, site: Site, table: raster.Words) -> None:
        weights_HQK, top = self._heads.get(site), self._layout.top(site)
        if weights_HQK is None or top is None or not weights_HQK.size:
            return
        ratio = self.picture.devicePixelRatio()
        side, y = round(self._layout.side * ratio), round(top * ratio)
        peak = weights_HQK.max(axis=(1, 2), keepdims=True) if self._own_range else 1.0
        pixels_HYX = raster.pixels(weights_HQK, peak, table, side - 2, side - 2)
        frame = QColor(theme.colors().line).rgb()
        for head, pixels_YX in enumerate(pixels_HYX):
            x = round(self._layout.left(head) * ratio)
            self._pixels[y : y + side, x : x + side] = frame
            self._pixels[y + 1 : y + side - 1, x + 1 : x + side - 1] = pixels_YX

    def _paint_labels(self, painter: QPainter) -> None:
        layout = self._layout
        painter.setFont(self._font)
        painter.setPen(QColor(theme.colors().muted))
        for row in layout.rows:
            place = QRect(0, row.y, LEFT - 6, layout.side)
            painter.drawText(place, _LEFT_MIDDLE, f"layer {row.site.layer + 1}")
        self._paint_head_numbers(painter)
        painter.setFont(self._bold)
        painter.setPen(QColor(theme.colors().text))
        base = QFontMetrics(self._bold).ascent()
        for kind, y in layout.titles:
            painter.drawText(QPoint(LEFT, y + 3 + base), words.NAMES[kind])

    def _paint_head_numbers(self, painter: QPainter) -> None:
        """Number the columns, each with the head's colour."""
        side, columns = self._layout.side, self._layout.columns
        if columns:
            painter.drawText(QRect(0, 0, LEFT - 6, 14), _LEFT_MIDDLE, "head")
        for head in range(columns):
            x = self._layout.left(head)
            painter.drawText(QRect(x, 0, side, 13), Qt.AlignmentFlag.AlignCenter, str(head + 1))
            painter.fillRect(QRect(x + side // 2 - 5, 14, 10, 2), theme.head_color(head))

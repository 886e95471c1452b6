"""The one picture that holds every small map: numpy writes its pixels, Qt its labels."""

from collections.abc import Mapping
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from explorer.messages.heads import Floats, MadeWeights
from explorer.messages.results import Site, SiteKind
from explorer.ui import theme
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import raster
from explorer.ui.widgets.head_grid_layout import LEFT, NUMBERS, GridLayout, arrange
from explorer.ui.widgets.head_order_layout import OrderLayout, short_name
from explorer.ui.widgets.head_selection import Heads

AllowedKinds = Mapping[SiteKind, NDArray[np.bool_]]
"""Where sites of a kind may look, queries × keys; anywhere where a kind is not there."""
Layout = GridLayout | OrderLayout
_LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class HeadAtlas:
    """Draws a row of maps at a time, so that long sentences never hold the window up."""

    def __init__(self) -> None:
        self.picture = QImage()
        self._pixels = np.zeros((0, 0), np.uint32)
        self._layout: Layout = arrange((), 0, 0)
        self._heads: Heads = {}
        self._allowed: AllowedKinds = {}
        self._style, self._signed = MapStyle(), False
        self._waiting: list[Site] = []
        self._font = theme.font("small")
        self._bold = theme.font("small", bold=True)

    @property
    def is_whole(self) -> bool:
        """Whether no map waits to be drawn."""
        return not self._waiting

    def show(self, heads: Heads, allowed: AllowedKinds, style: MapStyle, *, signed: bool) -> None:
        """Take new weights; rows that wait already keep their turn, so that none is starved."""
        self._heads, self._allowed, self._style, self._signed = heads, allowed, style, signed
        waiting = set(self._waiting)
        self._waiting += [row.site for row in self._layout.rows if row.site not in waiting]

    def lay_out(self, layout: Layout, size: QSize, ratio: float) -> None:
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
        begun = perf_counter()
        while self._waiting:
            self._draw(self._waiting.pop(0))
            if perf_counter() - begun > seconds:
                break
        return self.is_whole

    def _draw(self, site: Site) -> None:
        weights = self._heads.get(site)
        if weights is None or not weights.size:
            return
        allowed_QK = self._allowed.get(site.kind)
        if isinstance(weights, MadeWeights):
            maximum = self._style.pooling == "maximum"
            weights_HQK = weights.overview.maximum_HPP if maximum else weights.overview.mean_HPP
            allowed_QK = None
        else:
            weights_HQK = weights
        ratio = self.picture.devicePixelRatio()
        side = round(self._layout.side * ratio)
        pixels_HYX = self._pixels_of(weights_HQK, allowed_QK, max(side - 2, 1))
        frame = QColor(theme.colors().line).rgb()
        for head, pixels_YX in enumerate(pixels_HYX):
            place = self._layout.place(site, head)
            if place is None:
                continue
            x, y = (round(edge * ratio) for edge in place)
            self._pixels[y : y + side, x : x + side] = frame
            self._pixels[y + 1 : y + side - 1, x + 1 : x + side - 1] = pixels_YX

    def _pixels_of(
        self, weights_HQK: Floats, allowed_QK: raster.Allowed, side: int
    ) -> raster.Words:
        coloring = Coloring(self._style, theme.colors(), self._signed)
        pooled_HQK = raster.pool(weights_HQK, side, side, signed=self._signed)
        size_HQK = np.abs(pooled_HQK)
        peak: float | Floats = 1.0
        if self._style.range != "fixed":
            axes = (2,) if self._style.range == "row" else (1, 2)
            peak = size_HQK.max(axis=axes, keepdims=True, initial=0)
        places_HQK = coloring.levels(pooled_HQK, peak)
        if allowed_QK is not None:
            open_HQK = raster.pool(allowed_QK[None].astype(np.float32), side, side)
            closed_HQK = (size_HQK == 0) & (open_HQK == 0)
            np.copyto(places_HQK, raster.MASKED, where=closed_HQK)
        return raster.drawn(coloring.table[places_HQK], side, side)

    def _paint_labels(self, painter: QPainter) -> None:
        layout = self._layout
        painter.setFont(self._font)
        painter.setPen(QColor(theme.colors().muted))
        if isinstance(layout, OrderLayout):
            self._paint_names(painter, layout)
            return
        for row in layout.rows:
            place = QRect(0, row.y, LEFT - 6, layout.side)
            painter.drawText(place, _LEFT_MIDDLE, f"layer {row.site.layer + 1}")
        if layout.broken:
            self._paint_all_numbers(painter, layout)
        else:
            self._paint_head_numbers(painter, layout)
        painter.setFont(self._bold)
        painter.setPen(QColor(theme.colors().text))
        base = QFontMetrics(self._bold).ascent()
        for kind, y in layout.titles:
            painter.drawText(QPoint(LEFT, y + 3 + base), words.NAMES[kind])

    def _paint_names(self, painter: QPainter, layout: OrderLayout) -> None:
        """Name every map, where layers and heads stand in no rows and columns."""
        for site, head in layout.order:
            place = layout.place(site, head)
            if place is not None:
                room = QRect(place[0], place[1] - 15, layout.side, 13)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, short_name(site, head))

    def _paint_head_numbers(self, painter: QPainter, layout: GridLayout) -> None:
        """Number the columns, each with the head's colour."""
        columns = layout.columns if layout.rows else 0
        if columns:
            painter.drawText(QRect(0, 0, LEFT - 6, 14), _LEFT_MIDDLE, "head")
        for head in range(columns):
            self._paint_number(painter, head, layout.left(head), 0)

    def _paint_all_numbers(self, painter: QPainter, layout: GridLayout) -> None:
        """Number every map, where the heads of a layer take several lines."""
        for row in layout.rows:
            for head in range(row.heads):
                y = layout.top(row, head) - NUMBERS - 2
                self._paint_number(painter, head, layout.left(head), y)

    def _paint_number(self, painter: QPainter, head: int, x: int, y: int) -> None:
        side = self._layout.side
        painter.drawText(QRect(x, y, side, 13), Qt.AlignmentFlag.AlignCenter, str(head + 1))
        painter.fillRect(QRect(x + side // 2 - 5, y + 14, 10, 2), theme.head_color(head))

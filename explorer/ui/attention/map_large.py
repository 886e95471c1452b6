"""A map too large to be drawn at once: the tiles in view, coarser ones until they come."""

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.messages.heads import Floats
from explorer.ui.attention import map_pixels
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.map_layout import MapLayout
from explorer.ui.attention.map_paint import image
from explorer.ui.attention.map_source import MapSource
from explorer.ui.attention.tiles import Key, Tile, Tiles, top_level

_PICTURES = 256
"""Tiles whose pictures are kept, 256 KB each."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at, and in which colours; `peak` takes the last one."""

    source: MapSource
    coloring: Coloring
    peak: float

    @property
    def by_row(self) -> bool:
        """Whether colours are shares of each row's largest weight."""
        return self.coloring.style.range == "row"


class LargeMap:
    """Draws what of the tiles is there, and asks for the rest."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._pictures: OrderedDict[tuple[Key, Look], QImage] = OrderedDict()

    def paint(self, painter: QPainter, layout: MapLayout, look: Look, ratio: float) -> None:
        """Draw the map on the screen as far as it is known; more comes with later turns."""
        keys = in_view(layout, look, ratio)
        painter.save()
        painter.setClipRect(layout.body)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for key in keys:
            self._paint_key(painter, layout, key, look, ratio)
        painter.restore()
        known = not look.by_row or self._tiles.peaks(look.source) is not None
        peaks = [] if look.coloring.style.range == "fixed" else [look.source]
        self._tiles.want([*peaks, *(keys if known else ())])

    def paint_now(self, painter: QPainter, layout: MapLayout, look: Look, ratio: float) -> None:
        """Draw all of it, however long that takes: for files."""
        painter.save()
        painter.setClipRect(layout.body)
        for key in in_view(layout, look, ratio):
            tile = self._tiles.now(key)
            picture = self._colored(tile, look)
            painter.drawImage(_target(layout, key, ratio), picture)
        painter.restore()

    def _paint_key(
        self, painter: QPainter, layout: MapLayout, key: Key, look: Look, ratio: float
    ) -> None:
        target = _target(layout, key, ratio)
        found = self._picture(key, look)
        if found is not None:
            painter.drawImage(target, found)
            return
        rows, columns = key.part
        coarse = key
        while coarse.level < top_level(look.source.shape):
            coarse = coarse.parent
            found = self._picture(coarse, look)
            if found is not None:
                around_rows, around_columns = coarse.part
                part = QRectF(
                    (columns.start - around_columns.start) / coarse.factor,
                    (rows.start - around_rows.start) / coarse.factor,
                    (columns.stop - columns.start) / coarse.factor,
                    (rows.stop - rows.start) / coarse.factor,
                )
                painter.drawImage(target, found, part)
                return
        self._paint_overview(painter, target, key, look)

    def _paint_overview(self, painter: QPainter, target: QRectF, key: Key, look: Look) -> None:
        whole = replace(key, level=99, row=0, column=0)
        found = self._pictures.get((whole, look))
        if found is None:
            values = _overview(look)
            if values is None:
                return
            found = self._keep((whole, look), image(_colors(values, None, look)))
        (queries, keys), (rows, columns) = look.source.shape, key.part
        high, wide = found.height() / queries, found.width() / keys
        part = QRectF(
            columns.start * wide, rows.start * high,
            (columns.stop - columns.start) * wide, (rows.stop - rows.start) * high,
        )  # fmt: skip
        painter.drawImage(target, found, part)

    def _picture(self, key: Key, look: Look) -> QImage | None:
        found = self._pictures.get((key, look))
        if found is not None:
            self._pictures.move_to_end((key, look))
            return found
        tile = self._tiles.get(key)
        return None if tile is None else self._keep((key, look), self._colored(tile, look))

    def _colored(self, tile: Tile, look: Look) -> QImage:
        return image(_colors(tile.values, tile.closed, look))

    def _keep(self, key: tuple[Key, Look], picture: QImage) -> QImage:
        self._pictures[key] = picture
        while len(self._pictures) > _PICTURES:
            self._pictures.popitem(last=False)
        return picture

    def forget(self) -> None:
        """Let go of all pictures."""
        self._pictures.clear()


def level_of(layout: MapLayout, look: Look, ratio: float) -> int:
    """The finest level at which no value is smaller than a pixel, so that none is left out."""
    cells = 1 / max(min(layout.down, layout.across) * ratio, 1e-9)
    level = int(np.ceil(np.log2(max(cells, 1.0)) - 1e-6))
    return min(level, top_level(look.source.shape))


def in_view(layout: MapLayout, look: Look, ratio: float) -> list[Key]:
    """The tiles that are seen, from the middle outwards."""
    rows, columns = layout.in_view
    first = Key(
        look.source, look.coloring.style.pooling, level_of(layout, look, ratio), 0, 0, look.by_row
    )
    span = first.span
    found = [
        replace(first, row=row, column=column)
        for row in range(rows.start // span, (rows.stop - 1) // span + 1)
        for column in range(columns.start // span, (columns.stop - 1) // span + 1)
    ]
    middle = (rows.start + rows.stop) / 2 / span - 0.5, (columns.start + columns.stop) / 2 / span
    return sorted(found, key=lambda k: (k.row - middle[0]) ** 2 + (k.column + 0.5 - middle[1]) ** 2)


def _target(layout: MapLayout, key: Key, ratio: float) -> QRectF:
    """Where a tile stands, on whole pixels of the screen so that tiles touch."""
    rows, columns = key.part
    x0, x1 = (
        round((layout.body.left() + (edge - layout.place.left) * layout.across) * ratio) / ratio
        for edge in (columns.start, columns.stop)
    )
    y0, y1 = (
        round((layout.body.top() + (edge - layout.place.top) * layout.down) * ratio) / ratio
        for edge in (rows.start, rows.stop)
    )
    return QRectF(x0, y0, x1 - x0, y1 - y0)


def _colors(values: Floats, closed: map_pixels.Closed, look: Look) -> np.ndarray:
    return map_pixels.colored(values, closed, look.coloring, look.peak)


def _overview(look: Look) -> Floats | None:
    """The small picture that came with the trace; of shares, roughly those."""
    if look.source.overview is None:
        return None
    maximum, mean = look.source.overview
    values = mean if look.coloring.style.pooling == "mean" else maximum
    if look.by_row:
        return values / np.maximum(maximum.max(axis=1, keepdims=True), 1e-30)
    return values

"""The strokes of a large map: cells, numbers, titles, and the marks of the pointer."""

from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QStaticText

from explorer.messages.results import Floats
from explorer.ui import colormaps, theme
from explorer.ui.style_sheet import mix
from explorer.ui.widgets import color_bar, raster, token_axis
from explorer.ui.widgets.attention_words import KEY_TITLE, number
from explorer.ui.widgets.color_bar import TICK_WIDTH
from explorer.ui.widgets.heatmap_layout import TITLE, HeatmapLayout
from explorer.ui.widgets.token_axis import PAD, AxisLabel

_ROOM_FOR_NUMBER = 30, 17
"""Smallest cell that carries its number."""
_numbers: dict[int, QStaticText] = {}


def slanted_room(layout: HeatmapLayout) -> int:
    """How long a column label may be along its own direction."""
    return round(layout.column_room * 1.35) if layout.angle == 45 else layout.column_room


def paint_titles(painter: QPainter, layout: HeatmapLayout, query: str, key: str) -> None:
    """Name the axes: keys above, queries at the left, turned."""
    body = layout.body
    painter.setPen(QColor(theme.colors().muted))
    painter.drawText(QRect(body.left(), 0, 4000, TITLE), Qt.AlignmentFlag.AlignLeft, key)
    painter.save()
    painter.translate(0, body.top())
    painter.rotate(-90)
    painter.drawText(QRect(-4000, 0, 4000, TITLE), Qt.AlignmentFlag.AlignRight, query)
    painter.restore()


def color_table(c: theme.Colors) -> raster.Words:
    """All that a cell can be: a weight, no number, or closed to the query, with its strokes."""
    masked, hatch = mix(c.surface, c.line, 0.3), mix(c.surface, c.line, 0.9)
    wrong, *closed = (QColor(name).rgb() & 0xFFFFFF for name in (c.bad, masked, hatch))
    return raster.palette(c.dark, wrong, *closed)


def paint_body(
    painter: QPainter, layout: HeatmapLayout, weights_QK: Floats, peak: float,
    allowed_QK: raster.Allowed = None,
) -> None:  # fmt: skip
    """Draw the cells, their numbers where there is room, and the colour bar."""
    c = theme.colors()
    ratio = painter.device().devicePixelRatioF()
    body = layout.body
    high, wide = round(body.height() * ratio), round(body.width() * ratio)
    drawn = raster.pixels(
        weights_QK[None], peak, color_table(c), high, wide, allowed_QK, hatched=True
    )
    pixels = np.ascontiguousarray(drawn[0])
    picture = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    painter.drawImage(body.topLeft(), picture)
    _paint_lines(painter, layout)
    wide_enough = layout.cell[0] >= _ROOM_FOR_NUMBER[0] and layout.cell[1] >= _ROOM_FOR_NUMBER[1]
    if wide_enough:
        _paint_numbers(painter, layout, weights_QK, peak)
    color_bar.paint(painter, layout.bar, peak)
    _say_range(painter, layout, peak)


def _say_range(painter: QPainter, layout: HeatmapLayout, peak: float) -> None:
    """Say beside the key axis which weights the colours span."""
    painter.setPen(QColor(theme.colors().muted))
    text = "colours: 0 to 1" if peak == 1.0 else f"colours: 0 to {number(peak)}, its largest"
    right = painter.device().width() / painter.device().devicePixelRatioF()
    left = layout.body.left() + painter.fontMetrics().horizontalAdvance(f"{KEY_TITLE}  ")
    box = QRectF(left, 0, min(layout.bar.right() + TICK_WIDTH, right) - left, TITLE)
    if painter.fontMetrics().horizontalAdvance(text) > box.width():
        text = f"0 to {number(peak)}"
    painter.drawText(box, Qt.AlignmentFlag.AlignRight, text)


def _paint_lines(painter: QPainter, layout: HeatmapLayout) -> None:
    """Part the cells by the ground's colour where they are large, and frame the map."""
    c = theme.colors()
    body = layout.body
    if min(layout.cell) >= 10:
        ground = QColor(c.surface)  # Filled, as a line would lie between pixels on fine screens.
        for x in layout.columns[1:-1].tolist():
            painter.fillRect(x - 1, body.top(), 1, body.height(), ground)
        for y in layout.rows[1:-1].tolist():
            painter.fillRect(body.left(), y - 1, body.width(), 1, ground)
    painter.setPen(QPen(QColor(c.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(body.adjusted(-1, -1, 0, 0))


def _paint_numbers(
    painter: QPainter, layout: HeatmapLayout, weights_QK: Floats, peak: float
) -> None:
    """Two decimals in each cell; nothing where a weight is 0 exactly, as behind a mask."""
    c = theme.colors()
    levels = raster.levels(weights_QK, peak)
    light = _is_light(c.dark)[np.minimum(levels, 255)]
    cents = np.rint(np.nan_to_num(weights_QK, posinf=0, neginf=0) * 100).astype(int)
    faint = (cents == 0) & (weights_QK != 0)
    dark_ink, light_ink = (c.surface, c.text) if c.dark else (c.text, c.surface)
    numbers = weights_QK != 0
    for ink, where in (
        (c.faint, numbers & faint),
        (dark_ink, numbers & ~faint & light),
        (light_ink, numbers & ~faint & ~light),
    ):
        painter.setPen(QColor(ink))
        _paint_some(painter, layout, cents, where)


def _paint_some(painter: QPainter, layout: HeatmapLayout, cents: np.ndarray, where: np.ndarray):
    wide, high = layout.cell
    for query, key in np.argwhere(where).tolist():
        text = _number(int(cents[query, key]), painter)
        size = text.size()
        x = float(layout.columns[key]) + (wide - size.width()) / 2
        y = float(layout.rows[query]) + (high - size.height()) / 2
        painter.drawStaticText(QPointF(round(x), round(y)), text)


def _number(cents: int, painter: QPainter) -> QStaticText:
    """A number laid out once for all; there are about a hundred of them."""
    found = _numbers.get(cents)
    if found is None:
        found = QStaticText(f"{cents / 100:.2f}")
        found.setTextFormat(Qt.TextFormat.PlainText)
        found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        found.prepare(font=painter.font())
        _numbers[cents] = found
    return found


@cache
def _is_light(dark: bool) -> np.ndarray:
    """Which of the 256 colours dark ink stands out from more than light ink (WCAG contrast)."""
    linear = (colormaps.sequential(dark) / 255.0) ** 2.2
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722]) + 0.05
    return luminance / 0.06 > 1.05 / luminance


def paint_bands(
    painter: QPainter, layout: HeatmapLayout, query: int, key: int, focused: bool
) -> None:
    """Frame the row and the column of a cell, and the cell itself, without covering a colour."""
    c = theme.colors()
    body, cell = layout.body, layout.frame(query, key)
    painter.setPen(QPen(QColor(c.accent), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(body.left() - 1, cell.top() - 1, body.width(), cell.height())
    painter.drawRect(cell.left() - 1, body.top() - 1, cell.width(), body.height())
    painter.setPen(QPen(QColor(c.accent), 3 if focused else 2))
    painter.drawRect(cell.adjusted(-1, -1, 0, 0))


def paint_hot_labels(
    painter: QPainter,
    layout: HeatmapLayout,
    cell: tuple[int, int],
    query: AxisLabel,
    key: AxisLabel,
) -> None:
    """Repeat the labels of the pointed row and column on a raised ground."""
    c = theme.colors()
    metrics = QFontMetrics(painter.font())
    body = layout.body
    box = token_axis.row_box(layout.rows, cell[0], body.left(), layout.row_room, metrics)
    wide = min(metrics.horizontalAdvance(query.text) + 6.0, box.width() + 3)
    painter.fillRect(
        QRectF(box.right() - wide + 3, box.top(), wide, box.height()), QColor(c.raised)
    )
    token_axis.paint_label(painter, query, box, Qt.AlignmentFlag.AlignRight)
    _paint_hot_key(painter, layout, cell[1], key)


def _paint_hot_key(painter: QPainter, layout: HeatmapLayout, index: int, key: AxisLabel) -> None:
    room = min(slanted_room(layout), painter.fontMetrics().horizontalAdvance(key.text) + PAD)
    token_axis.paint_column(
        painter, key, layout.columns, index, layout.body.top(), room, layout.angle,
        QColor(theme.colors().raised),
    )  # fmt: skip


def paint_marked_key(
    painter: QPainter, layout: HeatmapLayout, index: int, key: AxisLabel, font: QFont
) -> None:
    """Frame a whole column, and repeat its label."""
    body, cell = layout.body, layout.frame(0, index)
    painter.setFont(font)
    painter.setPen(QPen(QColor(theme.colors().accent), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(cell.left() - 1, body.top() - 1, cell.width(), body.height())
    _paint_hot_key(painter, layout, index, key)


def mark_bar(painter: QPainter, layout: HeatmapLayout, weight: float, peak: float) -> None:
    """Point at a weight's place on the colour bar."""
    if np.isfinite(weight):
        color_bar.paint_marker(painter, layout.bar, weight, peak)

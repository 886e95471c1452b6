"""The map of flow: what every query takes from every input, beside its graph.

Axes: Q query position, K key position.
"""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.messages.heads import Floats
from explorer.ui import theme
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.flow_layout import EDGE, GAP, PITCH, TITLE, FlowLayout
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import raster, token_axis
from explorer.ui.widgets.attention_words import number
from explorer.ui.widgets.raster import Words
from explorer.ui.widgets.token_axis import AxisLabel

Labels = tuple[AxisLabel, ...]
Peak = float | Floats
"""What the strongest colour stands for: of the map, or of each row (Q×1)."""
_SHARP = 4096
"""Cells up to which paper gets rectangles, which stay sharp at any size."""
_LEAST, _ROOM = 0.005, 27.0
"""Numbers that are written, and the width that they need."""


def paint_map(
    painter: QPainter, layout: FlowLayout, map_QK: Floats, style: MapStyle, peak: Peak,
    seen: tuple[float, float], *, screen: bool,
) -> None:  # fmt: skip
    """Draw the rows that are seen, their numbers where there is room, and a frame."""
    first, past = layout.map_rows_between(*seen)
    coloring = Coloring(style, theme.colors())
    part = slice(first, past)
    part_QK = map_QK[part]
    if part_QK.size:
        peak = peak[part] if isinstance(peak, np.ndarray) else peak
        body = _rows_box(layout, first, past)
        if screen or map_QK.size > _SHARP:
            _paint_picture(painter, body, part_QK, coloring, peak)
        else:
            words = coloring.table[coloring.levels(part_QK, peak)]
            _paint_cells(painter, layout, first, words)
        _paint_numbers(painter, layout, first, part_QK, coloring, peak)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.colors().line), 1))
    painter.drawRect(_rows_box(layout, 0, layout.counts.queries))


def _rows_box(layout: FlowLayout, first: int, past: int) -> QRectF:
    columns, rows = layout.columns, layout.rows
    return QRectF(columns[0], rows[first], columns[-1] - columns[0], rows[past] - rows[first])


def _paint_picture(
    painter: QPainter, body: QRectF, part_QK: Floats, coloring: Coloring, peak: Peak
) -> None:
    """Where several keys share a pixel, the largest is seen."""
    across = min(part_QK.shape[1], max(1, round(body.width())))
    pooled_QK = raster.pool(part_QK[None], part_QK.shape[0], across)[0]
    words = np.ascontiguousarray(coloring.table[coloring.levels(pooled_QK, peak)])
    high, wide = words.shape
    painter.drawImage(body, QImage(words.data, wide, high, 4 * wide, QImage.Format.Format_RGB32))


def _paint_cells(painter: QPainter, layout: FlowLayout, first: int, words: Words) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    columns = layout.columns.tolist()
    for row, line in enumerate(words.tolist(), start=first):
        top = float(layout.rows[row])
        for column, word in enumerate(line):
            left = columns[column]
            box = QRectF(left, top, columns[column + 1] - left, PITCH)
            painter.fillRect(box, QColor.fromRgb(word & 0xFFFFFF))
    painter.restore()


def _paint_numbers(
    painter: QPainter, layout: FlowLayout, first: int, part_QK: Floats, coloring: Coloring,
    peak: Peak,
) -> None:  # fmt: skip
    """Two decimals in each cell."""
    columns = layout.columns.tolist()
    if columns[-1] - columns[0] < _ROOM * part_QK.shape[1]:
        return
    c = theme.colors()
    dark, light = (c.surface, c.text) if c.dark else (c.text, c.surface)
    is_dark_QK = coloring.dark_ink[np.minimum(coloring.levels(part_QK, peak), 255)]
    painter.setFont(page_font("small"))
    for ink, where in ((dark, is_dark_QK), (light, ~is_dark_QK)):
        painter.setPen(QColor(ink))
        for row, column in np.argwhere(where & (part_QK >= _LEAST)).tolist():
            left = columns[column]
            box = QRectF(left, layout.rows[first + row], columns[column + 1] - left, PITCH)
            text = f"{part_QK[row, column]:.2f}"
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def paint_axes(
    painter: QPainter, layout: FlowLayout, keys: Labels, queries: Labels, longest: float
) -> None:
    """Name the columns above the map, and the rows where the graph does not stand beside it."""
    columns, rows = layout.columns, layout.rows
    painter.setFont(page_font("small"))
    pitch = (columns[-1] - columns[0]) / max(len(keys), 1)
    angle = 0 if longest <= pitch - 4 else 90
    room = int(layout.counts.turned)
    token_axis.paint_columns(painter, keys, columns, int(rows[0]), room, angle)
    if not layout.beside:
        token_axis.paint_rows(painter, queries, rows, int(columns[0]), int(columns[0] - EDGE))


def paint_range(painter: QPainter, layout: FlowLayout, unit: str, peak: Peak) -> None:
    """Say above the map what its colours span."""
    far = "each row's largest" if isinstance(peak, np.ndarray) else number(float(peak))
    painter.setFont(page_font("small"))
    painter.setPen(QColor(theme.colors().muted))
    right = max(float(layout.columns[-1]), layout.map_left + 150)
    top = layout.map_top - layout.counts.turned - TITLE - GAP
    box = QRectF(right - 300, top, 300, TITLE)
    side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, side, f"{unit}, colours 0 to {'1' if far == '1.000' else far}")


def paint_marks(
    painter: QPainter, layout: FlowLayout, chosen: tuple[int | None, int | None]
) -> None:
    """Frame the row and the column that are chosen."""
    query, key = chosen
    painter.setPen(QPen(QColor(theme.colors().accent), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if query is not None:
        painter.drawRect(_rows_box(layout, query, query + 1))
    if key is not None:
        body = _rows_box(layout, 0, layout.counts.queries)
        left, right = float(layout.columns[key]), float(layout.columns[key + 1])
        painter.drawRect(QRectF(left, body.top(), right - left, body.height()))

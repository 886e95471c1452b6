"""The strokes of flow's graph: lines whose width is the share, and tokens.

Axes: Q query position, K key position.
"""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.messages.flow import FlowMaps
from explorer.messages.heads import Floats
from explorer.ui import theme
from explorer.ui.attention.flow_layout import EDGE, GAP, NUMBER, PITCH, FlowLayout
from explorer.ui.attention.page_view import page_font
from explorer.ui.style_sheet import mix
from explorer.ui.widgets import token_axis
from explorer.ui.widgets.token_axis import AxisLabel

LEAST = 0.01
"""Shares below this have no line."""
MOST = 1200
"""Lines at most; the strongest are drawn."""
_BANDS = 8
_THICKEST = 7.0
_FAINTEST = 0.34
Labels = tuple[AxisLabel, ...]


def paint_graph(
    painter: QPainter, layout: FlowLayout, found: FlowMaps, amounts: Sequence[Floats],
    seen: tuple[float, float], least: float = LEAST,
) -> int:  # fmt: skip
    """Draw the lines of all steps, thick where much goes; how many there are is returned."""
    lines = [
        _step_lines(layout, step.upper, step.lower, amount_QK, seen, least)
        for step, amount_QK in zip(found.steps, amounts, strict=True)
    ]
    if not lines:
        return 0
    table = np.concatenate(lines)
    if len(table) > MOST:
        table = table[np.argsort(-table[:, 4])[:MOST]]
    _paint_lines(painter, table)
    return len(table)


def _step_lines(
    layout: FlowLayout, upper: int, lower: int, amount_QK: Floats, seen: tuple[float, float],
    least: float,
) -> Floats:  # fmt: skip
    """Rows of x, y, x, y and amount, of what is in sight."""
    queries, keys = (amount_QK >= least).nonzero()
    top, bottom = ((edge - layout.top) / PITCH for edge in seen)
    kept = (np.maximum(queries, keys) >= top - 1) & (np.minimum(queries, keys) <= bottom)
    queries, keys = queries[kept], keys[kept]
    found = np.empty((len(queries), 5), np.float32)
    found[:, 0], found[:, 2] = layout.x(lower), layout.x(upper)
    found[:, 1], found[:, 3] = layout.y(0) + PITCH * keys, layout.y(0) + PITCH * queries
    found[:, 4] = amount_QK[queries, keys]
    return found


def _paint_lines(painter: QPainter, table: Floats) -> None:
    """Bundles of one strength share a pen; the weak ones are drawn first."""
    band_N = np.clip(np.ceil(table[:, 4] * _BANDS), 1, _BANDS).astype(int)
    c = theme.colors()
    painter.save()
    for band in np.unique(band_N).tolist():
        strength = band / _BANDS
        pen = QPen(QColor(mix(c.surface, c.accent, _FAINTEST + (1 - _FAINTEST) * strength)))
        pen.setWidthF(max(0.7, _THICKEST * strength))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # Dots hide the ends; round ones cost twice.
        painter.setPen(pen)
        painter.drawLines([QLineF(*row[:4]) for row in table[band_N == band].tolist()])
    painter.restore()


def paint_nodes(
    painter: QPainter, layout: FlowLayout, found: FlowMaps, shares: Sequence[Floats] | None,
    seen: tuple[float, float],
) -> None:  # fmt: skip
    """A dot for each token of each level, larger where more of the query comes from."""
    c = theme.colors()
    small: list[QPointF] = []
    large: list[tuple[QPointF, float]] = []
    first, past = layout.rows_between(*seen)
    for level in range(len(found.levels)):
        x = layout.x(level)
        for row in range(first, min(found.tokens(level), past)):
            share = 0.0 if shares is None else float(shares[level][row])
            at = QPointF(x, layout.y(row))
            if share < LEAST:
                small.append(at)
            else:
                large.append((at, 2.0 + 3.5 * min(share, 1.0) ** 0.5))
    pen = QPen(QColor(mix(c.surface, c.text, 0.25)), 4.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPoints(small)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(c.accent))
    for at, radius in large:
        painter.drawEllipse(at, radius, radius)


def paint_tokens(
    painter: QPainter, layout: FlowLayout, sides: tuple[Labels, Labels],
    row_K: Floats | None, chosen: tuple[int | None, int | None], seen: tuple[float, float],
) -> None:  # fmt: skip
    """The inputs at the left, with what the chosen query takes from each, the queries right."""
    c = theme.colors()
    painter.setFont(page_font())
    first, past = layout.rows_between(*seen)
    inputs, queries = sides
    wide = layout.left - NUMBER - 2 * GAP - EDGE
    for row in range(first, min(past, len(inputs))):
        box = QRectF(EDGE, layout.y(row) - PITCH / 2, wide, PITCH)
        _paint_label(painter, inputs[row], box, row == chosen[1], Qt.AlignmentFlag.AlignRight)
        if row_K is not None and row < len(row_K):
            painter.setPen(QColor(c.text if row_K[row] >= LEAST else c.faint))
            number = QRectF(layout.left - NUMBER - GAP, box.top(), NUMBER, PITCH)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(number, side, f"{row_K[row]:.2f}")
    for row in range(first, min(past, len(queries))):
        box = QRectF(layout.right + GAP, layout.y(row) - PITCH / 2, layout.counts.right + 2, PITCH)
        _paint_label(painter, queries[row], box, row == chosen[0], Qt.AlignmentFlag.AlignLeft)


def _paint_label(
    painter: QPainter, label: AxisLabel, box: QRectF, chosen: bool, side: Qt.AlignmentFlag
) -> None:
    if chosen:
        c = theme.colors()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(c.surface, c.accent, 0.22)))
        painter.drawRoundedRect(box.adjusted(-3, 2, 3, -2), 3, 3)
    token_axis.paint_label(painter, label, box, side)


def paint_titles(painter: QPainter, layout: FlowLayout, names: Sequence[str]) -> None:
    """Name the levels above the first row; where there is no room for all, the telling ones."""
    painter.setFont(page_font("small"))
    painter.setPen(QColor(theme.colors().muted))
    metrics, last = painter.fontMetrics(), len(names) - 1
    telling = [0, last, *(n for n, name in enumerate(names) if name == "target"), *range(last)]
    drawn: list[tuple[float, float]] = []
    for level in telling:
        half = metrics.horizontalAdvance(names[level]) / 2
        start, end = layout.x(level) - half, layout.x(level) + half
        if all(end + 8 < left or right + 8 < start for left, right in drawn):
            drawn.append((start, end))
            box = QRectF(start, layout.top - 18, end - start + 1, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, names[level])

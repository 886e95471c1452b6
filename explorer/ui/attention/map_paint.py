"""The strokes of a map: cells, numbers, titles, and the marks of what is chosen and pointed at."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QStaticText

from explorer.messages.heads import Floats
from explorer.ui import theme
from explorer.ui.attention import map_pixels
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.map_layout import BAR_GAP, BAR_WIDTH, TICK_WIDTH, TITLE, MapLayout
from explorer.ui.attention.map_source import MapSource, shares
from explorer.ui.widgets.raster import Places

ROOM_FOR_NUMBER = 30, 17
"""Smallest cell that carries its number."""
_numbers: dict[tuple[str, str], QStaticText] = {}
_MANY = 4096
_VECTORS = 1 << 14
"""Cells up to which a picture for a file is made of rectangles, which stay sharp at any size."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What is in view of a map that is drawn at once."""

    weights: Floats
    """As they are; numbers show these."""
    values: Floats
    """What is coloured: the weights, or their shares of the row's largest."""
    closed: map_pixels.Closed

    @classmethod
    def of(cls, source: MapSource, layout: MapLayout, peaks_Q: Floats | None) -> "Cells":
        """The cells in view; with the rows' peaks, coloured as shares of them."""
        rows, columns = layout.in_view
        weights = source.weights(rows, columns)
        allowed = source.allowed(rows, columns)
        closed = None if allowed is None else ~allowed & (weights == 0)
        values = weights if peaks_Q is None else shares(weights, peaks_Q[rows])
        return cls(weights, values, closed)


def paint_cells(
    painter: QPainter, layout: MapLayout, cells: Cells, coloring: Coloring, peak: float
) -> None:
    """Draw the cells as one picture."""
    ratio = painter.device().devicePixelRatioF()
    body = layout.body
    drawn = map_pixels.window(
        cells.values, cells.closed, coloring, peak, _fine(layout.rows, ratio),
        _fine(layout.columns, ratio), coloring.style.pooling,
    )  # fmt: skip
    picture = image(drawn)
    painter.drawImage(QRectF(body), picture)


def paint_vectors(
    painter: QPainter, layout: MapLayout, cells: Cells, coloring: Coloring, peak: float
) -> bool:
    """Draw the cells as rectangles, for a file; False when there are too many of them."""
    if cells.values.size > _VECTORS:
        return False
    colors = map_pixels.colored(cells.values, cells.closed, coloring, peak)
    for row, words in enumerate(colors.tolist()):
        top, high = int(layout.rows[row]), int(layout.rows[row + 1] - layout.rows[row])
        for column, word in enumerate(words):
            left = int(layout.columns[column])
            wide = int(layout.columns[column + 1]) - left
            painter.fillRect(QRect(left, top, wide, high), QColor(word & 0xFFFFFF))
    return True


def image(words: np.ndarray) -> QImage:
    """Pixels as a picture of its own."""
    words = np.ascontiguousarray(words)
    high, wide = words.shape
    return QImage(words.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()


def _fine(edges: Places, ratio: float) -> Places:
    """Edges in the pixels of the screen, from the first one on."""
    return np.rint((edges - edges[0]) * ratio).astype(np.intp)


def paint_lines(painter: QPainter, layout: MapLayout, coloring: Coloring) -> None:
    """Part the cells by the ground's colour where they are large, and frame the map."""
    body, ground = layout.body, QColor(coloring.colors.surface)
    if min(layout.across, layout.down) >= 10:
        for x in layout.columns[1:-1].tolist():
            painter.fillRect(x - 1, body.top(), 1, body.height(), ground)
        for y in layout.rows[1:-1].tolist():
            painter.fillRect(body.left(), y - 1, body.width(), 1, ground)
    painter.setPen(QPen(QColor(coloring.colors.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(body.adjusted(-1, -1, 0, 0))


def paint_titles(painter: QPainter, layout: MapLayout, query: str, key: str, range: str) -> None:
    """Name the axes, and say at the right which weights the colours span."""
    body, metrics = layout.body, QFontMetrics(painter.font())
    painter.drawText(QRect(body.left(), 0, 4000, TITLE), Qt.AlignmentFlag.AlignLeft, key)
    painter.save()
    painter.translate(0, body.top())
    painter.rotate(-90)
    painter.drawText(QRect(-4000, 0, 4000, TITLE), Qt.AlignmentFlag.AlignRight, query)
    painter.restore()
    left = body.left() + metrics.horizontalAdvance(f"{key}   ")
    room = max(layout.port.right() + BAR_GAP + BAR_WIDTH + TICK_WIDTH - left, 0)
    # At the key's right end where that is far enough, else further right.
    wide = min(max(layout.bar.right() + TICK_WIDTH - left, metrics.horizontalAdvance(range)), room)
    if metrics.horizontalAdvance(range) > wide:
        range = range.rpartition("colours: ")[2]
    shown = metrics.elidedText(range, Qt.TextElideMode.ElideRight, wide)
    painter.drawText(QRectF(left, 0, wide, TITLE), Qt.AlignmentFlag.AlignRight, shown)


def have_numbers(layout: MapLayout) -> bool:
    """Whether cells are large enough for numbers."""
    return layout.across >= ROOM_FOR_NUMBER[0] and layout.down >= ROOM_FOR_NUMBER[1]


def paint_numbers(
    painter: QPainter, layout: MapLayout, cells: Cells, coloring: Coloring, peak: float,
    *, on_screen: bool,
) -> None:  # fmt: skip
    """The weight in each cell; nothing where it is 0 exactly, as behind a mask."""
    c, weights = coloring.colors, np.nan_to_num(cells.weights, posinf=0, neginf=0)
    places = 3 if layout.across >= 1.5 * ROOM_FOR_NUMBER[0] else 2
    dark = coloring.dark_ink[np.minimum(coloring.levels(cells.values, peak), 255)]
    faint = np.abs(weights) < 0.5 * 10.0**-places
    dark_ink, light_ink = (c.surface, c.text) if c.dark else (c.text, c.surface)
    metrics = QFontMetrics(painter.font())
    painter.save()
    painter.setClipRect(layout.body)
    for ink, where in (
        (dark_ink, dark & ~faint), (light_ink, ~dark & ~faint),
        (_paler(dark_ink), dark & faint), (_paler(light_ink), ~dark & faint),
    ):  # fmt: skip
        painter.setPen(QColor(ink))
        for row, column in np.argwhere(where & (weights != 0)).tolist():
            text = f"{round(float(weights[row, column]), places) + 0.0:.{places}f}"
            text = text.replace("-", "−")
            _write(painter, layout, row, column, text, metrics, on_screen)
    painter.restore()


def _paler(ink: str) -> QColor:
    """For what rounds to nothing."""
    made = QColor(ink)
    made.setAlphaF(0.62)
    return made


def _write(
    painter: QPainter, layout: MapLayout, row: int, column: int, text: str,
    metrics: QFontMetrics, on_screen: bool,
) -> None:  # fmt: skip
    x = layout.column_middle(layout.first[1] + column)
    y = layout.row_middle(layout.first[0] + row)
    if not on_screen:
        box = QRectF(x - layout.across / 2, y - layout.down / 2, layout.across, layout.down)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return
    static = _number(text, painter)
    size = static.size()
    painter.drawStaticText(
        QPointF(round(x - size.width() / 2), round(y - size.height() / 2)), static
    )


def _number(text: str, painter: QPainter) -> QStaticText:
    """A number laid out once for all."""
    key = (text, painter.font().key())
    found = _numbers.get(key)
    if found is None:
        if len(_numbers) > _MANY:
            _numbers.clear()
        found = QStaticText(text)
        found.setTextFormat(Qt.TextFormat.PlainText)
        found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        found.prepare(font=painter.font())
        _numbers[key] = found
    return found


def paint_marks(
    painter: QPainter, layout: MapLayout, query: int | None, key: int | None, pen: QPen
) -> None:
    """Frame a row, a column or both, and the cell in which they meet, without covering a colour."""
    body = layout.body
    painter.save()
    painter.setClipRect(body.adjusted(-3, -3, 3, 3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(pen.color(), 1))
    row = layout.frame(query, layout.first[1]) if query is not None else QRect()
    column = layout.frame(layout.first[0], key) if key is not None else QRect()
    if query is not None and row.height():
        painter.drawRect(body.left() - 1, row.top() - 1, body.width(), row.height())
    if key is not None and column.width():
        painter.drawRect(column.left() - 1, body.top() - 1, column.width(), body.height())
    if query is not None and key is not None and row.height() and column.width():
        frame = layout.frame(query, key).adjusted(-1, -1, 0, 0)
        halo = QPen(QColor(theme.colors().surface), pen.widthF() + 2)  # On a ground of any colour.
        for one in (halo, pen):
            painter.setPen(one)
            painter.drawRect(frame)
    painter.restore()

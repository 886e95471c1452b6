"""Token labels along one side of a map: thinned when dense, turned or shortened when long."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from explorer.messages.results import SiteKind, Token
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.raster import Places

PAD = 6
"""Pixels between a label and the map."""


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """One label: its text in parts, its colour in the theme, and whether it is marked unknown."""

    parts: tuple[str, ...]
    color: str
    unknown: bool

    @property
    def text(self) -> str:
        """The whole label."""
        return words.joined(self.parts)

    def fitting(self, width: int, metrics: QFontMetrics) -> str:
        """The label in so many pixels; every part keeps its share."""
        if metrics.horizontalAdvance(self.text) <= width:
            return self.text
        arrows = metrics.horizontalAdvance(" → ") * (len(self.parts) - 1)
        share, mode = (width - arrows) // len(self.parts), Qt.TextElideMode.ElideRight
        return words.joined(tuple(metrics.elidedText(part, mode, share) for part in self.parts))


def query_labels(tokens: tuple[Token, ...], kind: SiteKind) -> tuple[AxisLabel, ...]:
    """Labels of the rows; of a decoder's query also the token that it decides."""
    return tuple(
        axis_label(token, words.row_label(tokens, index, kind))
        for index, token in enumerate(tokens)
    )


def key_labels(tokens: tuple[Token, ...]) -> tuple[AxisLabel, ...]:
    """Labels of the columns."""
    return tuple(axis_label(token, (words.label(token),)) for token in tokens)


def axis_label(token: Token, parts: tuple[str, ...]) -> AxisLabel:
    """A token's label in parts, coloured by what the token is."""
    color = "warning" if token.unknown else "faint" if token.special else "text"
    return AxisLabel(parts, color, token.unknown)


def widest(labels: tuple[AxisLabel, ...], metrics: QFontMetrics) -> int:
    """Pixels that the longest label takes."""
    return max((metrics.horizontalAdvance(label.text) for label in labels), default=0)


def every(pitch: float, needed: float) -> int:
    """Which labels fit: each, each second, each third …"""
    return max(1, int(-(-needed // max(pitch, 0.1))))


def paint_rows(
    painter: QPainter, labels: tuple[AxisLabel, ...], edges: Places, right: int, width: int
) -> None:
    """Draw the labels of the rows, right-aligned, with `width` pixels to the left of `right`."""
    metrics = QFontMetrics(painter.font())
    pitch = (edges[-1] - edges[0]) / max(len(labels), 1)
    for index in range(0, len(labels), every(pitch, metrics.height() - 2)):
        box = row_box(edges, index, right, width, metrics)
        paint_label(painter, labels[index], box, Qt.AlignmentFlag.AlignRight)


def row_box(edges: Places, index: int, right: int, width: int, metrics: QFontMetrics) -> QRectF:
    """Where the label of a row stands."""
    middle = (edges[index] + edges[index + 1]) / 2
    return QRectF(right - PAD - width, middle - metrics.height() / 2, width, metrics.height())


def paint_columns(
    painter: QPainter,
    labels: tuple[AxisLabel, ...],
    edges: Places,
    bottom: int,
    length: int,
    angle: int,
) -> None:
    """Draw the labels of the columns above `bottom`, turned by `angle` degrees."""
    metrics = QFontMetrics(painter.font())
    pitch = (edges[-1] - edges[0]) / max(len(labels), 1)
    needed = 0 if angle == 0 else metrics.height() * (1.2 if angle == 45 else 0.9)
    for index in range(0, len(labels), every(pitch, needed)):
        paint_column(painter, labels[index], edges, index, bottom, length, angle)


def paint_column(
    painter: QPainter,
    label: AxisLabel,
    edges: Places,
    index: int,
    bottom: int,
    length: int,
    angle: int,
    back: QColor | None = None,
) -> None:
    """Draw one label of a column, on a patch of colour when `back` is given."""
    metrics = QFontMetrics(painter.font())
    middle = (edges[index] + edges[index + 1]) / 2
    high = metrics.height()
    painter.save()
    if angle == 0:
        wide = float(edges[index + 1] - edges[index])
        if back is not None:
            wide = max(wide, metrics.horizontalAdvance(label.text) + 4.0)
        box, side = QRectF(-wide / 2, -high, wide, high), Qt.AlignmentFlag.AlignHCenter
        painter.translate(QPointF(middle, bottom - PAD + 2))
    else:
        box, side = QRectF(0, -high / 2, length, high), Qt.AlignmentFlag.AlignLeft
        painter.translate(QPointF(middle, bottom - PAD))
        painter.rotate(-angle)
    if back is not None:
        painter.fillRect(box.adjusted(-2, 0, 2, 0), back)
    paint_label(painter, label, box, side)
    painter.restore()


def paint_label(
    painter: QPainter, label: AxisLabel, box: QRectF, side: Qt.AlignmentFlag, color: str = ""
) -> None:
    """Draw a label in its box; an unknown token is underlined by dots."""
    metrics = QFontMetrics(painter.font())
    shown = label.fitting(int(box.width()) + 1, metrics)
    ink = QColor(getattr(theme.colors(), color or label.color))
    painter.setPen(ink)
    # A right-to-left token must not change the side on which the labels are aligned.
    fixed = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, fixed | Qt.TextFlag.TextSingleLine, shown)
    if label.unknown:
        _underline(painter, box, metrics.horizontalAdvance(shown), side, ink)


def _underline(
    painter: QPainter, box: QRectF, width: float, side: Qt.AlignmentFlag, ink: QColor
) -> None:
    left = box.left()
    if side is Qt.AlignmentFlag.AlignRight:
        left = box.right() - width
    elif side is Qt.AlignmentFlag.AlignHCenter:
        left = box.center().x() - width / 2
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.DotLine)
    pen.setWidthF(1.4)
    painter.setPen(pen)
    painter.drawLine(QPointF(left, box.bottom()), QPointF(left + width, box.bottom()))

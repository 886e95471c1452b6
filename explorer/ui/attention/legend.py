"""The heads that a view shows, each with its colour: a row of names that breaks where it must."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.ui import colormaps, theme
from explorer.ui.attention.page_view import page_font

_DOT, _GAP = 9.0, 18.0
ROW = 20.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A name with its colour, and the dashes of its lines."""

    text: str
    color: QColor
    dash: Qt.PenStyle = Qt.PenStyle.SolidLine


def differences() -> tuple[Entry, Entry]:
    """What the two colours of a difference mean."""
    ends = colormaps.diverging(theme.colors().dark)
    less, more = QColor(*ends[0].tolist()), QColor(*ends[255].tolist())
    return Entry("more than before", more), Entry("less than before", less)


def places(entries: Sequence[Entry], width: float) -> list[QPointF]:
    """Where each entry begins."""
    metrics = QFontMetricsF(page_font("small"))
    x, y, found = 0.0, 0.0, []
    for entry in entries:
        wide = _DOT + 5 + metrics.horizontalAdvance(entry.text)
        if x and x + wide > width:
            x, y = 0.0, y + ROW
        found.append(QPointF(x, y))
        x += wide + _GAP
    return found


def height(entries: Sequence[Entry], width: float) -> float:
    """The rows that the entries take."""
    found = places(entries, width)
    return found[-1].y() + ROW if found else 0.0


def paint(
    painter: QPainter, entries: Sequence[Entry], left: float, top: float, width: float
) -> None:
    """Draw the entries from a corner on."""
    painter.setFont(page_font("small"))
    for entry, place in zip(entries, places(entries, width), strict=True):
        x, y = left + place.x(), top + place.y() + ROW / 2
        if entry.dash is Qt.PenStyle.SolidLine:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(entry.color)
            painter.drawEllipse(QRectF(x, y - _DOT / 2, _DOT, _DOT))
        else:
            painter.setPen(QPen(entry.color, 2.4, entry.dash))
            painter.drawLine(QLineF(x - 2, y, x + _DOT + 2, y))
        painter.setPen(QColor(theme.colors().muted))
        box = QRectF(x + _DOT + 5, y - ROW / 2, 4000, ROW)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, entry.text)

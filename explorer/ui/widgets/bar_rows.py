"""Rows of a label, a bar from 0 to 1 and a number: what candidates and attention share."""

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter

from explorer.ui import theme

_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_WIDEST = ("0.00000", "0.00088", "8.8e-88", "banned")


@dataclass(frozen=True, slots=True)
class BarRow:
    """One row; `ink` and `fill` name colours of the theme, or are `#rrggbb`.

    With `after` there is a second, stronger bar below the first, and a second number; `beside` is
    said faintly before the label, `struck` crosses the label out.
    """

    label: str
    share: float
    number: str
    fill: str = "line"
    ink: str = "text"
    bold: bool = False
    after: float | None = None
    after_number: str = ""
    after_fill: str = "accent"
    beside: str = ""
    struck: bool = False


class BarPainter:
    """Draws rows whose parts stand in line, whatever the numbers are."""

    def __init__(self) -> None:
        self._plain, self._bold = theme.font("small"), theme.font("small", bold=True)
        self._struck = theme.font("small")
        self._struck.setStrikeOut(True)
        self._metrics = QFontMetrics(self._plain)
        self._elided: dict[tuple[str, int], str] = {}
        fonts = QFontMetricsF(self._plain), QFontMetricsF(self._bold)
        # A pixel more: hinting may draw a text wider than it is measured, and none may lose a sign.
        self.number_width = 1 + ceil(max(f.horizontalAdvance(t) for f in fonts for t in _WIDEST))
        self.row_height = self._metrics.height() + 3

    def label_width(self, width: int) -> int:
        """Room for labels in rows of a width: about a third, so that long and short ones align."""
        return max(7 * theme.SPACE, min(round(width * 0.32), 18 * theme.SPACE))

    def numbers(self, rect: QRect) -> tuple[QRect, QRect]:
        """Where the first of two numbers stands, and the second or only one."""
        last = QRect(rect.right() - self.number_width, rect.top(), self.number_width, rect.height())
        return last.translated(-self.number_width - theme.SPACE, 0), last

    def paint(self, painter: QPainter, rect: QRect, row: BarRow) -> None:
        """Draw a row into its rectangle."""
        label = self.label_width(rect.width())
        self._label(painter, QRect(rect.left(), rect.top(), label, rect.height()), row)
        first, last = self.numbers(rect)
        end = last.left()
        if row.after is not None:
            painter.drawText(first, _MIDDLE, row.number)
            end = first.left()
        painter.drawText(last, _MIDDLE, row.number if row.after is None else row.after_number)
        left = rect.left() + label + theme.SPACE
        high = rect.height() - theme.SPACE // 2 - 1
        room = max(end - theme.SPACE - left, 0)
        self._bars(painter, QRectF(left, rect.top() + 2, room, high), row)

    def _label(self, painter: QPainter, place: QRect, row: BarRow) -> None:
        font = self._bold if row.bold else self._plain
        text = self._fitting(row.label, place.width(), font)
        if row.beside:
            self._beside(painter, place, text, row)
        _use(painter, self._struck if row.struck else font)
        painter.setPen(_color(row.ink))
        painter.drawText(place, _MIDDLE, text)
        _use(painter, font)

    def _beside(self, painter: QPainter, place: QRect, text: str, row: BarRow) -> None:
        """The exact token, where there is room before the label."""
        taken = self._metrics.horizontalAdvance(text) + theme.SPACE
        if taken + self._metrics.horizontalAdvance(row.beside) > place.width():
            return
        _use(painter, self._plain)
        painter.setPen(QColor(theme.colors().faint))
        painter.drawText(place.adjusted(0, 0, -taken, 0), _MIDDLE, row.beside)

    def _bars(self, painter: QPainter, track: QRectF, row: BarRow) -> None:
        painter.fillRect(track, QColor(theme.colors().raised))
        if row.after is None:
            painter.fillRect(_part(track, row.share), _color(row.fill))
            return
        upper, lower = QRectF(track), QRectF(track)
        upper.setHeight(track.height() * 0.4)
        lower.setTop(upper.bottom())
        painter.fillRect(_part(upper, row.share), _color(row.fill))
        painter.fillRect(_part(lower, row.after), _color(row.after_fill))

    def _fitting(self, text: str, width: int, font: QFont) -> str:
        key = (text, width) if font is self._plain else (text, -width)
        if key not in self._elided:
            if len(self._elided) > 4096:
                self._elided.clear()
            metrics = self._metrics if font is self._plain else QFontMetrics(font)
            self._elided[key] = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        return self._elided[key]


def _part(track: QRectF, share: float) -> QRectF:
    return QRectF(track.left(), track.top(), track.width() * min(max(share, 0), 1), track.height())


def _use(painter: QPainter, font: QFont) -> None:
    if painter.font() != font:
        painter.setFont(font)


def _color(name: str) -> QColor:
    return QColor(name if name.startswith("#") else getattr(theme.colors(), name))

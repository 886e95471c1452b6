"""Rows of a label, a bar from 0 to 1 and a number: what candidates and attention share."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from explorer.ui import theme


@dataclass(frozen=True, slots=True)
class BarRow:
    """One row; `ink` and `fill` name colours of the theme, or are `#rrggbb`."""

    label: str
    share: float
    number: str
    fill: str = "line"
    ink: str = "text"
    bold: bool = False


class BarPainter:
    """Draws rows whose parts stand in line, whatever the numbers are."""

    def __init__(self) -> None:
        self._plain, self._bold = theme.font("small"), theme.font("small", bold=True)
        self._metrics = QFontMetrics(self._plain)
        self._elided: dict[tuple[str, int], str] = {}
        self.number_width = max(
            QFontMetrics(f).horizontalAdvance(text)
            for f in (self._plain, self._bold)
            for text in ("0.000", "0.0e-00")
        )
        self.row_height = self._metrics.height() + 3

    def label_width(self, width: int) -> int:
        """Room for labels in rows of a width: about a third, so that long and short ones align."""
        return max(7 * theme.SPACE, min(round(width * 0.32), 18 * theme.SPACE))

    def paint(self, painter: QPainter, rect: QRect, row: BarRow) -> None:
        """Draw a row into its rectangle."""
        label = self.label_width(rect.width())
        font = self._bold if row.bold else self._plain
        if painter.font() != font:
            painter.setFont(font)
        painter.setPen(_color(row.ink))
        middle = Qt.AlignmentFlag.AlignVCenter
        text = self._fitting(row.label, label, font)
        painter.drawText(
            QRect(rect.left(), rect.top(), label, rect.height()),
            middle | Qt.AlignmentFlag.AlignRight, text,
        )  # fmt: skip
        number = QRect(
            rect.right() - self.number_width, rect.top(), self.number_width, rect.height()
        )
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, row.number)
        self._bar(painter, rect, label, row)

    def _bar(self, painter: QPainter, rect: QRect, label: int, row: BarRow) -> None:
        left = rect.left() + label + theme.SPACE
        room = rect.right() - self.number_width - theme.SPACE - left
        high = rect.height() - theme.SPACE // 2 - 1
        track = QRectF(left, rect.top() + 2, max(room, 0), high)
        painter.fillRect(track, QColor(theme.colors().raised))
        painter.fillRect(
            QRectF(track.left(), track.top(), track.width() * min(max(row.share, 0), 1), high),
            _color(row.fill),
        )

    def _fitting(self, text: str, width: int, font: QFont) -> str:
        key = (text, width) if font is self._plain else (text, -width)
        if key not in self._elided:
            if len(self._elided) > 4096:
                self._elided.clear()
            metrics = self._metrics if font is self._plain else QFontMetrics(font)
            self._elided[key] = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        return self._elided[key]


def _color(name: str) -> QColor:
    return QColor(name if name.startswith("#") else getattr(theme.colors(), name))

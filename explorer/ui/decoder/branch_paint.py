"""How a branch of what was tried is drawn: rails of the tree, its number, words and score."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from explorer.ui import theme
from explorer.ui.decoder.tried_words import TriedRow

_INDENT, _BADGE, _MOST_DEPTH = 12, 20, 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BranchPainter:
    """Draws rows of two lines each."""

    def __init__(self) -> None:
        self._small, self._bold = theme.font("small"), theme.font("small", bold=True)
        self._metrics = QFontMetrics(self._small)
        self.row_height = 2 * self._metrics.height() + theme.SPACE

    def pill_rect(self, row: QRect) -> QRect:
        """Where the mark of the one on show, or the button to compare, stands in a row."""
        return QRect(
            row.right() - _BADGE - 1, row.top() + (row.height() - _BADGE) // 2, _BADGE, _BADGE
        )

    def paint(self, painter: QPainter, row: TriedRow, rect: QRect) -> None:
        """Draw a row into its rectangle."""
        left = _x(row.depth)
        self._rails(painter, row, rect)
        badge = QRect(left, rect.top() + (rect.height() - _BADGE) // 2, _BADGE, _BADGE)
        self._pill(painter, badge, str(row.number), "accent" if row.shown else "raised")
        pill = self.pill_rect(rect)
        place = QRect(
            badge.right() + theme.SPACE, rect.top() + theme.SPACE // 2,
            pill.left() - 2 * theme.SPACE - badge.right(), self._metrics.height(),
        )  # fmt: skip
        self._write(painter, place, row)
        fill = "accent" if row.shown else other_color() if row.compared else ""
        self._pill(painter, pill, "A" if row.shown else "B", fill)

    def _rails(self, painter: QPainter, row: TriedRow, rect: QRect) -> None:
        painter.setPen(QPen(QColor(theme.colors().faint), 1))
        middle, half = rect.center().y(), _BADGE // 2
        for depth in row.rails:
            if depth > row.depth:  # Its own children.
                x = _x(row.depth) + half
                painter.drawLine(x, middle + half, x, rect.bottom() + 1)
            elif depth and depth <= row.depth:
                x = _x(depth - 1) + half
                painter.drawLine(x, rect.top(), x, rect.bottom() + 1)
        if row.depth:
            x = _x(row.depth - 1) + half
            painter.drawLine(x, rect.top(), x, middle)
            painter.drawLine(x, middle, _x(row.depth), middle)

    def _write(self, painter: QPainter, place: QRect, row: TriedRow) -> None:
        c, metrics = theme.colors(), self._metrics
        painter.setFont(self._small)
        wide = metrics.horizontalAdvance(row.score)
        painter.setPen(QColor(c.text))
        painter.drawText(place, _RIGHT, row.score)
        own = place.adjusted(0, 0, -wide - theme.SPACE, 0)
        said = metrics.elidedText(row.own, Qt.TextElideMode.ElideRight, own.width())
        painter.drawText(own, _LEFT, said)
        below = place.translated(0, place.height())
        painter.setPen(QColor(c.muted))
        came = metrics.elidedText(row.came, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, _LEFT, came)

    def _pill(self, painter: QPainter, rect: QRect, text: str, fill: str) -> None:
        c = theme.colors()
        ground = QColor(fill if fill.startswith("#") else getattr(c, fill or "surface"))
        strong = fill == "accent" or fill.startswith("#")
        painter.setPen(Qt.PenStyle.NoPen if strong else QPen(QColor(c.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(QColor(c.on_accent if strong else c.muted))
        painter.setFont(self._bold)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def other_color() -> str:
    """The colour that stands for the second of two texts, as `#rrggbb`."""
    return theme.colors().curves[1]


def _x(depth: int) -> int:
    return theme.SPACE // 2 + min(depth, _MOST_DEPTH) * _INDENT

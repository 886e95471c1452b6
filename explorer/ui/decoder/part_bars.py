"""What each part of the model adds to a logit, as bars to either side of nothing."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter

from explorer.messages.lenses import LogitParts, Part
from explorer.ui import theme
from explorer.ui.decoder.lens_words import part_help, part_label, signed
from explorer.ui.decoder.rows import Rows

LEAST_ROWS = 5
_DOT = 7
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class PartBars(Rows):
    """A row for each part; the longest bars take all the room there is."""

    chosen = Signal(object)
    """A `Part` that was clicked, or chosen by Enter."""

    def __init__(self) -> None:
        super().__init__(LEAST_ROWS)
        self.parts: LogitParts | None = None
        self.rows: tuple[Part, ...] = ()
        """The parts from the top."""
        self._by_size = True
        self._span = 0.0, 0.0
        self._number = self.metrics.horizontalAdvance("−00.000")
        self._label = self.metrics.horizontalAdvance("12 cross bias") + _DOT + 5
        self.setAccessibleName("What each part of the model adds to the logit")
        self.setAccessibleDescription("Heads, biases and feed-forward layers: up and down walk.")

    def show_parts(self, parts: LogitParts | None, *, holds: bool) -> None:
        """Show these; pale where they are of another decision than the one looked at."""
        if parts is not self.parts:
            self.parts = parts
            self._sort()
        self.set_pale(not holds)

    def sort(self, *, by_size: bool) -> None:
        """The greatest first, or in the order of computing."""
        self._by_size = by_size
        self._sort()

    def _sort(self) -> None:
        parts: Sequence[Part] = self.parts.parts if self.parts is not None else ()
        values = [part.logit for part in parts]
        self._span = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
        if self._by_size:
            parts = sorted(parts, key=lambda part: -abs(part.logit))
        self.rows = tuple(parts)
        self.set_count(len(self.rows))

    def bar_rect(self, index: int) -> QRect:
        """Where the bar of a row stands."""
        row = self.row_rect(index)
        left, right = row.left() + self._label + theme.SPACE // 2, row.right() - self._number - 6
        least, most = self._span
        scale = max(right - left, 1) / ((most - least) or 1.0)
        zero = left - least * scale
        first, last = sorted((round(zero), round(zero + self.rows[index].logit * scale)))
        return QRect(first, row.top() + 2, max(last - first, 1), row.height() - 4)

    def paint_row(self, painter: QPainter, index: int, row: QRect) -> None:
        """The part, its bar and its share."""
        c, part = theme.colors(), self.rows[index]
        if index == self.looked_at:
            painter.fillRect(row, QColor(c.raised))
        if part.head is not None:
            dot = QRect(row.left() + 1, row.center().y() - _DOT // 2, _DOT, _DOT)
            painter.fillRect(dot, theme.head_color(part.head))
        painter.setPen(QColor(c.text))
        label = QRect(row.left() + _DOT + 5, row.top(), self._label - _DOT - 5, row.height())
        painter.drawText(label, _LEFT, self.elided(part_label(part), label.width()))
        bar = self.bar_rect(index)
        zero = bar.left() if part.logit >= 0 else bar.right() + 1
        painter.fillRect(zero, row.top(), 1, row.height(), QColor(c.line))
        painter.fillRect(bar, QColor(c.curves[0 if part.logit >= 0 else 1]))
        number = QRect(row.right() - self._number, row.top(), self._number, row.height())
        painter.drawText(number, _RIGHT, signed(part.logit))

    def act(self, index: int) -> None:
        """Tell which part was chosen."""
        self.chosen.emit(self.rows[index])

    def help_for(self, index: int) -> str:
        """What a part adds, at length."""
        return "" if self.parts is None else part_help(self.rows[index], self.parts)

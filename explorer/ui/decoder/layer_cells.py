"""One cell of the grid of layers: its colour, the word it would say, and the numbers below it."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from explorer.ui import theme
from explorer.ui.decoder.lens_store import Column
from explorer.ui.widgets.attention_chips import fill_color, ink_on
from explorer.ui.widgets.attention_words import number
from explorer.ui.widgets.decision_words import chip_text

WORDS_FROM, NUMBERS_FROM = 34, 29
"""Pixels from which on a cell is wide enough for words, and high enough for a line of numbers."""
MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine


class CellPainter:
    """Draws cells; a word in bold is the one that was decided for."""

    def __init__(self) -> None:
        self.plain, self.bold = theme.font("small"), theme.font("small", bold=True)
        self.metrics = QFontMetrics(self.plain)

    def paint(self, painter: QPainter, box: QRect, column: Column | None, layer: int) -> None:
        """Draw a cell into its box; one that has not been read stays empty."""
        inside = box.adjusted(0, 0, -1 if box.width() >= 8 else 0, -1)
        if column is None or layer >= len(column.layers):
            painter.fillRect(inside, QColor(theme.colors().raised))
            return
        fill = fill_color(float(column.chosen_L[layer]))
        painter.fillRect(inside, fill)
        if box.width() < WORDS_FROM:
            return
        best = int(column.top_LK[layer, 0])
        painter.setPen(ink_on(fill))
        painter.setFont(self.bold if best == column.chosen.id else self.plain)
        low, room = box.height() < NUMBERS_FROM, inside.width() - 4
        half = 0 if low else inside.height() // 2
        word = chip_text(column.words[best])
        said = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inside.adjusted(0, 0, 0, -half), MIDDLE, said)
        if not low:
            painter.setFont(self.plain)
            numbers = self.numbers(column, layer, room)
            painter.drawText(inside.adjusted(0, half, 0, 0), MIDDLE, numbers)

    def numbers(self, column: Column, layer: int, room: int) -> str:
        """Probability and rank of the token decided for, or the rank where no more has room."""
        share, rank = float(column.chosen_L[layer]), int(column.rank_L[layer])
        for said in (f"{number(share)} · {rank:,}", f"{share:.2f} · {rank:,}"):
            if self.metrics.horizontalAdvance(said) <= room:
                return said
        return f"#{rank:,}"

"""A sentence cut into tokens, each in a box of its own."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.widgets.attention_words import token_help
from explorer.ui.widgets.chip_flow import ChipFlow

ROWS = 2


class CutChips(ChipFlow):
    """Tokens in boxes: close together within a word, further apart where a word begins."""

    def __init__(self) -> None:
        super().__init__(word_gap=theme.SPACE, piece_gap=2, padding=4)
        self.set_rows(ROWS)
        self.setAccessibleName("How the sentence is cut")
        self.setToolTip("The sentence as the model would read it, a box for each token.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.explain_with(lambda index: token_help(self._tokens[index]))

    def paint_chip(self, painter: QPainter, index: int, rect: QRect) -> None:
        """Draw a box; one unknown to the vocabulary has a dotted line around it."""
        c, token = theme.colors(), self._tokens[index]
        line = QPen(QColor(c.line), 1)
        if token.unknown:
            line = QPen(QColor(c.warning), 1.2, Qt.PenStyle.DotLine)
        painter.setPen(line)
        painter.setBrush(QColor(c.surface if index == self._hover else c.raised))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QColor(c.faint if token.text in "␣↵⇥" else c.text))
        self.write(painter, index, rect)

"""What the decoder wrote, token by token, with a cursor at the decision that is looked at."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.messages.results import Token
from explorer.ui import theme
from explorer.ui.widgets.chip_flow import ChipFlow

ROWS = 2
MARGIN = theme.SPACE // 2 + 1


class TokenStrip(ChipFlow):
    """Written tokens in full ink, the cursor's in a box, those still to come paler."""

    def __init__(self) -> None:
        super().__init__(word_gap=4, piece_gap=0, padding=2)
        self._cursor = -1
        self._dimmed = False
        self._prompt = 0
        self.setViewportMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.set_rows(ROWS)
        self._frame()
        theme.theme().changed.connect(self._frame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("What the model writes")
        self.setToolTip("The output, token by token. Click a token to see how it was decided.")

    @property
    def current(self) -> int:
        """The decision in the box, -1 for none."""
        return self._cursor - self._prompt if self._cursor >= 0 else -1

    @property
    def dimmed(self) -> bool:
        """Whether the answer belongs to another sentence than the one asked for."""
        return self._dimmed

    @property
    def written(self) -> list[str]:
        """What the chips after the prompt say."""
        return self._texts[self._prompt :]

    def written_rect(self, index: int) -> QRect:
        """Where a written token stands in the viewport now."""
        return self.chip_rect(self._prompt + index)

    def decision_at(self, index: int) -> int:
        """The decision for which a chip stands; negative for a token of the prompt."""
        return index - self._prompt

    def show_tokens(
        self, tokens: Sequence[Token], cursor: int, prompt: Sequence[Token] = ()
    ) -> None:
        """Show an answer, after the prompt that it goes on from, and the decision looked at."""
        self.set_tokens((*prompt, *tokens))
        cursor += len(prompt)
        if (cursor, len(prompt)) != (self._cursor, self._prompt):
            self._cursor, self._prompt = cursor, len(prompt)
            self.viewport().update()
            self.setAccessibleDescription(" ".join(self._texts[: cursor + 1]))
        self.reveal(cursor)

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while the answer belongs to another sentence than the one asked for."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.viewport().update()

    def _frame(self) -> None:
        c = theme.colors()
        self.setStyleSheet(
            f"TokenStrip {{ border: 1px solid {c.line}; border-radius: 5px; }}"
            f"TokenStrip:focus {{ border-color: {c.accent}; }}"
        )

    def paint_chip(self, painter: QPainter, index: int, rect: QRect) -> None:
        """Draw a token; one unknown to the vocabulary is underlined with dots."""
        c, token = theme.colors(), self._tokens[index]
        here = index == self._cursor
        if here or (index == self._hover and index >= self._prompt):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent if here and not self._dimmed else c.raised))
            painter.drawRoundedRect(QRectF(rect), 4, 4)
        ink = QColor(self._ink(index))
        painter.setPen(ink)
        self.write(painter, index, rect)
        if token.unknown:
            painter.setPen(
                QPen(QColor(c.on_accent if here else c.warning), 1.5, Qt.PenStyle.DotLine)
            )
            painter.drawLine(
                rect.left() + 3, rect.bottom() - 1, rect.right() - 3, rect.bottom() - 1
            )

    def _ink(self, index: int) -> str:
        c = theme.colors()
        if self._dimmed:
            return c.faint
        if index == self._cursor:
            return c.on_accent
        if index < self._prompt:
            return c.muted
        if index > self._cursor or self._tokens[index].special:
            return c.faint
        return c.text

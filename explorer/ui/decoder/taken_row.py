"""What was taken out of the model's hands: said in a line, banned tokens as chips, a way back."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.messages.tokens import Token
from explorer.ui import theme
from explorer.ui.widgets.attention_words import token_help
from explorer.ui.widgets.chip_flow import ChipFlow
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.text_line import TextLine

_ALLOW = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class BannedChips(ChipFlow):
    """Banned tokens, struck through; a click or Delete allows one again."""

    allowed = Signal(int)
    """The id of a token that may be chosen again."""

    def __init__(self) -> None:
        super().__init__(word_gap=theme.SPACE // 2, piece_gap=theme.SPACE // 2, padding=6)
        self._current = 0
        struck = theme.font("small")
        struck.setStrikeOut(True)
        self.setFont(struck)
        self.set_rows(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Banned tokens")
        self.setToolTip("Tokens that are never chosen. Click one, or press Delete, to allow it.")
        self.explain_with(lambda index: f"{token_help(self._tokens[index])}<br>Click allows it.")
        self.clicked.connect(self._allow)

    def set_tokens(self, tokens: Sequence[Token]) -> None:
        """Show these."""
        super().set_tokens(tokens)
        self._current = max(0, min(self._current, len(tokens) - 1))

    def _allow(self, index: int) -> None:
        self.allowed.emit(self._tokens[index].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a chip; the keys of the transport are the panel's."""
        if event.key() in _ALLOW and self._tokens:
            self._allow(self._current)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            by = 1 if event.key() == Qt.Key.Key_Down else -1
            self._current = max(0, min(self._current + by, len(self._tokens) - 1))
            self.reveal(self._current)
            self.viewport().update()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which one the keys are about."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paint_chip(self, painter: QPainter, index: int, rect: QRect) -> None:
        """A chip in a thin frame."""
        c = theme.colors()
        marked = index == self._hover or (self.hasFocus() and index == self._current)
        painter.setPen(QPen(QColor(c.accent if marked else c.line), 1))
        painter.setBrush(QColor(c.raised))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QColor(c.muted))
        self.write(painter, index, rect)


class TakenRow(QWidget):
    """Out of sight while the model writes as it would by itself and nothing was refused."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = TextLine("What was taken out of the model's hands", color="accent")
        self.own = QToolButton()
        self.own.setText("Own way")
        self.own.setFont(theme.font("small"))
        self.own.setAccessibleName("Let the model go its own way")
        self.own.setToolTip(
            "<b>Own way</b><br>Drop all that was forced and banned: the model writes by itself, "
            "with the method and settings above. What was tried stays in the tree."
        )
        self.bans = BannedChips()
        self.refused = NoteLine("Why this could not be written")
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(self.said, 1)
        row.addWidget(self.own)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addLayout(row)
        box.addWidget(self.bans)
        box.addWidget(self.refused)
        self.refused.hide()
        self.show_state("", (), taken_over=False)

    def show_state(self, said: str, banned: Sequence[Token], *, taken_over: bool) -> None:
        """Say what is taken over, and show the banned tokens."""
        self.said.set_text(said, "accent" if taken_over else "muted")
        self.bans.set_tokens(banned)
        self.bans.setVisible(bool(banned))
        self.own.setVisible(taken_over)
        self._fit()

    def refuse(self, message: str) -> None:
        """Say why the last wish could not be fulfilled; no message: it could."""
        if message != self.refused.text():
            self.refused.say(message, "bad")
            self.refused.setVisible(bool(message))
            self._fit()

    def _fit(self) -> None:
        self.said.setVisible(bool(self.said.text()) or not self.own.isHidden())
        self.setVisible(bool(self.said.text() or self.refused.text()) or not self.own.isHidden())

"""What is said below a setting: what does not fit, or when it takes effect; and what to press."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.ui import theme

INDENT = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: its word, what it does in a sentence, and the doing."""

    text: str
    help: str
    act: Callable[[], None]


class SettingNote(QWidget):
    """A small sentence and perhaps a few quiet buttons; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = "muted"
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setFont(theme.font("small"))
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = QHBoxLayout()
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(theme.SPACE // 2)
        self.buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(INDENT, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._label)
        column.addLayout(self._buttons)
        self.hide()
        theme.theme().changed.connect(self._dress)

    def text(self) -> str:
        """What is said; empty when nothing."""
        return self._label.text()

    def say(self, text: str, color: str, offers: Sequence[Offer] = ()) -> None:
        """Say a sentence in a colour of the theme, and offer what can be done about it."""
        known = [button.text() for button in self.buttons]
        if (text, color, [o.text for o in offers]) == (self.text(), self._color, known):
            return
        self._label.setText(text)
        self._color = color
        self._offer(offers)
        self.setVisible(bool(text))
        self._dress()

    def _offer(self, offers: Sequence[Offer]) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        while self._buttons.count():
            self._buttons.takeAt(0)
        self.buttons = [self._button(offer) for offer in offers]
        for button in self.buttons:
            self._buttons.addWidget(button)
        if self.buttons:
            self._buttons.addStretch(1)

    def _button(self, offer: Offer) -> QPushButton:
        button = QPushButton(offer.text, self)
        button.setFont(theme.font("small"))
        button.setProperty("small", True)
        button.setToolTip(offer.help)
        button.setAccessibleName(offer.text)
        button.clicked.connect(lambda _=False: offer.act())
        return button

    def _dress(self) -> None:
        palette = self._label.palette()
        color = QColor(getattr(theme.colors(), self._color))
        palette.setColor(self._label.foregroundRole(), color)
        self._label.setPalette(palette)

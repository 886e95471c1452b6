"""What stands where there is nothing yet: what will be here, and the next step towards it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.ui import theme


class EmptyPage(QWidget):
    """A title, a few words, and perhaps one button, in the middle."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setFont(theme.font("title", bold=True))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setMaximumWidth(56 * theme.SPACE)
        self.button = QPushButton()
        self.button.clicked.connect(self.pressed)
        box = QVBoxLayout(self)
        box.setSpacing(theme.SPACE)
        box.addStretch(2)
        for part in (self.title, self.words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            part.setTextFormat(Qt.TextFormat.PlainText)
        middle = QHBoxLayout()  # An alignment would keep the words from growing in height.
        middle.addStretch(1)
        middle.addWidget(self.words, 100)
        middle.addStretch(1)
        box.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addLayout(middle)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self.say("", "")
        theme.theme().changed.connect(self._dress)
        self._dress()

    def say(self, title: str, words: str, button: str = "") -> None:
        """Show a title, some words, and a button when it has a word."""
        self.title.setText(title)
        self.words.setText(words)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setToolTip(words)
        self.button.setVisible(bool(button))

    def _dress(self) -> None:
        self.words.setStyleSheet(f"color: {theme.colors().muted}; background: transparent;")

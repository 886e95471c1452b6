"""A few words below a field: a line is kept free for them, and they are whole, however long."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from explorer.ui import theme


class NoteLine(QLabel):
    """Says what a person should know of the input; nothing moves unless it needs a second line."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = "warning"
        self.setFont(theme.font("small"))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(name)
        self.setMinimumHeight(self.fontMetrics().height() + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        theme.theme().changed.connect(self._dress)
        self._dress()

    def say(self, text: str, color: str = "warning") -> None:
        """Show some words, in the theme's colour of that name; no words leave the line blank."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleDescription(text)
        if color != self._color:
            self._color = color
            self._dress()

    def _dress(self) -> None:
        ink = getattr(theme.colors(), self._color)
        self.setStyleSheet(f"color: {ink}; background: transparent;")

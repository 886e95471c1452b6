"""A line for a sentence: typed by a person, or filled by the model's own while it is empty."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.icons import icon

LONGEST = 5000
"""Characters that a line takes: beyond them Qt needs more than a frame to lay out a keystroke."""
_BLANKED = dict.fromkeys((*range(0x20), 0x7F, 0x85, 0x2028, 0x2029), " ")


def cleaned(text: str) -> str:
    """Text on one line, control characters as spaces; Qt itself drops halves of characters."""
    return text.translate(_BLANKED)


class SentenceLine(QWidget):
    """A name, a line to type in, and a word at its end that says whose text it is."""

    edited = Signal(str)
    """The text after each change by a person, cleaned."""

    def __init__(self, title: str, help: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title)
        self.title.setFont(theme.font("small"))
        self.title.setToolTip(help)
        self.edit = _Edit(title, help)
        self.title.setBuddy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(self.title)
        row.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit.textEdited.connect(lambda text: self.edited.emit(cleaned(text)))
        theme.theme().changed.connect(self._dress)
        self._dress()

    def rename(self, title: str, help: str) -> None:
        """Call the line something else."""
        self.title.setText(title)
        self.title.setMinimumWidth(0)
        self.title.setMaximumWidth(16_777_215)
        self.edit.setAccessibleName(title)
        for part in (self.title, self.edit):
            part.setToolTip(help)

    def text(self) -> str:
        """What was typed, cleaned."""
        return cleaned(self.edit.text())

    def set_text(self, text: str) -> None:
        """Put a text in, without a word about it."""
        if self.edit.text() != text:
            self.edit.setText(text[:LONGEST])
            self.edit.setCursorPosition(0)

    def is_full(self) -> bool:
        """Whether no character more would fit."""
        return len(self.edit.text()) >= LONGEST

    def set_ghost(self, text: str, whose: str = "") -> None:
        """Show a text that nobody typed, and a word of whose it is."""
        self.edit.set_ghost(text, whose)

    def _dress(self) -> None:
        self.title.setStyleSheet(f"color: {theme.colors().muted}; background: transparent;")


class _Edit(QLineEdit):
    """A line whose ghost can be taken over with the right arrow key."""

    def __init__(self, title: str, help: str) -> None:
        super().__init__()
        self._ghost = ""
        self._badge = QLabel(self)
        self._badge.setFont(theme.font("small"))
        self._badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._badge.hide()
        self.setMaxLength(LONGEST)
        self.setFont(theme.font("title"))
        self.setClearButtonEnabled(True)
        self.setAccessibleName(title)
        self.setToolTip(help)
        self.textChanged.connect(lambda _: self._place_badge())
        theme.theme().changed.connect(self._dress)
        self._dress()

    def set_ghost(self, text: str, whose: str) -> None:
        """Show a ghost while the line is empty."""
        self._ghost = cleaned(text)[:LONGEST]
        self.setPlaceholderText(self._ghost)
        if whose != self._badge.text():
            self._badge.setText(whose)
            self._badge.adjustSize()
        self._place_badge()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the word at the end of the line."""
        super().resizeEvent(event)
        self._place_badge()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Right arrow on an empty line takes the ghost over."""
        if event.key() == Qt.Key.Key_Right and not self.text() and self._ghost:
            self.insert(self._ghost)
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Let Escape clear the line before anything else hears of it."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() is QEvent.Type.KeyPress and self.text():
            self.selectAll()
            self.insert("")
            return True
        return super().event(event)

    def _place_badge(self) -> None:
        shown = bool(self._badge.text()) and not self.text()
        self._badge.setVisible(shown)
        room = self._badge.width() + 2 * theme.SPACE if shown else 0
        if self.textMargins().right() != room:
            self.setTextMargins(0, 0, room, 0)
        self._badge.move(
            self.width() - self._badge.width() - theme.SPACE,
            (self.height() - self._badge.height()) // 2,
        )

    def _dress(self) -> None:
        c = theme.colors()
        self._badge.setStyleSheet(f"color: {c.accent}; background: transparent;")
        for action in self.findChildren(QAction):  # Qt's own clear button, dim in the dark.
            action.setIcon(icon("close", c.muted))

"""A message for a person on top of a panel, which stays until it is closed or overtaken."""

from collections.abc import Sequence
from textwrap import fill

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.events import Remedy
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.style_sheet import mix

_LINE = 34
"""Characters in a line of a button, which does not break lines by itself."""


class Notice(QFrame):
    """What went wrong and what to do; hidden while there is nothing to say.

    A remedy is a button; `chosen` fires with it.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setAccessibleName("No message")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._close = QToolButton(self)
        self._close.setProperty("quiet", True)
        self._close.setToolTip("Put this message away.")
        self._close.setAccessibleName("Close message")
        self._close.clicked.connect(self.clear)
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(theme.SPACE // 2)
        self._column.addWidget(self._label)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE, theme.SPACE // 2, theme.SPACE // 2, theme.SPACE // 2)
        row.addLayout(self._column, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        theme.theme().changed.connect(self._dress)

    def text(self) -> str:
        """What is said; empty when nothing."""
        return self._label.text()

    def say(self, message: str, remedies: Sequence[Remedy] = ()) -> None:
        """Show a message in place of the one before, with a button for each way to go on."""
        self._dress()
        self._offer(remedies)
        self._label.setText(message)
        self._label.setAccessibleName(message)
        self.show()

    def clear(self) -> None:
        """Nothing to say any more."""
        self._label.clear()
        self._label.setAccessibleName("No message")
        self._offer(())
        self.hide()

    def _offer(self, remedies: Sequence[Remedy]) -> None:
        for button in self.buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(remedy) for remedy in remedies]
        for button in self.buttons:
            self._column.addWidget(button)

    def _button(self, remedy: Remedy) -> QPushButton:
        button = QPushButton(fill(remedy.label, _LINE), self)
        changed = "<br>".join(f"{path} = {value:g}" for path, value in remedy.values)
        button.setToolTip(f"<b>{remedy.label}</b><br>{changed}")
        button.setAccessibleName(remedy.label)
        button.clicked.connect(lambda: self.chosen.emit(remedy))
        return button

    def _dress(self) -> None:
        c = theme.colors()
        self._close.setIcon(icon("close", c.text))
        self.setStyleSheet(
            f"QFrame#notice {{ background: {mix(c.surface, c.bad, 0.12)}; border-radius: 5px;"
            f" border: 1px solid {mix(c.surface, c.bad, 0.5)}; }}"
            f" QLabel {{ color: {c.text}; background: transparent; }}"
        )

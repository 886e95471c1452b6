"""What was just done, and a button that undoes it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.icons import icon


class DoneBar(QWidget):
    """Hidden until something was done; stays until it is put away or something else was done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act: Callable[[], None] | None = None
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setFont(theme.font("small"))
        self.undo = QPushButton("Undo", self)
        self.undo.setToolTip("Take back what was just done.")
        self.undo.setProperty("small", True)
        self.undo.clicked.connect(self._undo)
        self.close_button = QToolButton(self)
        self.close_button.setProperty("quiet", True)
        self.close_button.setProperty("tight", True)
        self.close_button.setAccessibleName("Close what was done")
        self.close_button.setToolTip("Put this away.")
        self.close_button.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.said, 1)
        row.addWidget(self.undo)
        row.addWidget(self.close_button)
        self.hide()
        theme.theme().changed.connect(self._dress)
        self._dress()

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done; with `undo` it can be undone."""
        self._act = undo
        self.said.setText(text)
        self.said.setAccessibleName(text)
        self.undo.setVisible(undo is not None)
        self.undo.setToolTip(f"Undo: {text}")
        self.undo.setAccessibleName(f"Undo: {text}")
        self.show()

    def clear(self) -> None:
        """Nothing to say any more."""
        self._act = None
        self.hide()

    def _undo(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()

    def _dress(self) -> None:
        self.close_button.setIcon(icon("close", theme.colors().muted))

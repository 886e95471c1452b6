"""A line in which a token or a whole beginning is typed that the model shall go on from."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.widgets.sentence_line import LONGEST, cleaned

_HELP = (
    "<b>Force a text</b><br>Type a token or several words and press Enter: they stand from the "
    "cursor on, whatever the model would choose, and the model goes on after them. Or just begin "
    "to type while the tokens above have the focus; Escape goes back to them."
)


class ForceLine(QLineEdit):
    """Tells of a text when Enter is pressed."""

    given = Signal(str)
    """The text that shall stand from the cursor on."""
    left = Signal()
    """Escape was pressed: back to where one came from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font("small"))
        self.setMaxLength(LONGEST)
        self.setPlaceholderText("Force a text…")
        self.setAccessibleName("Text to force from the cursor on")
        self.setToolTip(_HELP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(8 * theme.SPACE)
        self.returnPressed.connect(self._give)

    def begin(self, text: str) -> None:
        """Somebody began to type elsewhere on the panel."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setText(text)

    def _give(self) -> None:
        text = cleaned(self.text())
        if text.strip():
            self.clear()
            self.given.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the line as it was before."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)

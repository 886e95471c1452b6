"""A name at the left and its value at the right, on one line that never moves."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.widgets.text_line import TextLine


class FactLine(QWidget):
    """One figure with its name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = TextLine(name)
        self._name.set_text(name)
        self._value = TextLine(name, color="text", right=True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(self._name, 2)
        row.addWidget(self._value, 3)

    def rename(self, name: str) -> None:
        """Call the figure something else."""
        self._name.set_text(name)
        self.setAccessibleName(name)

    def value(self) -> str:
        """The value as it stands there."""
        return self._value.text()

    def set_value(self, text: str) -> None:
        """Show another value."""
        self._value.set_text(text)

    def set_dimmed(self, dimmed: bool) -> None:
        """Pale, while another sentence was asked for."""
        self._value.set_text(self._value.text(), "faint" if dimmed else "text")

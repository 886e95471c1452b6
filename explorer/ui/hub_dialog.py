"""Asking for the name of a model on the hub of Hugging Face."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from explorer.ui import theme

_SAID = (
    "A model's name as its page has it. Its weights (safetensors), settings and tokenizer are "
    "fetched once and kept where the library of Hugging Face keeps them; programs and pickled "
    "files are left there. It opens when it has come; meanwhile everything goes on."
)
_EXAMPLE = "sentence-transformers/all-MiniLM-L6-v2"


class HubDialog(QDialog):
    """One line for a name; `chosen` gives it as the worker understands it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a model from Hugging Face")
        self.name = QLineEdit()
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.cancel = self.buttons.addButton("Cancel", role.RejectRole)
        self.open_ = self.buttons.addButton("Fetch and open", role.AcceptRole)
        self._arrange()
        self.name.textChanged.connect(lambda _: self._judge())
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self._judge()

    def _arrange(self) -> None:
        said, label = QLabel(_SAID), QLabel("&Name on the hub")
        said.setWordWrap(True)
        said.setStyleSheet(f"color: {theme.colors().muted};")
        label.setBuddy(self.name)
        label.setFont(theme.font("body", bold=True))
        self.name.setPlaceholderText(_EXAMPLE)
        self.name.setAccessibleName("Name on the hub")
        self.name.setToolTip("Such as org/name, or the address of the model's page.")
        self.name.setClearButtonEnabled(True)
        self.open_.setDefault(True)
        self.open_.setProperty("primary", True)
        self.open_.setToolTip("A model that was fetched before opens at once, without the network.")
        self.cancel.setToolTip("Leave the model that is open.")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE] * 4)
        column.setSpacing(theme.SPACE)
        for part in (label, self.name, said, self.buttons):
            column.addWidget(part)
        self.name.setFocus()

    def sizeHint(self) -> QSize:
        """Wide enough for long names."""
        return QSize(520, super().sizeHint().height())

    def _judge(self) -> None:
        self.open_.setEnabled(bool(self.name.text().strip()))

    def _take(self) -> None:
        name = self.name.text().strip()
        self.chosen.emit(name if "://" in name or name.startswith("hf:") else f"hf:{name}")
        self.accept()


def ask_for_name(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Let the user name a model; the window stays alive meanwhile."""
    dialog = HubDialog(parent)
    dialog.chosen.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()

"""What a file of weights leaves open is asked before it opens."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.commands import Command, OpenModel
from explorer.messages.foreign import FileAsks, Question
from explorer.ui import theme

_SAID = "The file has weights and nothing else. What it does not tell changes what its heads do:"


class AskingDialog(QDialog):
    """A field for each question; `answered` gives the answers by name."""

    answered = Signal(tuple)

    def __init__(self, asks: FileAsks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Open {Path(asks.path).name}")
        self.fields = {question.name: _field(question) for question in asks.questions}
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.cancel = self.buttons.addButton("Cancel", role.RejectRole)
        self.cancel.setToolTip("Leave the model that is open.")
        self.open_ = self.buttons.addButton("Open", role.AcceptRole)
        self.open_.setDefault(True)
        self.open_.setProperty("primary", True)
        self.open_.setToolTip("Open the file with these answers.")
        self._arrange(asks)
        self.buttons.accepted.connect(self._answer)
        self.buttons.rejected.connect(self.reject)

    def _arrange(self, asks: FileAsks) -> None:
        found, said = QLabel(asks.found), QLabel(_SAID)
        found.setFont(theme.font("body", bold=True))
        said.setStyleSheet(f"color: {theme.colors().muted};")
        form = QFormLayout()
        form.setSpacing(theme.SPACE)
        for question in asks.questions:
            label, field = QLabel(f"&{question.label}"), self.fields[question.name]
            label.setBuddy(field)
            label.setToolTip(question.help)
            form.addRow(label, field)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE] * 4)
        column.setSpacing(theme.SPACE)
        for part in (found, said):
            part.setWordWrap(True)
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(self.buttons)

    def sizeHint(self) -> QSize:
        """Wide enough for the sentences."""
        return QSize(480, super().sizeHint().height())

    def _answer(self) -> None:
        self.answered.emit(tuple((name, _value(field)) for name, field in self.fields.items()))
        self.accept()


def ask_about(asks: FileAsks, parent: QWidget, send: Callable[[Command], None]) -> None:
    """Let the user answer, and open the file with the answers; the window stays alive meanwhile."""
    dialog = AskingDialog(asks, parent)
    dialog.answered.connect(lambda answers: send(OpenModel(asks.path, answers)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _field(question: Question) -> QSpinBox | QComboBox:
    field: QSpinBox | QComboBox
    if question.choices:
        field = QComboBox()
        field.addItems(question.choices)
        field.setCurrentText(str(question.default))
    else:
        field = QSpinBox()
        field.setRange(question.minimum, question.maximum)
        field.setValue(int(question.default))
    field.setAccessibleName(question.label)
    field.setToolTip(question.help)
    return field


def _value(field: QSpinBox | QComboBox) -> int | str:
    return field.value() if isinstance(field, QSpinBox) else field.currentText()

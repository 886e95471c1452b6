"""A row of joined buttons of which one is pressed: a choice with all answers in sight."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from explorer.ui import theme


@dataclass(frozen=True, slots=True)
class Segment:
    """One answer: its value, its word, and what it means."""

    value: Hashable
    text: str
    help: str


class Segments(QWidget):
    """Shows every answer and lets one be chosen, by pointer or arrow keys."""

    chosen = Signal(object)
    """The value that a person chose."""

    def __init__(
        self, name: str, segments: Sequence[Segment], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._values = [segment.value for segment in segments]
        self._group = QButtonGroup(self)
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for index, segment in enumerate(segments):
            button = _button(segment)
            self._group.addButton(button, index)
            row.addWidget(button)
        row.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda index: self.chosen.emit(self._values[index]))

    @property
    def value(self) -> Hashable:
        """The answer in force."""
        return self._values[self._group.checkedId()]

    def button(self, value: Hashable) -> QToolButton:
        """The button of an answer."""
        found = self._group.button(self._values.index(value))
        assert isinstance(found, QToolButton)
        return found

    def choose(self, value: Hashable) -> None:
        """Press a button from outside; nothing is emitted."""
        self.button(value).setChecked(True)

    def offer(self, values: Sequence[Hashable]) -> None:
        """Show these answers alone."""
        for value in self._values:
            self.button(value).setVisible(value in values)


def _button(segment: Segment) -> QToolButton:
    button = QToolButton()
    button.setText(segment.text)
    button.setToolTip(segment.help)
    button.setAccessibleName(segment.text)
    button.setCheckable(True)
    button.setAutoExclusive(True)
    button.setFont(theme.font("small"))
    return button

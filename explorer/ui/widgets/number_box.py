"""A whole number to type or to step, whose smallest value may have a word of its own."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox, QWidget


class NumberBox(QSpinBox):
    """Counts by ones, by tens where numbers are large, or doubles, as sizes in a model do."""

    def __init__(
        self, low: int, high: int, special: str, *, doubles: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._doubles = doubles
        self.setRange(low, high)
        self.setSpecialValueText(special)
        self.setGroupSeparatorShown(True)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        if high > 1000 and not doubles:
            self.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)

    def stepBy(self, steps: int) -> None:
        """Count on, or double `steps` times, or halve."""
        if not self._doubles:
            super().stepBy(steps)
            return
        value = max(self.value(), 1) * 2.0**steps
        self.setValue(int(min(max(value, self.minimum()), self.maximum())))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let the word for the smallest value be typed, letter by letter."""
        if means_least(text, self.specialValueText()):
            return QValidator.State.Acceptable, text, position
        return super().validate(text, position)

    def valueFromText(self, text: str) -> int:
        """The number, also of the word."""
        if means_least(text, self.specialValueText()):
            return self.minimum()
        return super().valueFromText(text)


def means_least(text: str, special: str) -> bool:
    """Whether a text is the word for the smallest value, or begins like it."""
    typed = text.strip().lower()
    return bool(typed) and special.lower().startswith(typed)

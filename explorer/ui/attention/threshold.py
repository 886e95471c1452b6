"""From which weight on lines are drawn: a slider that is fine near 0, and the number itself."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QWidget

from explorer.ui import theme

_STEPS = 200
_HELP = (
    "Lines of weights below this are not drawn. The weights stay what they are, "
    "and the words beside it say how much is hidden."
)


class Threshold(QWidget):
    """Says and sets a weight from 0 to 1."""

    changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 10)
        self.slider.setFixedWidth(10 * theme.SPACE)
        self.box = QDoubleSpinBox()
        self.box.setRange(0.0, 1.0)
        self.box.setDecimals(3)
        self.box.setSingleStep(0.01)
        self.box.setFont(theme.font("small"))
        name = QLabel("Lines from")
        name.setFont(theme.font("small"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        for part in (name, self.slider, self.box):
            row.addWidget(part)
            part.setToolTip(_HELP)
            part.setAccessibleName("Smallest weight that gets a line")
        self.slider.valueChanged.connect(lambda step: self.box.setValue((step / _STEPS) ** 2))
        self.box.valueChanged.connect(self._take)

    def show_value(self, value: float) -> None:
        """Say another weight."""
        self.box.setValue(value)

    @property
    def value(self) -> float:
        """The weight from which on lines are drawn."""
        return self.box.value()

    def _take(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(_STEPS * value**0.5))
        self.slider.blockSignals(False)
        self.changed.emit(value)

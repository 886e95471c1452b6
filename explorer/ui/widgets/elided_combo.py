"""A list of choices whose current one is elided where it does not fit, never cut."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget


class ElidedCombo(QComboBox):
    """As `QComboBox`; its list is as wide as its longest entry, and headings part the entries."""

    def __init__(self, name: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def add_heading(self, text: str) -> None:
        """A line that names the entries below it and cannot be chosen."""
        self.addItem(text)
        self.setItemData(self.count() - 1, _HEADING, Qt.ItemDataRole.UserRole)
        self.setItemData(self.count() - 1, 0, _FLAGS)
        font = self.font()
        font.setBold(True)
        self.setItemData(self.count() - 1, font, Qt.ItemDataRole.FontRole)

    def add_choice(self, text: str, value: object, help: str) -> None:
        """An entry with a value and a sentence about it."""
        self.addItem(text, value)
        self.setItemData(self.count() - 1, help, Qt.ItemDataRole.ToolTipRole)

    def showPopup(self) -> None:
        """Open the list, wide enough for all that it says."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 2 * _EDGE)
        super().showPopup()

    def shown_text(self) -> str:
        """The current entry as far as there is room for it."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return self._elided(option)

    def _elided(self, option: QStyleOptionComboBox) -> str:
        place = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + _EDGE
        return self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, place.width() - icon
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, and the current entry as far as there is room."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self._elided(option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


_FLAGS = Qt.ItemDataRole.UserRole - 1
"""Where `QStandardItem`, of which a combo box's own model is made, keeps its flags."""
_HEADING = "\0heading"
"""The value of a heading: that of no entry."""
_EDGE = 8

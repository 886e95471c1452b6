"""A column that scrolls by itself, and leaves the keys of the transport to the panel around it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.ui.widgets.chip_flow import VERTICAL_KEYS


class _Scrolling(QScrollArea):
    """Scrolls with the vertical keys alone; the others belong to the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave all but the vertical keys to the panel."""
        if event.key() in VERTICAL_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()


def scrolling(content: QWidget) -> QScrollArea:
    """A column that scrolls where it is higher than there is room."""
    area = _Scrolling(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area

"""The keys of the transport, for controls that would use the arrows to move the focus."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

_KEYS = (Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End)


class ButtonKeys(QObject):
    """Lets the arrows on a panel's buttons be the panel's; those of a switch choose there."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        for button in panel.findChildren(QAbstractButton):
            if not button.autoExclusive():
                button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand a key of the transport on to what is around the button."""
        key = event.key() if isinstance(event, QKeyEvent) else None
        if key in _KEYS and event.type() is QEvent.Type.KeyPress:
            event.ignore()
            return True  # Ignored, so that Qt offers it to the parent.
        return super().eventFilter(watched, event)

"""Leaving in the middle of work: the worker is asked to end, and the window waits for its word."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.messages.commands import Shutdown
from explorer.messages.events import Ended, Event
from explorer.ui.session import Session

_PATIENCE = 20_000
"""Milliseconds after which the user is told why the application is still there."""


class Closing(QObject):
    """Asks the worker to end; `finished` fires once it has said so. It is never killed."""

    finished = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._asked = self.ended = False
        self._patience = QTimer(self)
        self._patience.setInterval(_PATIENCE)
        self._patience.timeout.connect(self._explain)
        session.attach(self)

    def ask(self) -> None:
        """Send the worker home; asking twice changes nothing."""
        if not self._asked:
            self._asked = True
            self._session.send(Shutdown())
            self._patience.start()

    def receive(self, events: Sequence[Event]) -> None:
        """Listen for the worker's last word."""
        if any(isinstance(event, Ended) for event in events):
            self.ended = True
            self._patience.stop()
            self.finished.emit()

    def _explain(self) -> None:
        self._patience.stop()
        box = QMessageBox(
            QMessageBox.Icon.Information,
            "Attention Explorer",
            "The worker is still finishing a step and saving your run.\n"
            "The application ends by itself as soon as that is done.",
        )
        box.setParent(self._window, box.windowFlags())
        self.finished.connect(box.close)
        box.finished.connect(box.deleteLater)
        box.open()

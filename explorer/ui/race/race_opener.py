"""Opens the window of a race, and tells it what the worker tells while it is there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.messages.events import Event

if TYPE_CHECKING:
    from explorer.ui.race.race_window import RaceWindow


class RaceOpener(QObject):
    """Nothing of it costs anything until the window is asked for."""

    requested = Signal(object)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self.window: RaceWindow | None = None

    def open(self) -> None:
        """Show the window; it keeps its race when it is closed and opened again."""
        from explorer.ui.race.race_window import RaceWindow

        if self.window is None:
            self.window = RaceWindow(self._owner)
            self.window.requested.connect(self.requested)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def receive(self, events: Sequence[Event]) -> None:
        """Pass on what happened."""
        if self.window is not None:
            self.window.receive(events)

"""What every panel is: a widget that asks with commands and is told by events."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from explorer.messages.events import Event


class Panel(QWidget):
    """A part of the window that holds no model and asks no other panel.

    Title, dock, menu entry, shortcut and layout persistence follow from the class attributes;
    a new panel is one file and one line in `explorer.ui.panels.PANELS`.
    """

    key: ClassVar[str]
    """Stable name under which the layout is kept."""
    title: ClassVar[str]
    area: ClassVar[Qt.DockWidgetArea]
    shortcut: ClassVar[str]

    requested = Signal(object)
    """Emitted with a `Command` for the worker."""

    def receive(self, events: Sequence[Event]) -> None:
        """Take in what happened since the last frame, oldest first; must return within 4 ms."""
        raise NotImplementedError

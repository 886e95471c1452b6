"""Who gets the room when the window grows: the centre; the sides keep what they were given."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow

_SETTLING = 100
"""Milliseconds in which the layout has followed a resize of the window."""


class SideSizes(QObject):
    """Holds the docks beside and below the centre at their sizes while the window is resized.

    Qt by itself would share out new width in proportion, and give all new height to the bottom.
    """

    def __init__(
        self,
        window: QMainWindow,
        centre: Sequence[QDockWidget],
        sides: Sequence[QDockWidget],
        bottom: Sequence[QDockWidget],
    ) -> None:
        super().__init__(window)
        self._window, self._centre, self._sides, self._bottom = window, centre, sides, bottom
        self._size = window.size()
        self._kept: dict[QObject, QSize] = {}
        self._settling = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._settled)
        for watched in (window, *sides, *bottom):
            watched.installEventFilter(self)

    def forget(self) -> None:
        """Docks were put elsewhere all at once: what they have then is what they keep."""
        self._kept.clear()
        self._size = self._window.size()
        self._settling = True
        self._timer.start(_SETTLING)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell a dock that the user resized from one that only the window's size has moved."""
        if event.type() is QEvent.Type.Resize:
            if watched is self._window:
                self._hold()
            elif isinstance(watched, QDockWidget) and self._is_chosen():
                self._kept[watched] = watched.size()
        return False

    def _is_chosen(self) -> bool:
        return not self._settling and self._window.size() == self._size

    def _hold(self) -> None:
        """The window has a new size, and its layout has just shared it out."""
        if self._window.size() == self._size:
            return
        self._size = self._window.size()
        self._settling = True
        self._timer.start(_SETTLING)
        across = self._in_place(self._centre)
        above, below = self._known(self._sides), self._known(self._bottom)
        if across:
            widths = {dock: self._kept[dock].width() for dock in above}
            self._give(across[0], widths, QSize.width, Qt.Orientation.Horizontal)
            heights = {dock: self._kept[dock].height() for dock in below[:1]}
            self._give(across[0], heights, QSize.height, Qt.Orientation.Vertical)

    def _give(
        self,
        centre: QDockWidget,
        kept: dict[QDockWidget, int],
        along: Callable[[QSize], int],
        orientation: Qt.Orientation,
    ) -> None:
        """The kept sizes to their docks, and what is left to the centre."""
        docks = [centre, *kept]
        left = sum(along(dock.size()) for dock in docks) - sum(kept.values())
        self._window.resizeDocks(docks, [max(1, left), *kept.values()], orientation)

    def _in_place(self, docks: Sequence[QDockWidget]) -> list[QDockWidget]:
        return [dock for dock in docks if _is_in_place(dock)]

    def _known(self, docks: Sequence[QDockWidget]) -> list[QDockWidget]:
        return [dock for dock in self._in_place(docks) if dock in self._kept]

    def _settled(self) -> None:
        self._settling = False
        for dock in self._in_place((*self._centre, *self._sides, *self._bottom)):
            self._kept.setdefault(dock, dock.size())


def _is_in_place(dock: QDockWidget) -> bool:
    """Whether it can be seen in the window; one behind another tab is moved out of it by Qt."""
    return dock.isVisible() and not dock.isFloating() and dock.geometry().right() >= 0

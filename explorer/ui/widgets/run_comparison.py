"""Opens the window that compares runs, and keeps it up to date while it is there."""

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtWidgets import QWidget

from explorer.ui.widgets.run_curves import RunCurves
from explorer.ui.widgets.run_shelf import RunShelf

if TYPE_CHECKING:
    from explorer.ui.widgets.compare_window import CompareWindow


class RunComparison:
    """Nothing of it costs anything until the window is asked for."""

    def __init__(self, curves: RunCurves, owner: QWidget) -> None:
        self._curves, self._owner = curves, owner
        self.shelf = RunShelf()
        self._window: CompareWindow | None = None

    @property
    def window(self) -> "CompareWindow | None":
        """The window, while it is open."""
        if self._window is not None and not shiboken6.isValid(self._window):
            self._window = None
        return self._window

    def open(self) -> None:
        """Show the window; pyqtgraph is imported by the first one (0.2 seconds)."""
        from explorer.ui.widgets.compare_window import CompareWindow

        if self.window is None:
            self._window = CompareWindow(self._owner)
        self.refresh()
        assert self._window is not None
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def refresh(self) -> None:
        """Give the window, if there is one, the newest points."""
        if (window := self.window) is not None:
            window.show_runs(self.shelf.with_present(self._curves))

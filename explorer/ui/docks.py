"""Panels in docks: title bars, the standard arrangement, and how it is kept."""

from collections.abc import Iterable

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStyle,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.dock_sizes import SideSizes
from explorer.ui.icons import icon
from explorer.ui.panel import Panel

_LAYOUT_VERSION = 2
_CENTRE = Qt.DockWidgetArea.TopDockWidgetArea
_COLUMNS = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    _CENTRE,
    Qt.DockWidgetArea.RightDockWidgetArea,
)


class DockTitle(QWidget):
    """A panel's name, and buttons to float and to close it that the keyboard reaches too."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dock = dock
        name = QLabel(dock.windowTitle())
        name.setFont(theme.font("small", bold=True))
        self._float = _title_button(dock.windowTitle(), "Float")
        self._float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self._close = _title_button(dock.windowTitle(), "Close")
        self._close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE + 4, 3, 4, 3)
        row.setSpacing(2)
        row.addWidget(name)
        row.addStretch()
        row.addWidget(self._float)
        row.addWidget(self._close)
        dock.topLevelChanged.connect(self._dress)
        theme.theme().changed.connect(self._dress)
        self._dress()

    def showEvent(self, event: QShowEvent) -> None:
        """Dress for the place: before it had one, the dock was a window of its own."""
        super().showEvent(event)
        self._dress()

    def _dress(self) -> None:
        color, floating = theme.colors().muted, self._dock.isFloating()
        self._close.setIcon(icon("close", color))
        self._close.setToolTip("Close this panel; the View menu brings it back")
        self._float.setIcon(icon("dock" if floating else "float", color))
        self._float.setToolTip(
            "Put this panel back into the window" if floating else "Float this panel on its own"
        )


def _title_button(title: str, verb: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("quiet", True)
    button.setProperty("tight", True)
    button.setIconSize(QSize(12, 12))
    button.setAccessibleName(f"{verb} {title}")
    return button


class PanelDock(QDockWidget):
    """One panel in a dock that can be moved, floated, closed and tabbed with others."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel.title)
        self.setObjectName(panel.key)
        self.panel = panel
        self.area = _CENTRE if panel.area is Qt.DockWidgetArea.NoDockWidgetArea else panel.area
        self.setTitleBarWidget(DockTitle(self))
        self.setWidget(_body(panel))
        action = self.toggleViewAction()
        action.setShortcut(panel.shortcut)
        action.setStatusTip(f"Show or hide the panel “{panel.title}”")


def _body(panel: Panel) -> QFrame:
    frame = QFrame()
    frame.setObjectName("dockBody")
    frame.setSizePolicy(panel.sizePolicy())
    box = QVBoxLayout(frame)
    box.setContentsMargins(1, 0, 1, 1)
    box.addWidget(panel)
    return frame


class Docks:
    """All docks of a window: arranged in the standard way, kept in settings, and restored."""

    def __init__(self, window: QMainWindow, panels: Iterable[Panel]) -> None:
        self._window = window
        self.docks = tuple(PanelDock(panel) for panel in panels)
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._columns = [dock for area in _COLUMNS for dock in self.docks if dock.area is area]
        self._bottom = [dock for dock in self.docks if dock not in self._columns]
        self.arrange()
        centre = [dock for dock in self._columns if dock.area is _CENTRE]
        sides = [dock for dock in self._columns if dock.area is not _CENTRE]
        self._sizes = SideSizes(window, centre, sides, self._bottom)

    def arrange(self) -> None:
        """The standard arrangement: columns above, and what is for the bottom across all."""
        for dock in self.docks:
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        fronts = self._fronts()
        for dock in fronts:
            self._window.addDockWidget(_CENTRE, dock, Qt.Orientation.Horizontal)
        for dock in self._columns:
            if dock not in fronts:
                front = next(other for other in fronts if other.area is dock.area)
                self._window.tabifyDockWidget(front, dock)
        for dock in self._bottom:
            self._window.addDockWidget(
                Qt.DockWidgetArea.BottomDockWidgetArea, dock, Qt.Orientation.Horizontal
            )
        for dock in self.docks:
            dock.show()
        for dock in self._fronts():
            dock.raise_()
        self._share_out(*self._room())

    def _fronts(self) -> list[PanelDock]:
        """The first panel of each column; others of the same column are tabs behind it."""
        seen = {dock.area: dock for dock in reversed(self._columns)}
        return [dock for dock in self._columns if seen[dock.area] is dock]

    def _room(self) -> tuple[int, int]:
        """Width and height that all docks have together."""
        margins = self._window.contentsMargins()
        bars = (self._window.menuWidget(), self._window.statusBar())
        centre = self._window.centralWidget()
        high = sum(bar.sizeHint().height() for bar in (*bars, centre) if bar is not None)
        gap = self._window.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent)
        width = self._window.width() - margins.left() - margins.right()
        return width - gap * (len(self._fronts()) - 1), self._window.height() - high - gap

    def _share_out(self, width: int, height: int) -> None:
        left, right = _between(278, width * 0.21, 330), _between(290, width * 0.235, 430)
        widths = {_COLUMNS[0]: left, _COLUMNS[1]: width - left - right, _COLUMNS[2]: right}
        fronts = self._fronts()
        self._window.resizeDocks(
            fronts, [widths[dock.area] for dock in fronts], Qt.Orientation.Horizontal
        )
        low = _between(180, height * 0.25, 270)
        if len(self._bottom) == 2:  # The second one is narrow, as the column above it.
            widths = [left + width - left - right, right]
            self._window.resizeDocks(self._bottom, widths, Qt.Orientation.Horizontal)
        both = [*self._columns[:1], *self._bottom[:1]]
        self._window.resizeDocks(both, [height - low, low][: len(both)], Qt.Orientation.Vertical)

    def kept(self) -> tuple[bytes, bytes, QSize]:
        """Geometry of the window, state of all docks and the window's size, for `put_back`."""
        geometry, state = self._window.saveGeometry(), self._window.saveState(_LAYOUT_VERSION)
        return bytes(geometry.data()), bytes(state.data()), self._window.size()

    def put_back(self, geometry: bytes, state: bytes, size: QSize) -> bool:
        """Put window and docks where they were; False when that cannot be read.

        The window gets its size unless it had to grow beyond the screen for that.
        """
        # Without the docks that are closed now the window may be smaller.
        found = self._window.restoreState(QByteArray(state), _LAYOUT_VERSION)
        if (layout := self._window.layout()) is not None:
            layout.activate()
        before = self._window.size()
        self._window.restoreGeometry(QByteArray(geometry))
        if not size.isEmpty() and not self._window.isMaximized():
            room = self._window.screen().availableSize().expandedTo(before)
            self._window.resize(size.boundedTo(room))
        self._window.restoreState(QByteArray(state), _LAYOUT_VERSION)
        self._sizes.forget()
        return found

    def save(self, settings: QSettings) -> None:
        """Keep where the window and every dock are."""
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/state", self._window.saveState(_LAYOUT_VERSION))

    def restore(self, settings: QSettings) -> bool:
        """Put window and docks where they were kept; False when nothing was."""
        geometry, state = settings.value("window/geometry"), settings.value("window/state")
        if not (isinstance(geometry, QByteArray) and isinstance(state, QByteArray)):
            return False
        self._window.restoreGeometry(geometry)
        return self._window.restoreState(state, _LAYOUT_VERSION)


def _between(least: int, wanted: float, most: int) -> int:
    return max(least, min(round(wanted), most))

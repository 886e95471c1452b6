"""The scroll bars of a map, which come when it is zoomed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollBar, QWidget

FINE = 16
"""Steps of a scroll bar for a row or column."""


def scroll_bar(parent: QWidget, orientation: Qt.Orientation) -> QScrollBar:
    """A hidden bar that says which rows or columns are seen."""
    made = QScrollBar(orientation, parent)
    which = "rows" if orientation is Qt.Orientation.Vertical else "columns"
    made.setAccessibleName(f"Which {which} of the map are seen")
    made.setCursor(Qt.CursorShape.ArrowCursor)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.hide()
    return made


def set_bar(bar: QScrollBar, value: float, last: float, seen: float) -> None:
    """Show the place on the bar: the first row or column, the last first one, and how many."""
    bar.setRange(0, round(last * FINE))
    bar.setPageStep(max(round(seen * FINE), 1))
    bar.setSingleStep(FINE)
    bar.setValue(round(value * FINE))
    bar.setVisible(last > 0)

"""What was set inside the views themselves: their switches, and which part of the map is seen."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QWidget

from explorer.ui.attention.map_layout import Place
from explorer.ui.attention.map_view import MapView
from explorer.ui.attention.view import View

_SETTLING = 60
"""Milliseconds in which a window that opens has shared out its room."""
Pressed = dict[str, list[str]]
"""Of each view the names of the switches that are pressed."""


def pressed(views: Mapping[str, View]) -> Pressed:
    """Which switches are pressed."""
    return {
        key: [name for name, button in _switches(view) if button.isChecked()]
        for key, view in views.items()
    }


def press(views: Mapping[str, View], values: object) -> None:
    """Press them again, as a hand would; what is not there is left out."""
    if not isinstance(values, Mapping):
        return
    for key, names in values.items():
        view = views.get(str(key))
        if view is None or not isinstance(names, list):
            continue
        for name, button in _switches(view):
            exclusive = button.autoExclusive() or button.group() is not None
            if (name in names) != button.isChecked() and not (exclusive and button.isChecked()):
                button.click()


def _switches(view: QWidget) -> Iterator[tuple[str, QAbstractButton]]:
    """The buttons that stay pressed, by a name that is theirs alone."""
    seen: dict[str, int] = {}
    for button in view.findChildren(QAbstractButton):
        if button.isCheckable():
            name = button.accessibleName() or button.text()
            seen[name] = seen.get(name, 0) + 1
            yield f"{name} {seen[name]}", button


class SeenPart:
    """The part of the map that is to be seen again, as soon as that map is there."""

    def __init__(self) -> None:
        self._wanted: tuple[tuple[int, int], Place] | None = None

    @staticmethod
    def of(view: View) -> list[float]:
        """Rows and columns of the map, zoom, first row and column; empty for a whole map."""
        layout = view.layout_ if isinstance(view, MapView) else None
        if layout is None or layout.place.zoom <= 1:
            return []
        place = layout.place
        return [*layout.shape, place.zoom, place.top, place.left]

    def want(self, values: object) -> None:
        """Remember what `of` told."""
        self._wanted = None
        if isinstance(values, list) and len(values) == 5:
            rows, columns, zoom, top, left = (float(value) for value in values)
            self._wanted = (int(rows), int(columns)), Place(zoom, top, left)

    def see(self, view: View) -> None:
        """Go there, once, if this is the map."""
        if self._wanted is None or not isinstance(view, MapView) or view.layout_ is None:
            return
        shape, place = self._wanted
        if view.layout_.shape == shape:
            self._wanted = None
            view.see(place)
            # What the map holds inside it now, it may not need to when all has its size.
            QTimer.singleShot(_SETTLING, view, lambda: view.see(place))

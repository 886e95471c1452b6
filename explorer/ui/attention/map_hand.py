"""What a hand does to a map: wheel, drag, pinch, click and keys."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QPinchGesture, QToolTip, QWidget

from explorer.ui.attention.map_layout import WHOLE, MapLayout, Place
from explorer.ui.attention.view import View
from explorer.ui.widgets.head_selection import HeadSelection

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_FAR = 1 << 30
_ENDS = {
    Qt.Key.Key_Home: (0, -_FAR),
    Qt.Key.Key_End: (0, _FAR),
    Qt.Key.Key_PageUp: (-_FAR, 0),
    Qt.Key.Key_PageDown: (_FAR, 0),
}
_CLOSER, _FURTHER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal), (Qt.Key.Key_Minus, Qt.Key.Key_Underscore)
_KEY_ZOOM = 1.5
_NOTCH = 120.0
"""Angle of one notch of a wheel, in eighths of a degree."""
_NOTCH_ZOOM = 1.25


class MapHand(View):
    """Keeps the place that is seen and the cell that is pointed at."""

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self._place = WHOLE
        self._cell: tuple[int, int] | None = None
        self._pressed: QPointF | None = None
        self._dragged_from: Place | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)

    @property
    def layout_(self) -> MapLayout | None:
        """Where everything stands; None while there is nothing to show."""
        raise NotImplementedError

    @property
    def cell(self) -> tuple[int, int] | None:
        """Query and key that are pointed at, by the pointer or the arrow keys."""
        return self._cell

    @property
    def place(self) -> Place:
        """What part of the map is seen."""
        return self._place

    def see(self, place: Place) -> None:
        """Show another part, held inside the map."""
        raise NotImplementedError

    def point(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell and say what is there."""
        raise NotImplementedError

    def help_at(self, point: QPoint) -> str:
        """The tooltip for a point."""
        raise NotImplementedError

    def zoom(self, times: float, at: QPointF | None = None) -> None:
        """That many times larger, at a point, else at the pointed cell or the middle."""
        layout = self.layout_
        if layout is None:
            return
        if at is None and self._cell is not None and not layout.frame(*self._cell).isEmpty():
            at = QPointF(layout.frame(*self._cell).center())
        at = at or QPointF(layout.body.center())
        self.see(layout.zoomed(times, at.x(), at.y()))

    def pan(self, x: float, y: float) -> None:
        """Show what is further right and down, in pixels."""
        if self.layout_ is not None and self._place.zoom > 1:
            self.see(self.layout_.moved(x, y))

    # The pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; two fingers on a touch pad, or Shift and the wheel, pan."""
        if self.layout_ is None:
            event.ignore()
            return
        fingers, turned = event.pixelDelta(), event.angleDelta()
        pad = event.device().type() is QInputDevice.DeviceType.TouchPad and not fingers.isNull()
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if pad and not control:
            self.pan(-fingers.x(), -fingers.y())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(-(turned.x() or turned.y()) / 2, 0)
        elif turned.y():
            self.zoom(_NOTCH_ZOOM ** (turned.y() / _NOTCH), event.position())
            self._point_at(event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged_from = event.position(), None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or follow the pointer."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._point_at(event.position())
            return
        moved = self._pressed - event.position()
        far = moved.manhattanLength() >= QApplication.startDragDistance()
        if self._dragged_from is None and far and self._place.zoom > 1:
            self._dragged_from = self._place
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.point(None)
        if self._dragged_from is not None and self.layout_ is not None:
            layout, start = self.layout_, self._dragged_from
            self.see(
                Place(
                    start.zoom,
                    start.top + moved.y() / layout.down,
                    start.left + moved.x() / layout.across,
                )
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag, or choose what was clicked."""
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        clicked = self._dragged_from is None
        near = (self._pressed - event.position()).manhattanLength()
        self._pressed = self._dragged_from = None
        self.unsetCursor()
        if clicked and near < QApplication.startDragDistance():
            self.click(event.position())

    def click(self, at: QPointF) -> None:
        """Choose what is at a point."""
        raise NotImplementedError

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole map."""
        self._pressed = None
        self.see(WHOLE)

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self.point(None)

    def _point_at(self, at: QPointF) -> None:
        layout = self.layout_
        self.point(None if layout is None else layout.at(at.x(), at.y()))

    def event(self, event: QEvent) -> bool:
        """Answer a resting pointer and fingers that pinch."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.help_at(event.pos()), self)
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1 + event.value(), event.position())
                return True
        elif event.type() is QEvent.Type.Gesture:
            return self._pinched(event)
        return super().event(event)

    def _pinched(self, event: QEvent) -> bool:
        gesture = getattr(event, "gesture", lambda _: None)(Qt.GestureType.PinchGesture)
        if not isinstance(gesture, QPinchGesture):
            return False
        middle = self.mapFromGlobal(gesture.centerPoint().toPoint())
        self.zoom(gesture.scaleFactor(), QPointF(middle))
        return True

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over cells, + and − zoom, Home shows all, Enter chooses, Escape lets go."""
        key = Qt.Key(event.key())
        if self.layout_ is None or not self._press(key, event.modifiers()):
            super().keyPressEvent(event)

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether the key meant something."""
        if key in _CLOSER or key in _FURTHER:
            self.zoom(_KEY_ZOOM if key in _CLOSER else 1 / _KEY_ZOOM)
        elif key is Qt.Key.Key_Home and self._place.zoom > 1:
            self.see(WHOLE)
        elif key in _STEPS and modifiers & Qt.KeyboardModifier.ShiftModifier:
            down, right = _STEPS[key]
            self.pan(right * self.width() / 5, down * self.height() / 5)
        elif key in _STEPS or key in _ENDS:
            self._walk(*(_STEPS | _ENDS)[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell:
            self.choose(*self._cell)
        elif key is Qt.Key.Key_Escape:
            return self._let_go()
        else:
            return False
        return True

    def choose(self, query: int | None, key: int | None) -> None:
        """Take tokens into the selection, or let them go when they are in it."""
        chosen = (self.selection.query, self.selection.key)
        self.selection.pick(*(None, None) if (query, key) == chosen else (query, key))

    def _let_go(self) -> bool:
        if self._cell is not None:
            self.point(None)
        elif (self.selection.query, self.selection.key) != (None, None):
            self.selection.pick(None, None)
        else:
            return False
        return True

    def _walk(self, down: int, right: int) -> None:
        layout = self.layout_
        if layout is None:
            return
        (queries, keys), cell = layout.shape, self._cell
        if cell is None:
            rows, columns = layout.in_view
            cell = self._start(rows, columns)
        else:
            cell = (
                min(max(cell[0] + down, 0), queries - 1), min(max(cell[1] + right, 0), keys - 1)
            )  # fmt: skip
        if self._place.zoom > 1:
            self.see(layout.showing(*cell))
        self.point(cell)

    def _start(self, rows: slice, columns: slice) -> tuple[int, int]:
        """Where the arrow keys begin: at what is chosen, else in the corner of what is seen."""
        query, key = self.selection.query, self.selection.key
        seen = query is not None and rows.start <= query < rows.stop
        return (
            query if query is not None and seen else rows.start,
            key if key is not None and columns.start <= key < columns.stop else columns.start,
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the arrow keys are."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And less so again."""
        self.update()

"""The track that time is dragged along: kept steps, what happened, and the curves of a sentence."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.messages.happenings import Happening
from explorer.ui import theme
from explorer.ui.travel import track_paint
from explorer.ui.travel.axis import TimeAxis, neighbour
from explorer.ui.travel.track_paint import Picture
from explorer.ui.travel.voyage import Course
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.painting import paint_safely

_EDGE = theme.SPACE
_HEIGHT = 6 * theme.SPACE
_NEAR = 5
"""Pixels from a mark within which the pointer means it."""
_PAGE = 5
"""Kept steps that Page Up and Page Down go."""
_HELP = (
    "Drag to look at the weights of then; the right end is now. Arrow keys go from one kept step "
    "to the next, Page Up and Page Down five, Home to the first, End to now; Space plays."
)


class TimeTrack(QWidget):
    """Says where a person wants to be; it moves only when it is told to."""

    moved = Signal(object)
    """The kept step that a person went to; None: now."""
    let_go = Signal()
    """The pointer holds it no more."""
    touched = Signal()
    """The pointer has come: somebody may be about to travel."""
    played = Signal()
    """Space was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kept: tuple[int, ...] = ()
        self.step: int | None = None
        """Where the knob stands; None: now."""
        self.marks: tuple[Happening, ...] = ()
        self.mark_words: tuple[str, ...] = ()
        self.axis = TimeAxis()
        self.courses: tuple[Course, ...] = ()
        self.colors: tuple[str, ...] = ()
        self.dragging = False
        self._hover: QPoint | None = None
        self._still, self._still_is_of = QPixmap(), tuple[object, ...]()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Time in training")
        self.setAccessibleDescription(_HELP)
        theme.theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room, and two lines high."""
        return QSize(60 * theme.SPACE, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Still to be dragged."""
        return QSize(16 * theme.SPACE, _HEIGHT)

    # What is shown

    def show_kept(self, kept: Sequence[int], last: int) -> None:
        """These steps can be gone to, of a run that has come to `last`."""
        if (tuple(kept), last) != (self.kept, self.axis.last):
            self.kept = tuple(kept)
            self.axis = TimeAxis(last, self.axis.log)
            self.update()

    def show_log(self, log: bool) -> None:
        """Lay steps out by their logarithm, or evenly."""
        self.axis = TimeAxis(self.axis.last, log)
        self.update()

    def show_step(self, step: int | None) -> None:
        """Put the knob to a step, or to now."""
        if step != self.step:
            self.step = step
            self.setAccessibleDescription(f"{_where(step)}. {_HELP}")
            self.update()

    def show_courses(self, courses: Sequence[Course]) -> None:
        """Draw these over the steps, the first one filled."""
        self.courses = tuple(courses)
        self.update()

    def show_marks(self, marks: Sequence[Happening], words: Sequence[str]) -> None:
        """Flag where something happened, with the words for it."""
        self.marks, self.mark_words = tuple(marks), tuple(words)
        self.update()

    @property
    def area(self) -> QRectF:
        """Where steps lie, from the first to the last."""
        return QRectF(self.rect()).adjusted(_EDGE, 0, -_EDGE, 0)

    def x_of(self, step: int | None) -> float:
        """Where a step lies, in pixels; that of now at the right end."""
        area = self.area
        place = 1.0 if step is None else self.axis.place(step)
        return area.left() + place * area.width()

    # The pointer and the keyboard

    def _at(self, x: float) -> int | None:
        """What a place along the track means: a kept step, or behind the last one now."""
        area = self.area
        place = (x - area.left()) / max(1.0, area.width())
        if place >= 1.0:
            return None
        return self.axis.nearest(place, self.kept)

    def mark_at(self, x: float) -> Happening | None:
        """What happened close to this place."""
        near = [(abs(self.x_of(mark.step) - x), n) for n, mark in enumerate(self.marks)]
        distance, number = min(near, default=(_NEAR + 1.0, 0))
        return self.marks[number] if distance <= _NEAR else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold, and go there; a click on a mark goes to its step."""
        if event.button() is not Qt.MouseButton.LeftButton or not self.kept:
            return
        self.dragging = True
        x = event.position().x()
        mark = self.mark_at(x) if event.position().y() < track_paint.FLAGS else None
        self._go(self.axis.nearest(self.axis.place(mark.step), self.kept) if mark else self._at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or point."""
        self._hover = event.position().toPoint()
        if self.dragging:
            self._go(self._at(event.position().x()))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self.dragging:
            self.dragging = False
            self.let_go.emit()
            self.update()

    def enterEvent(self, event: QEvent) -> None:
        """Somebody may be about to travel."""
        self.touched.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._hover = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Up is back in time."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned and self.kept:
            self._go(neighbour(self.kept, self.step, -1 if turned > 0 else 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From one kept step to another, to the ends, and play."""
        by = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -_PAGE, Qt.Key.Key_PageUp: _PAGE,
            Qt.Key.Key_Home: -len(self.kept) - 1, Qt.Key.Key_End: len(self.kept) + 1,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if event.key() == Qt.Key.Key_Space and self.kept:
            self.played.emit()
        elif by is not None and self.kept:
            self._go(neighbour(self.kept, self.step, by))
        else:
            super().keyPressEvent(event)

    def _go(self, step: int | None) -> None:
        if step != self.step:
            self.moved.emit(step)

    def event(self, event: QEvent) -> bool:
        """A tooltip tells what happened, or what the step under the pointer is."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self.kept:
            QToolTip.showText(event.globalPos(), self.help_at(event.pos().x()), self)
            return True
        return super().event(event)

    def help_at(self, x: float) -> str:
        """What there is to know of a place along the track."""
        mark = self.mark_at(x)
        if mark is not None:
            near = [n for n, m in enumerate(self.marks) if abs(m.step - mark.step) <= 0]
            return "\n".join(self.mark_words[n] for n in near[:6]) + "\nClick to go there."
        step = self._at(x)
        lines = [_where(step), *(self._value(course, step) for course in self.courses)]
        return "\n".join(line for line in lines if line)

    def _value(self, course: Course, step: int | None) -> str:
        if not len(course.steps_S):
            return ""
        place = -1 if step is None else int(np.abs(course.steps_S - step).argmin())
        return f"{course.title}: {course.values_S[place]:.2f}"

    # What is drawn

    def paintEvent(self, event: QPaintEvent) -> None:
        """The track, and the knob over it."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        hovered = None if self._hover is None or not self.kept else self._at(self._hover.x())
        x = None if self._hover is None or not self.kept else self.x_of(hovered)
        picture = Picture(
            QRectF(self.rect()), self.area, self.axis, self.kept, self.courses, self.colors,
            tuple(mark.step for mark in self.marks), self.x_of(self.step), x,
            None if x is None else _where(hovered), self.step is None, self.hasFocus(),
            self.isEnabled(),
        )  # fmt: skip
        painter.drawPixmap(0, 0, self._still_of(picture))
        track_paint.paint_moving(painter, picture)

    def _still_of(self, picture: Picture) -> QPixmap:
        """What stands still while time is dragged, drawn once."""
        ratio, dark = self.devicePixelRatioF(), theme.colors().dark
        of = (
            self.size(), ratio, dark, self.axis, self.kept, self.courses, self.colors,
            picture.marks, picture.enabled,
        )  # fmt: skip
        if not _same(of, self._still_is_of):
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._still)
            track_paint.paint_still(painter, picture)
            painter.end()
            self._still_is_of = of
        return self._still


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether both name the same things; curves hold arrays, and are the same if it is they."""
    return len(one) == len(other) and all(
        a is b or (not _has_arrays(a) and a == b) for a, b in zip(one, other, strict=True)
    )


def _has_arrays(part: object) -> bool:
    return isinstance(part, tuple) and any(isinstance(one, Course) for one in part)


def _where(step: int | None) -> str:
    return "now" if step is None else f"step {count(step)}"


def place_of(track: TimeTrack, step: int | None) -> QPointF:
    """A point on the track to press for a step."""
    return QPointF(track.x_of(step) + (1 if step is None else 0), track.height() * 0.6)

"""All heads at a glance: one widget, one picture made by numpy, a small map for each head."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.messages.results import Site, SiteKind
from explorer.ui import theme
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_atlas import AllowedKinds, HeadAtlas, Layout
from explorer.ui.widgets.head_grid_layout import (
    COMFORTABLE,
    GAP,
    LEFT,
    arrange,
    shape_of,
    smallest,
)
from explorer.ui.widgets.head_order_layout import in_order
from explorer.ui.widgets.head_selection import Head, Heads, HeadSelection
from explorer.ui.widgets.key_groups import Groups, paint_groups
from explorer.ui.widgets.painting import paint_safely

_SLICE = 0.002
"""Seconds that one paint may spend on maps; what is left over comes with the next."""
_PAUSE = 3
"""Milliseconds in between, for everything else that the window does."""
_ENDLESS = 10_000
_PIN = "\nClick to show it large; Ctrl+click or P pins it beside others."
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Home: (-1000, 0),
    Qt.Key.Key_End: (1000, 0),
    Qt.Key.Key_PageUp: (0, -1000),
    Qt.Key.Key_PageDown: (0, 1000),
}


class HeadGrid(QWidget):
    """Small maps of all heads; the pointer or the arrow keys choose one.

    The pixels are made when they are painted, so a grid that nobody sees costs nothing.
    """

    hovered = Signal(object)
    """(site, head) under the pointer, or None."""

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = selection
        self._heads: Heads = {}
        self._allowed: AllowedKinds = {}
        self._kinds: tuple[SiteKind, ...] = words.KINDS
        self._shape: tuple[tuple[Site, int], ...] = ()
        self._order: tuple[Head, ...] | None = None
        self._layout: Layout = arrange((), 0, 0)
        self._style, self._signed = MapStyle(), False
        self._dimmed = False
        self._hot: tuple[Site, int] | None = None
        self.groups: Groups = {}
        self._atlas = HeadAtlas()
        self._laid_out = False
        self._resume = QTimer(self)
        self._resume.setSingleShot(True)
        self._resume.setInterval(_PAUSE)
        self._resume.timeout.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("All heads")
        self.setAccessibleDescription("A small map a head: arrows choose, P pins beside others.")
        selection.follow(self._chosen)
        theme.theme().changed.connect(self._lay_out)

    @property
    def shown(self) -> Layout:
        """Where the maps stand now."""
        return self._layout

    @property
    def is_whole(self) -> bool:
        """Whether every map has been drawn from the newest weights."""
        return self._laid_out and self._atlas.is_whole

    def show_heads(
        self, heads: Heads, allowed: AllowedKinds | None = None, *, signed: bool = False
    ) -> None:
        """Show new weights, heads × queries × keys a site; the layout stays if their sites do."""
        self._heads, self._allowed, self._signed = heads, allowed or {}, signed
        self._reshape()
        self._refresh()

    def show_kinds(self, kinds: Sequence[SiteKind]) -> None:
        """Show these groups alone, in this order."""
        self._kinds = tuple(kinds)
        self._reshape()

    def put_in_order(self, order: Sequence[Head] | None) -> None:
        """Show these heads alone, one after the other; None: all, a row a layer."""
        order = None if order is None else tuple(order)
        if order != self._order:
            self._order = order
            self._set_smallest()
            self._arrange()

    def restyle(self, style: MapStyle) -> None:
        """Colour weights otherwise."""
        self._style = style
        self._refresh()

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def sizeHint(self) -> QSize:
        """Room for readable maps."""
        return self.room(320, _ENDLESS)

    def room(self, width: int, height: int) -> QSize:
        """What the maps would use of a space; of a high one only as much as is comfortable."""
        if height >= _ENDLESS:
            columns = max((heads for _, heads in self._shape), default=1)
            width = min(width, LEFT + columns * (COMFORTABLE + GAP))
        made = arrange(self._shape, width, height)
        return QSize(made.width, made.height)

    def chosen_place(self) -> QRect | None:
        """Where the chosen head stands; None when it is not shown."""
        site, side = self.selection.site, self._layout.side
        place = self._layout.place(site, self.selection.head) if site is not None else None
        return None if place is None else QRect(*place, side, side)

    def _reshape(self) -> None:
        shape = shape_of(self._heads, self._kinds)
        if shape != self._shape:
            self._shape = shape
            self._hot = None
            self._set_smallest()
            self._arrange()

    def _set_smallest(self) -> None:
        self.setMinimumSize(*smallest(self._shape))

    def _arrange(self) -> None:
        if self._order is None:
            self._layout = arrange(self._shape, self.width(), self.height(), breaks=True)
        else:
            there = {site for site, _ in self._shape}
            order = [head for head in self._order if head[0] in there]
            self._layout = in_order(order, self.width(), self.height())
            self.setMinimumHeight(min(self._layout.height, _ENDLESS))
        self._lay_out()

    def _lay_out(self) -> None:
        self._laid_out = False
        self.update()

    def _refresh(self) -> None:
        self._atlas.show(self._heads, self._allowed, self._style, signed=self._signed)
        self.update()

    def _chosen(self) -> None:
        site = self.selection.site
        if site is not None:
            self.setAccessibleDescription(words.head_name(site, self.selection.head))
        self.update()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the maps into the new size."""
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the one picture and the marks on it."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        if not self._laid_out or self._atlas.picture.devicePixelRatio() != ratio:
            self._atlas.lay_out(self._layout, self.size(), ratio)
            self._laid_out = True
        if not self._atlas.work(_SLICE):
            self._resume.start()
        painter.setOpacity(0.35 if self._dimmed else 1.0)
        painter.drawImage(0, 0, self._atlas.picture)
        self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        c = theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_groups(painter, self._layout, self.groups)
        if self._hot is not None:
            self._outline(painter, *self._hot, QPen(QColor(c.muted), 1.5))
        for site, head in self.selection.pinned:
            self._paint_pin(painter, site, head)
        if self.selection.site is not None:
            width = 3.0 if self.hasFocus() else 2.0
            pen = QPen(QColor(c.accent), width)
            self._outline(painter, self.selection.site, self.selection.head, pen)

    def _outline(self, painter: QPainter, site: Site, head: int, pen: QPen) -> None:
        place, side = self._layout.place(site, head), self._layout.side
        if place is None:
            return
        frame = QRectF(*place, side, side)
        grow = pen.widthF() / 2
        painter.setPen(pen)
        painter.drawRoundedRect(frame.adjusted(-grow, -grow, grow, grow), 2, 2)

    def _paint_pin(self, painter: QPainter, site: Site, head: int) -> None:
        """A dot in the head's colour at the map's corner."""
        place = self._layout.place(site, head)
        if place is not None:
            painter.setPen(QPen(QColor(theme.colors().surface), 1.5))
            painter.setBrush(theme.head_color(head))
            painter.drawEllipse(QRectF(place[0] + self._layout.side - 7, place[1] - 3, 10, 10))
            painter.setBrush(Qt.BrushStyle.NoBrush)

    # Choosing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the map under the pointer."""
        self._point(self._layout.at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Unmark it."""
        self._point(None)

    def _point(self, hot: tuple[Site, int] | None) -> None:
        if hot == self._hot:
            return
        self._hot = hot
        shape = Qt.CursorShape.PointingHandCursor if hot else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.hovered.emit(hot)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the map under the pointer; with Ctrl, pin it beside others."""
        found = self._layout.at(event.position().x(), event.position().y())
        if found is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.selection.pin(*found)
        else:
            self.selection.choose(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbour, Home and End along the row, Page keys along the column.

        P or the space bar pins the chosen head.
        """
        if event.key() in (Qt.Key.Key_P, Qt.Key.Key_Space) and self.selection.site is not None:
            self.selection.pin(self.selection.site, self.selection.head)
            return
        steps = _STEPS.get(Qt.Key(event.key()))
        found = None
        if steps is not None:
            found = self._layout.step(self.selection.site, self.selection.head, *steps)
        if found is None:
            super().keyPressEvent(event)
            return
        self.selection.choose(*found)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the arrow keys begin."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the stronger frame back."""
        self.update()

    def event(self, event: QEvent) -> bool:
        """Answer a resting pointer with the head's name and what it does."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._layout.at(event.pos().x(), event.pos().y())
            text = (
                f"{words.head_name(*found)}\n{words.MEANINGS[found[0].kind]}{_PIN}" if found else ""
            )
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

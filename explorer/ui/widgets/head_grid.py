"""All heads at a glance: one widget, one picture made by numpy, a small map for each head."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QImage,
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
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import raster
from explorer.ui.widgets.head_grid_layout import (
    COMFORTABLE,
    GAP,
    LEFT,
    GridLayout,
    arrange,
    shape_of,
    smallest,
)
from explorer.ui.widgets.head_selection import Heads, HeadSelection
from explorer.ui.widgets.painting import paint_safely

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
        self._kinds: tuple[SiteKind, ...] = words.KINDS
        self._shape: tuple[tuple[Site, int], ...] = ()
        self._layout: GridLayout = arrange((), 0, 0)
        self._own_range = False
        self._dimmed = False
        self._hot: tuple[Site, int] | None = None
        self._pixels = np.zeros((1, 1), np.uint32)
        self._picture = QImage()
        self._stale = True
        self._font = theme.font("small")
        self._bold = theme.font("small", bold=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("All heads")
        selection.follow(self._chosen)
        theme.theme().changed.connect(self._redraw)

    @property
    def shown(self) -> GridLayout:
        """Where the maps stand now."""
        return self._layout

    def show_heads(self, heads: Heads) -> None:
        """Show new weights, heads × queries × keys a site; the layout stays if their sites do."""
        self._heads = heads
        self._reshape()
        self._redraw()

    def show_kinds(self, kinds: Sequence[SiteKind]) -> None:
        """Show these groups alone, in this order."""
        self._kinds = tuple(kinds)
        self._reshape()
        self._redraw()

    def use_own_range(self, own: bool) -> None:
        """Let the strongest colour stand for each map's largest weight instead of for 1."""
        self._own_range = own
        self._redraw()

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def sizeHint(self) -> QSize:
        """Room for readable maps."""
        return self.room(320, 10_000)

    def room(self, width: int, height: int) -> QSize:
        """What the maps would use of a space; of a high one only as much as is comfortable."""
        made = arrange(self._shape, width, height)
        if height >= 10_000:
            made = arrange(
                self._shape, min(width, LEFT + self._columns() * (COMFORTABLE + GAP)), height
            )
        return QSize(made.width, made.height)

    def chosen_place(self) -> QRect | None:
        """Where the chosen head stands; None when it is not shown."""
        site = self.selection.site
        top = self._layout.top(site) if site is not None else None
        side = self._layout.side
        return (
            None if top is None else QRect(self._layout.left(self.selection.head), top, side, side)
        )

    def _columns(self) -> int:
        return max((heads for _, heads in self._shape), default=1)

    def _reshape(self) -> None:
        shape = shape_of(self._heads, self._kinds)
        if shape != self._shape:
            self._shape = shape
            self._hot = None
            self.setMinimumSize(*smallest(shape))
            self._arrange()

    def _arrange(self) -> None:
        self._layout = arrange(self._shape, self.width(), self.height())

    def _redraw(self) -> None:
        self._stale = True
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
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the one picture and the marks on it."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        if self._stale or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._render()
        painter.setOpacity(0.35 if self._dimmed else 1.0)
        painter.drawImage(0, 0, self._picture)
        self._paint_marks(painter)

    def _render(self) -> None:
        """All maps into one picture, made anew only when its size changes."""
        ratio = self.devicePixelRatioF()
        wide, high = round(self.width() * ratio), round(self.height() * ratio)
        if self._pixels.shape != (high, wide):
            self._pixels = np.zeros((max(high, 1), max(wide, 1)), np.uint32)
            self._picture = QImage(
                self._pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGB32
            )
        self._picture.setDevicePixelRatio(ratio)
        c = theme.colors()
        self._pixels[:] = QColor(c.surface).rgb()
        table = raster.palette(c.dark, QColor(c.bad).rgb() & 0xFFFFFF)
        for row in self._layout.rows:
            self._render_row(row.site, row.y, ratio, table)
        painter = QPainter(self._picture)
        self._paint_labels(painter)
        painter.end()
        self._stale = False

    def _render_row(self, site: Site, top: int, ratio: float, table: raster.Words) -> None:
        weights_HQK = self._heads[site]
        if not weights_HQK.size:
            return
        side = round(self._layout.side * ratio)
        peak = weights_HQK.max(axis=(1, 2), keepdims=True) if self._own_range else 1.0
        pixels_HYX = raster.pixels(weights_HQK, peak, table, side - 2, side - 2)
        y = round(top * ratio)
        frame = QColor(theme.colors().line).rgb()
        for head, pixels_YX in enumerate(pixels_HYX):
            x = round(self._layout.left(head) * ratio)
            self._pixels[y : y + side, x : x + side] = frame
            self._pixels[y + 1 : y + side - 1, x + 1 : x + side - 1] = pixels_YX

    def _paint_labels(self, painter: QPainter) -> None:
        c = theme.colors()
        side = self._layout.side
        middle = Qt.AlignmentFlag.AlignCenter
        painter.setFont(self._font)
        painter.setPen(QColor(c.muted))
        for row in self._layout.rows:
            place = QRect(0, row.y, LEFT - 6, side)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"layer {row.site.layer + 1}")
        painter.drawText(QRect(0, 0, LEFT - 6, 14), Qt.AlignmentFlag.AlignVCenter, "head")
        for head in range(self._columns()):
            x = self._layout.left(head)
            painter.drawText(QRect(x, 0, side, 13), middle, str(head + 1))
            painter.fillRect(QRect(x + side // 2 - 5, 14, 10, 2), theme.head_color(head))
        painter.setFont(self._bold)
        painter.setPen(QColor(c.text))
        base = QFontMetrics(self._bold).ascent()
        for kind, y in self._layout.titles:
            painter.drawText(QPoint(LEFT, y + 3 + base), words.NAMES[kind])

    def _paint_marks(self, painter: QPainter) -> None:
        c = theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hot is not None:
            self._outline(painter, *self._hot, QPen(QColor(c.muted), 1.5))
        if self.selection.site is not None:
            width = 3.0 if self.hasFocus() else 2.0
            pen = QPen(QColor(c.accent), width)
            self._outline(painter, self.selection.site, self.selection.head, pen)

    def _outline(self, painter: QPainter, site: Site, head: int, pen: QPen) -> None:
        top = self._layout.top(site)
        if top is None:
            return
        side = self._layout.side
        frame = QRectF(self._layout.left(head), top, side, side)
        grow = pen.widthF() / 2
        painter.setPen(pen)
        painter.drawRoundedRect(frame.adjusted(-grow, -grow, grow, grow), 2, 2)

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
        """Choose the map under the pointer."""
        found = self._layout.at(event.position().x(), event.position().y())
        if found is not None:
            self.selection.choose(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbour, Home and End along the row, Page keys along the column."""
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
            text = f"{words.head_name(*found)}\n{words.MEANINGS[found[0].kind]}" if found else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

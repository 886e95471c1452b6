"""One head, large: every weight a cell, tokens on both axes, from the whole to a few cells."""

from PySide6.QtCore import QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention import map_layout, map_paint
from explorer.ui.attention.map_hand import MapHand
from explorer.ui.attention.map_labels import Labels
from explorer.ui.attention.map_layout import SCROLL, TITLE, WHOLE, MapLayout, Place
from explorer.ui.attention.map_scene import MapScene
from explorer.ui.attention.map_scroll import FINE, scroll_bar, set_bar
from explorer.ui.attention.map_source import MapSource
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.tiles import Tiles
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.painting import paint_safely

_PAPER_CELL = 26
"""Pixels that a cell takes on paper, where there are not too many."""


class MapView(MapHand):
    """The chosen head's weights, queries down and keys across.

    What does not follow the pointer is kept as a picture, so that pointing costs a copy and a few
    lines. A large map is drawn from tiles that other threads make.
    """

    key = "map"
    title = "Map"
    help = (
        "One head as a map: a row for each token that looks, a column for each token that is "
        "looked at. The wheel zooms, dragging moves, a double click or Home shows all."
    )

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self.tiles = Tiles(self)
        self._scene = MapScene(self.tiles, selection)
        self._layout: MapLayout | None = None
        self._picture = QPixmap()
        self._fresh = False
        self._marked_key = -1
        self._bars = (
            scroll_bar(self, Qt.Orientation.Vertical),
            scroll_bar(self, Qt.Orientation.Horizontal),
        )
        for bar in self._bars:
            bar.valueChanged.connect(self._scrolled)
        self.setMinimumSize(240, 200)
        self.setToolTip("")
        selection.follow(self._follow)
        self.tiles.came.connect(self._redraw)
        theme.theme().changed.connect(self._rearrange)

    # What is shown

    @property
    def layout_(self) -> MapLayout | None:
        """Where everything stands; None while there is nothing to show."""
        return self._layout

    @property
    def is_whole(self) -> bool:
        """Whether the picture is as fine as it will be."""
        return self._fresh and not self.tiles.busy

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace, or the same one read otherwise; None: nothing."""
        super().show_attention(shown)
        self._follow()
        self.tiles.forget(self._scene.source)
        self._scene.large.forget()

    def restyle(self, style: MapStyle) -> None:
        """Colour weights otherwise."""
        super().restyle(style)
        self._scene.style = style
        self._redraw()

    def mark_key(self, key: int) -> None:
        """Frame the column of a key that is pointed at elsewhere; -1: of none."""
        if key != self._marked_key:
            self._marked_key = key
            self.update()

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(560, 480)

    def _follow(self) -> None:
        """Show the chosen head; the place stays while the map keeps its shape."""
        shown, site, head = self.shown, self.selection.site, self.selection.head
        source = None
        weights = None if shown is None or site is None else shown.trace.weights.get(site)
        if shown is not None and site is not None and weights is not None:
            source = MapSource(shown, site, head) if head < weights.shape[0] else None
        if source is not None and 0 in source.shape:
            source = None
        before, self._scene.source = self._scene.source, source
        if source is None:
            self._layout, self._place = None, WHOLE
            self.point(None)
        elif before is None or source != before:
            self._take(source, before)
        self._describe()
        self._redraw()

    def _take(self, source: MapSource, before: MapSource | None) -> None:
        kind = source.site.kind
        tokens = source.shown.queries(kind), source.shown.keys(kind)
        if before is None or before.shape != source.shape:
            self._place = WHOLE
        if tokens != tuple(labels.tokens for labels in self._scene.labels) or (
            before is None or before.site.kind is not kind
        ):
            self._scene.labels = (Labels(tokens[0], kind), Labels(tokens[1], None))
        self._rearrange()
        cell, (queries, keys) = self._cell, source.shape
        if cell is not None:
            kept = cell[0] < queries and cell[1] < keys
            self._cell = None
            self.point(cell if kept else None)

    def _describe(self) -> None:
        source = self._scene.source
        if source is None:
            self.setAccessibleDescription("Nothing to show")
            return
        parts = [words.head_name(source.site, source.head), self.reading()]
        self.setAccessibleDescription(". ".join(part for part in parts if part))

    # Places

    def _arranged(self, size: QSizeF, place: Place) -> MapLayout | None:
        if self._scene.source is None:
            return None
        font = theme.font("small")
        widest = self._scene.labels[0].widest(font), self._scene.labels[1].widest(font)
        shape = self._scene.source.shape
        return map_layout.arrange(shape, widest, size, QFontMetrics(font), place)

    def _rearrange(self) -> None:
        self._layout = self._arranged(QSizeF(self.size()), self._place)
        if self._layout is not None:
            self._place = self._layout.place
        self._set_bars()
        self._redraw()

    def see(self, place: Place) -> None:
        """Show another part, held inside the map."""
        self._place = place if place.zoom > 1 else WHOLE
        self._rearrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the map into the new size."""
        self._rearrange()

    def _set_bars(self) -> None:
        layout = self._layout
        for bar in self._bars:
            bar.blockSignals(True)
        if layout is None or layout.place.zoom <= 1:
            for bar in self._bars:
                bar.hide()
        else:
            body, (last_row, last_column) = layout.body, layout.furthest
            right, below = body.right() + 3, body.bottom() + 2
            self._bars[0].setGeometry(right, body.top(), SCROLL - 2, body.height())
            self._bars[1].setGeometry(body.left(), below, body.width(), SCROLL - 2)
            rows, columns = body.height() / layout.down, body.width() / layout.across
            set_bar(self._bars[0], layout.place.top, last_row, rows)
            set_bar(self._bars[1], layout.place.left, last_column, columns)
        for bar in self._bars:
            bar.blockSignals(False)

    def _scrolled(self) -> None:
        top, left = (bar.value() / FINE for bar in self._bars)
        self.see(Place(self._place.zoom, top, left))

    # Painting

    def _redraw(self) -> None:
        self._fresh = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the kept picture and the marks of the pointer."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        if self._layout is None:
            return
        ratio = self.devicePixelRatioF()
        if not self._fresh or self._picture.devicePixelRatio() != ratio:
            self._paint_picture(self._layout, ratio)
        painter.setOpacity(0.35 if self.dimmed else 1.0)
        painter.drawPixmap(0, 0, self._picture)
        painter.setFont(theme.font("small"))
        if self._cell is not None:
            self._scene.paint_pointed(painter, self._layout, self._cell, strong=self.hasFocus())
        elif 0 <= self._marked_key < self._layout.shape[1]:
            self._scene.paint_marked_key(painter, self._layout, self._marked_key)

    def _paint_picture(self, layout: MapLayout, ratio: float) -> None:
        if self._picture.size() != self.size() * ratio:
            self._picture = QPixmap(self.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(QColor(theme.colors().surface))
        self._fresh = True
        painter = QPainter(self._picture)
        self._scene.draw(painter, layout, ratio, on_screen=True)
        painter.end()

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the part that is seen into (0, 0, size), text as text."""
        layout = self._arranged(size, self._place)
        if layout is not None:
            self._scene.draw(painter, layout, 2.0, on_screen=False)

    def paper_size(self) -> QSizeF:
        """Cells large enough for numbers, or a square when there are very many."""
        layout = self._layout
        if layout is None:
            return QSizeF(self.size())
        rows, columns = (part.stop - part.start for part in layout.in_view)
        font = theme.font("small")
        left = TITLE + min(self._scene.labels[0].widest(font), 220) + 24
        top = TITLE + min(self._scene.labels[1].widest(font), 160) + 24
        cell = min(max(_PAPER_CELL, map_paint.ROOM_FOR_NUMBER[0] + 2), 900 / max(rows, columns))
        return QSizeF(
            left * 1.0 + columns * cell + 90, max(top * 1.35 + rows * cell * 0.8 + SCROLL, 200)
        )

    # Pointing

    def point(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell and say what is there."""
        if cell != self._cell:
            self._cell = cell
            self.pointed.emit(self.reading())
            self._describe()
            self.update()

    def reading(self) -> str:
        """The pointed weight as a sentence; empty when nothing is pointed at."""
        source = self._scene.source
        if self._cell is None or source is None:
            return ""
        weight = source.weight(*self._cell)
        return words.reading_of(source.shown, source.site.kind, *self._cell, weight)

    def click(self, at: QPointF) -> None:
        """Choose the cell at a point, or beside the map the token of the label there."""
        layout = self._layout
        if layout is None:
            return
        cell = layout.at(at.x(), at.y())
        query, key = cell or self._label_at(layout, at)
        if (query, key) != (None, None):
            self.choose(query, key)

    def _label_at(self, layout: MapLayout, at: QPointF) -> tuple[int | None, int | None]:
        """The row or the column whose label is at a point."""
        body = layout.body
        if TITLE < at.x() < body.left():
            found = layout.at(body.left(), at.y())
            return (found[0] if found else None), None
        if TITLE < at.y() < body.top():
            found = layout.at(at.x(), body.top())
            return None, (found[1] if found else None)
        return None, None

    def help_at(self, point: QPoint) -> str:
        """The tooltip for a point; empty over the map itself, where the reading speaks."""
        layout, source = self._layout, self._scene.source
        if layout is None or source is None or layout.body.contains(point):
            return ""
        query, key = self._label_at(layout, QPointF(point))
        if query is not None:
            return words.token_help(self._scene.labels[0].tokens[query])
        if key is not None:
            return words.token_help(self._scene.labels[1].tokens[key])
        return words.MEANINGS[source.site.kind]

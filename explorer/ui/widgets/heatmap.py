"""One head, large: every weight a cell, tokens on both axes, the value under the pointer."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.messages.results import Floats, SiteKind, Token
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import heatmap_paint, token_axis
from explorer.ui.widgets.heatmap_layout import TITLE, HeatmapLayout, arrange
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.raster import Allowed

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Home: (0, -100_000),
    Qt.Key.Key_End: (0, 100_000),
    Qt.Key.Key_PageUp: (-100_000, 0),
    Qt.Key.Key_PageDown: (100_000, 0),
}


class Heatmap(QWidget):
    """A head's weights, queries down and keys across.

    Labels and map are kept as pictures, so that the pointer costs a copy and a few lines.
    """

    pointed = Signal(object)
    """(query, key) under the pointer or the arrow keys, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weights: Floats = np.zeros((0, 0), np.float32)
        self._tokens: tuple[tuple[Token, ...], tuple[Token, ...]] = ((), ())
        self._allowed: Allowed = None
        self._kind = SiteKind.ENCODER
        self._queries: tuple[token_axis.AxisLabel, ...] = ()
        self._keys: tuple[token_axis.AxisLabel, ...] = ()
        self._layout: HeatmapLayout | None = None
        self._axes = QPixmap()
        self._scene = QPixmap()
        self._fresh_axes = self._fresh_scene = False
        self._own_range = self._dimmed = False
        self._cell: tuple[int, int] | None = None
        self._marked_key = -1
        self._font = theme.font("small")
        self._metrics = QFontMetrics(self._font)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 200)
        self.setAccessibleName("Attention of one head")
        theme.theme().changed.connect(self._relabel)

    @property
    def shown(self) -> HeatmapLayout | None:
        """Where everything stands; None before the first map."""
        return self._layout

    @property
    def cell(self) -> tuple[int, int] | None:
        """Query and key that are pointed at."""
        return self._cell

    @property
    def peak(self) -> float:
        """The weight that the strongest colour stands for."""
        if not self._own_range or not self._weights.size:
            return 1.0
        peak = float(np.nanmax(self._weights, initial=0.0))
        return peak if 0.0 < peak < float("inf") else 1.0

    def show_map(
        self,
        weights_QK: Floats,
        queries: tuple[Token, ...],
        keys: tuple[Token, ...],
        kind: SiteKind,
        allowed_QK: Allowed = None,
    ) -> None:
        """Show a head's weights, queries × keys; the labels are made anew only if tokens differ."""
        self._weights, self._allowed = weights_QK, allowed_QK
        self._fresh_scene = False
        if (queries, keys) != self._tokens or kind is not self._kind:
            self._tokens, self._kind = (queries, keys), kind
            self._queries = token_axis.query_labels(queries, kind)
            self._keys = token_axis.key_labels(keys)
            self._relayout()
            if self._cell and not self._exists(*self._cell):
                self._point(None)
        self.update()

    def mark_key(self, key: int) -> None:
        """Frame the column of a key that is pointed at elsewhere; -1: of none."""
        if key != self._marked_key:
            self._marked_key = key
            self.update()

    def clear(self) -> None:
        """Show nothing."""
        self.show_map(np.zeros((0, 0), np.float32), (), (), SiteKind.ENCODER)

    def use_own_range(self, own: bool) -> None:
        """Let the strongest colour stand for the map's largest weight instead of for 1."""
        self._own_range = own
        self._fresh_scene = False
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(560, 480)

    def _exists(self, query: int, key: int) -> bool:
        return query < len(self._queries) and key < len(self._keys)

    def _relayout(self) -> None:
        size = self.size()
        self._layout = arrange(
            self._queries, self._keys, size.width(), size.height(), self._metrics
        )
        self._relabel()

    def _relabel(self) -> None:
        self._fresh_axes = self._fresh_scene = False
        self.update()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the map into the new size."""
        self._relayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the kept picture and the marks of the pointer."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        if self._layout is None or not self._weights.size:
            return
        if self._axes.devicePixelRatio() != self.devicePixelRatioF() or not self._fresh_axes:
            self._axes = self._canvas(None)
            self._fresh_axes = True
            self._fresh_scene = False
            self._paint_axes(self._layout)
        if not self._fresh_scene:
            self._scene = self._canvas(self._axes)
            self._fresh_scene = True
            self._paint_scene(self._layout)
        painter.setOpacity(0.35 if self._dimmed else 1.0)
        painter.drawPixmap(0, 0, self._scene)
        if self._cell is not None and self._exists(*self._cell):
            self._paint_marks(painter, self._layout, *self._cell)
        elif 0 <= self._marked_key < len(self._keys):
            key = self._marked_key
            heatmap_paint.paint_marked_key(painter, self._layout, key, self._keys[key], self._font)

    def _canvas(self, copied: QPixmap | None) -> QPixmap:
        """A picture of the widget's size, empty or a copy."""
        if copied is not None:
            return copied.copy()
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(QColor(theme.colors().surface))
        return made

    def _paint_axes(self, layout: HeatmapLayout) -> None:
        painter = QPainter(self._axes)
        painter.setFont(self._font)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        body = layout.body
        token_axis.paint_rows(painter, self._queries, layout.rows, body.left(), layout.row_room)
        room = heatmap_paint.slanted_room(layout)
        token_axis.paint_columns(
            painter, self._keys, layout.columns, body.top(), room, layout.angle
        )
        heatmap_paint.paint_titles(painter, layout, words.query_title(self._kind), words.KEY_TITLE)
        painter.end()

    def _paint_scene(self, layout: HeatmapLayout) -> None:
        painter = QPainter(self._scene)
        painter.setFont(self._font)
        heatmap_paint.paint_body(painter, layout, self._weights, self.peak, self._allowed)
        painter.end()

    def _paint_marks(self, painter: QPainter, layout: HeatmapLayout, query: int, key: int) -> None:
        painter.setFont(self._font)
        heatmap_paint.paint_bands(painter, layout, query, key, self.hasFocus())
        heatmap_paint.paint_hot_labels(
            painter, layout, (query, key), self._queries[query], self._keys[key]
        )
        weight = float(self._weights[query, key])
        heatmap_paint.mark_bar(painter, layout, weight, self.peak)

    # Pointing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self._layout is not None:
            self._point(self._layout.at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from cell to cell; Escape lets go."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape and self._cell is not None:
            self._point(None)
        elif key in _STEPS and self._weights.size:
            self._walk(*_STEPS[key])
        else:
            super().keyPressEvent(event)

    def _walk(self, down: int, right: int) -> None:
        query, key = self._cell or (0, 0)
        if self._cell is not None:
            query = min(max(query + down, 0), self._weights.shape[0] - 1)
            key = min(max(key + right, 0), self._weights.shape[1] - 1)
        self._point((query, key))

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell == self._cell:
            return
        self._cell = cell
        self.pointed.emit(cell)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the pointed cell more strongly."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And less so again."""
        self.update()

    def event(self, event: QEvent) -> bool:
        """Answer a resting pointer: a whole token over a label, the axes elsewhere."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.help_at(event.pos()), self)
            return True
        return super().event(event)

    def help_at(self, point: QPoint) -> str:
        """The tooltip for a point; empty over the map itself, where the value line speaks."""
        layout = self._layout
        if layout is None or layout.body.contains(point):
            return ""
        body = layout.body
        if body.top() <= point.y() <= body.bottom() and TITLE < point.x() < body.left():
            found = layout.at(body.left(), point.y())
            return words.token_help(self._tokens[0][found[0]]) if found else ""
        if body.left() <= point.x() <= body.right() and TITLE < point.y() < body.top():
            found = layout.at(point.x(), body.top())
            return words.token_help(self._tokens[1][found[1]]) if found else ""
        return words.MEANINGS[self._kind]

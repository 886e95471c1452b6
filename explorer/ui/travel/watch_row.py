"""One watched sentence: its map by the chosen head, its words, and a way to watch it no more."""

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.messages.results import Site, Trace
from explorer.messages.travel import Watched
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.widgets import raster
from explorer.ui.widgets.painting import paint_safely
from explorer.ui.widgets.text_line import TextLine

SIDE = 5 * theme.SPACE
"""Pixels of a map."""


class SmallMap(QWidget):
    """One head's map, as large as a thumbnail."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(SIDE, SIDE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._trace: Trace | None = None
        self._head: tuple[Site, int] | None = None
        theme.theme().changed.connect(self.update)

    def show_map(self, trace: Trace | None, head: tuple[Site, int] | None) -> None:
        """Show this head's weights on the sentence."""
        self._trace, self._head = trace, head
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The map in its frame; an empty one where nothing is known."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        colors = theme.colors()
        weights = self._weights()
        inner = QRect(1, 1, SIDE - 2, SIDE - 2)
        if weights is None:
            painter.fillRect(inner, QColor(colors.raised))
        else:
            ratio = self.devicePixelRatioF()
            size = max(1, round((SIDE - 2) * ratio))
            table = raster.palette(colors.dark, QColor(colors.bad).rgb())
            words = np.ascontiguousarray(raster.pixels(weights[None], 1.0, table, size, size)[0])
            image = QImage(words.data, size, size, 4 * size, QImage.Format.Format_RGB32)
            painter.drawImage(inner, image)
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.drawRect(0, 0, SIDE - 1, SIDE - 1)

    def _weights(self) -> np.ndarray | None:
        if self._trace is None or self._head is None:
            return None
        site, head = self._head
        found = self._trace.weights.get(site)
        if found is None or head >= found.shape[0] or not isinstance(found, np.ndarray):
            return None
        return found[head]


class WatchRow(QWidget):
    """A click shows the sentence in the whole window."""

    chosen = Signal(object)
    removed = Signal(object)
    """A `Watched` each."""

    def __init__(self, watched: Watched) -> None:
        super().__init__()
        self.watched = watched
        self.map = SmallMap()
        self.source = TextLine("Watched sentence", "body", color="text")
        self.target = TextLine("What the model makes of it", "small")
        self.away = QToolButton()
        self._arrange()
        self._dress()
        theme.theme().changed.connect(self._dress)

    def _arrange(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Watched: {self.watched.source}")
        self.setToolTip("Click to see this sentence in all views.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.source.set_text(self.watched.source)
        self.away.setProperty("quiet", True)
        self.away.setProperty("tight", True)
        self.away.setIconSize(QSize(12, 12))
        self.away.setAccessibleName(f"Watch no more: {self.watched.source}")
        self.away.setToolTip("Watch this sentence no more. What was recorded of it stays.")
        self.away.clicked.connect(lambda: self.removed.emit(self.watched))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self.source)
        words.addWidget(self.target)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(theme.SPACE)
        row.addWidget(self.map)
        row.addLayout(words, 1)
        row.addWidget(self.away)

    def _dress(self) -> None:
        self.away.setIcon(icon("close", theme.colors().muted))

    def show_trace(self, trace: Trace | None, head: tuple[Site, int] | None) -> None:
        """What the model makes of it now."""
        self.map.show_map(trace, head)
        if trace is not None:
            given = "" if trace.own_target else " (given)"
            self.target.set_text(f"→ {trace.target_text}{given}" if trace.target_text else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.chosen.emit(self.watched)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose it, Delete takes it away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.watched)
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit(self.watched)
        else:
            super().keyPressEvent(event)

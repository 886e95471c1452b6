"""Many lines drawn in slices, the strongest first, so that no turn of the window waits for all."""

import time
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

_SLICE = 48
_TURN = 0.0012
"""Seconds that one turn may draw."""


class LinePicture:
    """The lines of what is in sight; each turn puts some more below those that are drawn."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._of: object = None
        self._drawn = self._count = 0

    @property
    def is_whole(self) -> bool:
        """Whether all lines are drawn."""
        return self._drawn >= self._count

    def paint(
        self, painter: QPainter, sight: QRectF, of: object, count: int,
        draw: Callable[[QPainter, slice], None],
    ) -> None:  # fmt: skip
        """Draw some more of `count` lines and show all so far; another `of` begins anew."""
        ratio = painter.device().devicePixelRatioF()
        wanted = (sight.size() * ratio).toSize()
        if of != self._of or self._pixmap.size() != wanted:
            self._of, self._drawn, self._count = of, 0, count
            self._pixmap = QPixmap(wanted)
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(Qt.GlobalColor.transparent)
        if not self.is_whole:
            self._go_on(sight.topLeft(), draw)
        painter.drawPixmap(sight.topLeft(), self._pixmap)

    def _go_on(self, corner: QPointF, draw: Callable[[QPainter, slice], None]) -> None:
        until = time.perf_counter() + _TURN
        while not self.is_whole:
            self._put_below(corner, draw)
            if time.perf_counter() > until:
                return

    def _put_below(self, corner: QPointF, draw: Callable[[QPainter, slice], None]) -> None:
        """Draw a slice on an empty picture and what was drawn before on top of it."""
        fresh = QPixmap(self._pixmap.size())
        fresh.setDevicePixelRatio(self._pixmap.devicePixelRatio())
        fresh.fill(Qt.GlobalColor.transparent)
        painter = QPainter(fresh)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.translate(-corner)
        draw(painter, slice(self._drawn, self._drawn + _SLICE))
        painter.restore()
        painter.drawPixmap(0, 0, self._pixmap)
        painter.end()
        self._pixmap = fresh
        self._drawn += _SLICE

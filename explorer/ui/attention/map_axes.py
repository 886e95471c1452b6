"""What stands around a map whatever its weights are, drawn once for as long as it stays the same.

While a run trains the same sentence comes again and again with other weights: its labels would
take half of what a repaint costs.
"""

from collections.abc import Callable, Hashable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from explorer.ui.attention.map_layout import TICK_WIDTH, TITLE, MapLayout


class Axes:
    """Draws labels, titles and key of a layout on the screen from a picture that is kept."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._kept = QPixmap()

    def paint(
        self, painter: QPainter, layout: MapLayout, ratio: float, about: tuple[Hashable, ...],
        draw: Callable[[QPainter], None],
    ) -> None:  # fmt: skip
        """Draw them; anew only when a place, the typeface or what they are `about` has changed."""
        key = (
            *about, layout.shape, layout.place, layout.port, layout.body, layout.bar,
            layout.row_room, layout.column_room, layout.angle, ratio, painter.font().key(),
        )  # fmt: skip
        if key != self._key:
            self._key, self._kept = key, _drawn(painter, layout, ratio, draw)
        painter.drawPixmap(0, 0, self._kept)


def _drawn(
    painter: QPainter, layout: MapLayout, ratio: float, draw: Callable[[QPainter], None]
) -> QPixmap:
    right = max(layout.bar.right(), layout.port.right()) + 2 * TICK_WIDTH
    kept = QPixmap(QSize(right, layout.port.bottom() + 2 * TITLE) * ratio)
    kept.setDevicePixelRatio(ratio)
    kept.fill(Qt.GlobalColor.transparent)
    inner = QPainter(kept)
    inner.setFont(painter.font())
    inner.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    draw(inner)
    inner.end()
    return kept

"""What is drawn of a map: axes, cells, key and the marks of what is chosen and pointed at."""

from functools import partial

from PySide6.QtGui import QColor, QPainter, QPen

from explorer.messages.heads import Floats
from explorer.ui import theme
from explorer.ui.attention import map_bar, map_labels, map_paint
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.map_axes import Axes
from explorer.ui.attention.map_labels import Labels
from explorer.ui.attention.map_large import LargeMap, Look, level_of
from explorer.ui.attention.map_layout import MapLayout
from explorer.ui.attention.map_paint import Cells
from explorer.ui.attention.map_source import MapSource
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.tiles import Tiles
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection


class MapScene:
    """Draws one head's map with its labels in a style; knows no widget."""

    def __init__(self, tiles: Tiles, selection: HeadSelection) -> None:
        self.source: MapSource | None = None
        self.labels = (Labels((), None), Labels((), None))
        self.style = MapStyle()
        self.large = LargeMap(tiles)
        self._axes = Axes()
        self._tiles, self._selection = tiles, selection

    def look(self, source: MapSource, *, now: bool) -> tuple[Look, Floats | None]:
        """How weights are coloured, and the rows' peaks when these take the strongest colour."""
        coloring = Coloring(self.style, theme.colors(), source.shown.signed)
        if self.style.range == "fixed":
            return Look(source, coloring, 1.0), None
        peaks_Q = self._tiles.peaks(source, now=now or not source.large)
        if self.style.range == "row":
            return Look(source, coloring, 1.0), peaks_Q
        return Look(source, coloring, _peak(source, peaks_Q)), None

    def draw(
        self, painter: QPainter, layout: MapLayout, ratio: float, *, on_screen: bool
    ) -> None:  # fmt: skip
        """Draw all but what follows the pointer; on the screen as far as tiles are there."""
        source = self.source
        if source is None:
            return
        look, peaks_Q = self.look(source, now=not on_screen)
        painter.setFont(theme.font("small"))
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        if on_screen:
            about = (*self.labels, look.coloring, look.peak, look.source.site, look.source.large)
            draw = partial(self._draw_axes, layout=layout, look=look, ratio=ratio)
            self._axes.paint(painter, layout, ratio, about, draw)
        else:  # Text stays text in a file.
            self._draw_axes(painter, layout, look, ratio)
        self._draw_map(painter, layout, look, peaks_Q, ratio, on_screen)
        pen = QPen(QColor(theme.colors().accent), 2)
        chosen = self._selection.query, self._selection.key
        map_paint.paint_marks(painter, layout, *chosen, pen)

    def _draw_axes(
        self, painter: QPainter, layout: MapLayout, look: Look, ratio: float
    ) -> None:  # fmt: skip
        map_labels.paint_rows(painter, layout, self.labels[0])
        map_labels.paint_columns(painter, layout, self.labels[1])
        map_bar.paint(painter, layout.bar, look.coloring, look.peak)
        self._draw_titles(painter, layout, look, ratio)

    def _draw_map(
        self, painter: QPainter, layout: MapLayout, look: Look, peaks_Q: Floats | None,
        ratio: float, on_screen: bool,
    ) -> None:  # fmt: skip
        numbers = map_paint.have_numbers(layout)
        waits = look.by_row and peaks_Q is None
        if look.source.large and (not numbers or waits):
            paint = self.large.paint if on_screen else self.large.paint_now
            paint(painter, layout, look, ratio)
            map_paint.paint_lines(painter, layout, look.coloring)
            return
        cells, how = Cells.of(look.source, layout, peaks_Q), (look.coloring, look.peak)
        if on_screen or not map_paint.paint_vectors(painter, layout, cells, *how):
            map_paint.paint_cells(painter, layout, cells, *how)
        map_paint.paint_lines(painter, layout, look.coloring)
        if numbers:
            map_paint.paint_numbers(painter, layout, cells, *how, on_screen=on_screen)

    def _draw_titles(
        self, painter: QPainter, layout: MapLayout, look: Look, ratio: float
    ) -> None:  # fmt: skip
        said = f"colours: {map_bar.said_range(look.coloring, look.peak)}"
        pitch = min(layout.across, layout.down) * ratio
        if pitch < 1:
            level = level_of(layout, look, ratio)
            each = 1 << level if look.source.large else round(1 / pitch + 0.5)
            said = f"{look.coloring.style.pooling} of {each}×{each} cells, {said}"
        painter.setPen(QColor(theme.colors().muted))
        query = words.query_title(look.source.site.kind)
        map_paint.paint_titles(painter, layout, query, words.KEY_TITLE, said)

    # What follows the pointer

    def paint_pointed(
        self, painter: QPainter, layout: MapLayout, cell: tuple[int, int], *, strong: bool
    ) -> None:
        """Mark a cell, its row and column, their labels, and its weight on the key."""
        source = self.source
        if source is None:
            return
        pen = QPen(QColor(theme.colors().accent), 3 if strong else 2)
        map_paint.paint_marks(painter, layout, *cell, pen)
        map_labels.paint_hot_row(painter, layout, cell[0], self.labels[0][cell[0]])
        map_labels.paint_hot_column(painter, layout, cell[1], self.labels[1][cell[1]])
        look, _ = self.look(source, now=False)
        peaks_Q, peak = self._tiles.peaks(source), look.peak
        if look.by_row:
            peak = float(peaks_Q[cell[0]]) if peaks_Q is not None else float("nan")
        share = source.weight(*cell) / (peak or 1.0)
        map_bar.paint_marker(painter, layout.bar, share, look.coloring)

    def paint_marked_key(self, painter: QPainter, layout: MapLayout, key: int) -> None:
        """Frame a whole column, and repeat its label."""
        pen = QPen(QColor(theme.colors().accent), 2)
        map_paint.paint_marks(painter, layout, None, key, pen)
        map_labels.paint_hot_column(painter, layout, key, self.labels[1][key])


def _peak(source: MapSource, peaks_Q: Floats | None) -> float:
    """The largest weight of the map, as far as it is known."""
    if peaks_Q is not None:
        found = float(peaks_Q.max(initial=0))
    else:
        found = float(source.overview[0].max()) if source.overview is not None else 1.0
    return found if 0 < found < float("inf") else 1.0

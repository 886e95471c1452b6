"""All heads as one figure: layers down, heads across, a small map each, for paper and files."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen

from explorer.messages.heads import MadeWeights
from explorer.messages.results import Floats, Site
from explorer.messages.shown import AS_IT_IS
from explorer.ui import theme
from explorer.ui.attention.grid_places import GAP, GridPlaces, Group, Room, natural, place
from explorer.ui.attention.map_colors import image_of, ramp
from explorer.ui.attention.view import View
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.painting import paint_safely

_LEGEND = 30.0
_BAR = 120.0
_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class GridFigure(View):
    """Every head of what is shown, with its layer and number; chooses nothing."""

    key = "all"
    title = "All heads"
    help = "Every head as a small map: layers down, heads across."

    def subject(self) -> str:
        """All attentions that are drawn, with their counts."""
        said = (
            f"{words.NAMES[kind]}, {_count(len(sites), 'layer')}" for kind, sites in self._groups()
        )
        return f"All heads ({'; '.join(said)})"

    def paper_size(self) -> QSizeF:
        """Squares of a size at which a pattern is seen."""
        width, height = natural(self._groups(), self._room())
        return QSizeF(max(width, 320.0), max(height, 40.0) + self._legend_room())

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """Draw groups, maps and the key to the colours."""
        groups = self._groups()
        if self.shown is None or not groups:
            return
        painter.setFont(theme.font("small"))
        legend = self._legend_room()
        places = place(groups, size.width(), size.height() - legend, self._room())
        for group, corner in zip(groups, places.corners, strict=True):
            self._draw_group(painter, group, QPointF(*corner), places)
        self._draw_legend(painter, places.height + legend - QFontMetricsF(painter.font()).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it into the widget."""
        paint_safely(self, lambda painter: self.draw(painter, QSizeF(self.size())))

    def _groups(self) -> list[Group]:
        weights = {} if self.shown is None else self.shown.trace.weights
        groups: list[Group] = []
        for kind in words.KINDS:
            sites = tuple((s, weights[s].shape[0]) for s in sorted(weights) if s.kind is kind)
            if sites:
                groups.append((kind, sites))
        return groups

    def _room(self) -> Room:
        metrics = QFontMetricsF(theme.font("small"))
        return Room(metrics.height() + 2, metrics.horizontalAdvance("layer 00") + 6)

    def _legend_room(self) -> float:
        return QFontMetricsF(theme.font("small")).height() + _LEGEND - 12

    def _draw_group(
        self, painter: QPainter, group: Group, corner: QPointF, places: GridPlaces
    ) -> None:
        kind, sites = group
        room, side, c = self._room(), places.side, theme.colors()
        painter.setPen(QColor(c.text))
        painter.setFont(theme.font("small", bold=True))
        painter.drawText(QRectF(corner.x(), corner.y(), 2000, room.line), _LEFT, words.NAMES[kind])
        painter.setFont(theme.font("small"))
        top, left = corner.y() + room.head, corner.x() + room.left
        heads = max(heads for _, heads in sites)
        self._draw_numbers(painter, heads, QPointF(left, top - room.line - 1), side)
        for row, (site, count) in enumerate(sites):
            y = top + row * (side + GAP)
            painter.setPen(QColor(c.muted))
            box = QRectF(corner.x(), y, room.left, side)
            painter.drawText(box, _LEFT, f"layer {site.layer + 1}")
            for head in range(count):
                self._draw_map(
                    painter, site, head, QRectF(left + head * (side + GAP), y, side, side)
                )

    def _draw_numbers(self, painter: QPainter, heads: int, corner: QPointF, side: float) -> None:
        """Number the columns; each head has its colour below its number."""
        high = self._room().line - 4
        step = max(1, round(14 / (side + GAP) + 0.4))
        for head in range(heads):
            x = corner.x() + head * (side + GAP)
            if head % step == 0:
                painter.setPen(QColor(theme.colors().muted))
                painter.drawText(
                    QRectF(x - 20, corner.y() - 2, side + 40, high), _CENTRE, str(head + 1)
                )
            tick = QRectF(
                x + side / 2 - min(5.0, side / 3), corner.y() + high - 1, min(10.0, side / 1.5), 2
            )
            painter.fillRect(tick, theme.head_color(head))

    def _draw_map(self, painter: QPainter, site: Site, head: int, box: QRectF) -> None:
        assert self.shown is not None
        weights_QK, whole = self._map(site, head)
        allowed = self.shown.allowed(site.kind) if whole else None
        if weights_QK.size:
            painter.drawImage(
                box, image_of(weights_QK, self.style_, allowed, signed=self.shown.signed)
            )
        painter.setPen(QPen(QColor(theme.colors().line), 0.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)

    def _map(self, site: Site, head: int) -> tuple[Floats, bool]:
        """One head's weights, or of a long text their maxima, and whether it is whole."""
        assert self.shown is not None
        weights = self.shown.trace.weights[site]
        plain = self.shown.reading == AS_IT_IS and not self.shown.signed
        if isinstance(weights, MadeWeights) and plain:
            return weights.overview.maximum_HPP[head], False
        return self.shown.weights(site, head), True

    def _draw_legend(self, painter: QPainter, y: float) -> None:
        assert self.shown is not None
        c, signed = theme.colors(), self.shown.signed
        metrics = QFontMetricsF(painter.font())
        largest = "1" if self.style_.range == "fixed" else "its largest"
        least = ("−1" if self.style_.range == "fixed" else "−largest") if signed else "0"
        middle = y + metrics.height() / 2
        painter.setPen(QColor(c.muted))
        x = metrics.horizontalAdvance(least) + 6
        painter.drawText(QRectF(0, y, x, metrics.height()), _LEFT, least)
        bar = QRectF(x, middle - 4, _BAR, 8)
        painter.drawImage(bar, ramp(self.style_, signed=signed))
        painter.drawText(QRectF(bar.right() + 6, y, 2000, metrics.height()), _LEFT,
                         f"{largest}     rows: queries, columns: keys{self._pooled()}")  # fmt: skip
        painter.setPen(QPen(QColor(c.line), 0.8))
        painter.drawRect(bar)

    def _pooled(self) -> str:
        """Whether a dot stands for more than one weight."""
        assert self.shown is not None
        made = any(isinstance(each, MadeWeights) for each in self.shown.trace.weights.values())
        return "; each dot is the largest weight of a stretch" if made else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")

"""Token labels along a map that can be zoomed: those in view, thinned out evenly when dense."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from explorer.messages.results import SiteKind, Token
from explorer.ui import theme
from explorer.ui.attention.map_layout import MapLayout
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import token_axis
from explorer.ui.widgets.token_axis import PAD, AxisLabel

_MEASURED = 64
"""How many of very many labels are measured: those with the most characters."""
_STEPS = (1, 2, 5)


class Labels:
    """The labels of one axis, each made when it is first drawn."""

    def __init__(self, tokens: tuple[Token, ...], queries_of: SiteKind | None) -> None:
        self.tokens = tokens
        self._kind = queries_of
        self._made: dict[int, AxisLabel] = {}
        self._widest: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, index: int) -> AxisLabel:
        found = self._made.get(index)
        if found is None:
            token = self.tokens[index]
            if self._kind is None:
                parts = (words.label(token),)
            else:
                parts = words.row_label(self.tokens, index, self._kind)
            found = self._made[index] = token_axis.axis_label(token, parts)
        return found

    def widest(self, font: QFont) -> int:
        """Pixels that the longest label takes."""
        found = self._widest.get(font.key())
        if found is None:
            found = self._widest[font.key()] = self._measure(QFontMetrics(font))
        return found

    def _measure(self, metrics: QFontMetrics) -> int:
        indices = range(len(self))
        if len(self) > 8 * _MEASURED:
            longest = sorted(indices, key=lambda i: -len(self.tokens[i].text))
            indices = longest[:_MEASURED]
        return token_axis.widest(tuple(self[i] for i in indices), metrics)


def shown_indices(first: int, count: int, pitch: float, needed: float) -> range:
    """Which of `count` labels are drawn: every first, second, fifth, tenth … of the whole axis.

    Counted from the start of the axis, so that moving the map does not exchange them.
    """
    wanted = token_axis.every(pitch, needed)
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= wanted:
                every = step * power
                return range(-(-first // every) * every, first + count, every)
        power *= 10


def paint_rows(painter: QPainter, layout: MapLayout, labels: Labels) -> None:
    """Draw the labels of the rows in view, right-aligned before the map."""
    metrics = QFontMetrics(painter.font())
    part = layout.in_view[0]
    for index in shown_indices(
        part.start, part.stop - part.start, layout.down, metrics.height() - 2
    ):
        middle = layout.row_middle(index)
        if layout.body.top() <= middle <= layout.body.bottom() + 1:
            box = row_box(layout, index, metrics)
            token_axis.paint_label(painter, labels[index], box, Qt.AlignmentFlag.AlignRight)


def row_box(layout: MapLayout, index: int, metrics: QFontMetrics) -> QRectF:
    """Where the label of a row stands."""
    middle, high = layout.row_middle(index), metrics.height()
    left = layout.body.left() - PAD - layout.row_room
    return QRectF(left, middle - high / 2, layout.row_room, high)


def paint_columns(painter: QPainter, layout: MapLayout, labels: Labels) -> None:
    """Draw the labels of the columns in view above the map."""
    metrics, angle = QFontMetrics(painter.font()), layout.angle
    part = layout.in_view[1]
    needed = 0 if angle == 0 else metrics.height() * (1.2 if angle == 45 else 0.9)
    for index in shown_indices(part.start, part.stop - part.start, layout.across, needed):
        if layout.body.left() <= layout.column_middle(index) <= layout.body.right() + 1:
            paint_column(painter, layout, index, labels[index], layout.label_length)


def paint_column(
    painter: QPainter, layout: MapLayout, index: int, label: AxisLabel, length: int,
    back: QColor | None = None,
) -> None:  # fmt: skip
    """Draw one label of a column, on a patch of colour when `back` is given."""
    middle, half = layout.column_middle(index), layout.across / 2
    edges = np.array([round(middle - half), round(middle + half)], np.intp)
    token_axis.paint_column(
        painter, label, edges, 0, layout.body.top(), length, layout.angle, back
    )  # fmt: skip


def paint_hot_row(painter: QPainter, layout: MapLayout, index: int, label: AxisLabel) -> None:
    """Repeat the label of a row in full on a raised ground, over the map where it is long."""
    metrics = QFontMetrics(painter.font())
    box = row_box(layout, index, metrics)
    wide = metrics.horizontalAdvance(label.text) + 6.0
    over = max(wide - (box.right() - 2), 0.0)
    ground = QRectF(box.right() - wide + 3 + over, box.top(), wide, box.height())
    painter.fillRect(ground, QColor(theme.colors().raised))
    text = ground.adjusted(3, 0, -3, 0)
    token_axis.paint_label(painter, label, text, Qt.AlignmentFlag.AlignRight)


def paint_hot_column(painter: QPainter, layout: MapLayout, index: int, label: AxisLabel) -> None:
    """Repeat the label of a column in full on a raised ground."""
    metrics = QFontMetrics(painter.font())
    longest = {0: 10_000, 45: (layout.body.top() - 4) * 1.35, 90: layout.body.top() - 4}
    length = min(metrics.horizontalAdvance(label.text) + PAD, round(longest[layout.angle]))
    paint_column(painter, layout, index, label, length, QColor(theme.colors().raised))

"""The strokes of the lines view: bundles of lines, labels, and the weights of a focus."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.messages.heads import Floats
from explorer.messages.results import SiteKind
from explorer.ui import colormaps, theme
from explorer.ui.attention.coloring import strength
from explorer.ui.attention.line_finding import Focus, Lines
from explorer.ui.attention.line_labels import Labels
from explorer.ui.attention.line_layout import EDGE, GAP, LineLayout
from explorer.ui.attention.page_view import page_font
from explorer.ui.style_sheet import mix
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import token_axis
from explorer.ui.widgets.head_selection import Head
from explorer.ui.widgets.token_axis import AxisLabel

_LEVELS = 10
"""Lines of so many strengths; all of one strength and head are drawn with one pen."""
_FAINTEST, _THIN, _THICK = 0.14, 1.0, 3.2
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_NUMBERS = 40
"""Weights of a focus that are written, where no more than so many lines lead to it."""
TITLE, _WORDS = 22.0, 150.0
"""The height of the titles, and the room that their words take."""


@dataclass(frozen=True, slots=True)
class Inks:
    """How the heads are told apart; differences are told apart by their sign instead."""

    heads: tuple[Head, ...]
    signed: bool

    def color(self, head: int, *, negative: bool) -> QColor:
        """The colour of a head's lines, or of what is more or less than before."""
        if self.signed:
            ends = colormaps.diverging(theme.colors().dark)
            return QColor(*ends[0 if negative else 255].tolist())
        return theme.head_color(self.heads[head][1])

    def dash(self, head: int) -> Qt.PenStyle:
        """Heads of one colour, in several layers, differ in their dashes."""
        same = [site for site, other in self.heads[:head] if other == self.heads[head][1]]
        return _DASHES[min(len(same), len(_DASHES) - 1)]


def paint_lines(
    painter: QPainter, layout: LineLayout, lines: Lines, strength_N: Floats, inks: Inks,
    part: slice = slice(None),
) -> None:  # fmt: skip
    """Draw a part of the lines, the weakest first, so that none covers a stronger one."""
    head_N, weight_N = lines.head_N[part], lines.weight_N[part]
    level_N = np.clip(np.ceil(strength_N[part] * _LEVELS), 1, _LEVELS).astype(int)
    beside_N = _beside(layout.pitch, len(inks.heads))[head_N]
    from_N = layout.query_y(0) + layout.pitch * lines.query_N[part] + beside_N
    to_N = layout.key_y(0) + layout.pitch * lines.key_N[part] + beside_N
    group_N = (level_N * len(inks.heads) + head_N) * 2 + (weight_N < 0)
    order = np.argsort(group_N, kind="stable")
    painter.save()
    for bundle in np.split(order, np.flatnonzero(np.diff(group_N[order])) + 1):
        if not len(bundle):
            continue
        one = bundle[0]
        painter.setPen(_pen(inks, int(head_N[one]), int(level_N[one]), bool(weight_N[one] < 0)))
        ends = zip(from_N[bundle].tolist(), to_N[bundle].tolist(), strict=True)
        painter.drawLines([QLineF(layout.left, a, layout.right, b) for a, b in ends])
    painter.restore()


def strengths(lines: Lines, peak_N: Floats, scale: str) -> Floats:
    """How strongly each line is drawn, 0 to 1."""
    return strength((np.abs(lines.weight_N) / peak_N).astype(np.float32), scale)


def _beside(pitch: float, heads: int) -> Floats:
    """How far above or below the middle of a row each head's lines end, so that none hides one."""
    step = min(3.0, (pitch - 8) / max(heads, 1))
    return ((np.arange(max(heads, 1)) - (heads - 1) / 2) * step).astype(np.float32)


def _pen(inks: Inks, head: int, level: int, negative: bool) -> QPen:
    """Weak lines are thin and near the ground's colour: opaque, which Qt draws fast."""
    share = level / _LEVELS
    color = mix(
        theme.colors().surface,
        inks.color(head, negative=negative).name(),
        _FAINTEST + (1 - _FAINTEST) * share,
    )
    pen = QPen(QColor(color), _THIN + (_THICK - _THIN) * share, inks.dash(head))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def paint_labels(
    painter: QPainter, layout: LineLayout, sides: tuple[Labels, Labels],
    sight: tuple[slice, slice], lines: Lines,
    marks: tuple[int | None, int | None] | None, width: float,
) -> None:  # fmt: skip
    """Draw the labels in sight; with marks, those of them framed, what no line reaches faint."""
    reached = (set(lines.query_N.tolist()), set(lines.key_N.tolist()))
    ys = (layout.query_y, layout.key_y)
    boxes = ((EDGE, layout.left - GAP), (layout.right + GAP, width - EDGE))
    aligned = (Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft)
    for number_, (left, right) in enumerate(boxes):
        for index in range(sight[number_].start, sight[number_].stop):
            label = sides[number_][index]
            middle = ys[number_](index)
            box = QRectF(left, middle - layout.pitch / 2, right - left, layout.pitch)
            here = marks is not None and marks[number_] == index
            if here:
                _mark(painter, box, label, aligned[number_])
            faint = marks is not None and not here and index not in reached[number_]
            token_axis.paint_label(
                painter, label, box.adjusted(0, 2, 0, -2), aligned[number_],
                "faint" if faint else "",
            )  # fmt: skip


def paint_titles(painter: QPainter, layout: LineLayout, kind: SiteKind, width: float) -> None:
    """Name both columns, above their labels where there is room for the words."""
    painter.setFont(page_font("small"))
    painter.setPen(QColor(theme.colors().muted))
    middle, y = Qt.AlignmentFlag.AlignVCenter, layout.top - TITLE
    wide = layout.left - GAP - EDGE
    side = Qt.AlignmentFlag.AlignRight if wide >= _WORDS else Qt.AlignmentFlag.AlignLeft
    box = QRectF(EDGE, y, max(wide, _WORDS), TITLE)
    painter.drawText(box, side | middle, words.query_title(kind))
    wide = width - EDGE - layout.right - GAP
    side = Qt.AlignmentFlag.AlignLeft if wide >= _WORDS else Qt.AlignmentFlag.AlignRight
    box = QRectF(width - EDGE - max(wide, _WORDS), y, max(wide, _WORDS), TITLE)
    painter.drawText(box, side | middle, words.KEY_TITLE)


def say_empty(painter: QPainter, layout: LineLayout, threshold: float) -> None:
    """Write between the columns why there is nothing."""
    painter.setPen(QColor(theme.colors().muted))
    box = QRectF(layout.left + GAP, layout.top, layout.right - layout.left - 2 * GAP, 120)
    text = f"No weight here reaches {threshold:g}. Let lines begin lower to see the weaker ones."
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def _mark(painter: QPainter, box: QRectF, label: AxisLabel, side: Qt.AlignmentFlag) -> None:
    """Frame a label."""
    c = theme.colors()
    wide = min(QFontMetricsF(painter.font()).horizontalAdvance(label.text) + 10, box.width() + 10)
    left = box.right() - wide + 5 if side is Qt.AlignmentFlag.AlignRight else box.left() - 5
    painter.setPen(QPen(QColor(c.accent), 1.4))
    painter.setBrush(QColor(c.raised))
    painter.drawRoundedRect(QRectF(left, box.top() + 1, wide, box.height() - 2), 4, 4)


def paint_numbers(
    painter: QPainter, layout: LineLayout, lines: Lines, focus: Focus, inks: Inks
) -> None:
    """Write a focus's weights where its lines end, each in its head's colour."""
    of_query = focus.side == "query"
    others = lines.key_N if of_query else lines.query_N
    metrics = QFontMetricsF(painter.font())
    for index in list(dict.fromkeys(others.tolist()))[:_NUMBERS]:
        mine = np.flatnonzero(others == index)
        mine = mine[np.argsort(lines.head_N[mine], kind="stable")]
        y = (layout.key_y if of_query else layout.query_y)(index)
        x = layout.right - 4 if of_query else layout.left + 4
        weights = lines.weight_N[mine].tolist()
        texts = [words.signed_number(weight, signed=inks.signed) for weight in weights]
        wide = sum(metrics.horizontalAdvance(text) + 6 for text in texts)
        x = x - wide if of_query else x
        box = QRectF(x - 4, y - metrics.height() / 2, wide + 4, metrics.height())
        painter.fillRect(box.adjusted(0, 0, 4, 0), QColor(theme.colors().surface))
        for i, text in zip(mine.tolist(), texts, strict=True):
            painter.setPen(inks.color(int(lines.head_N[i]), negative=bool(lines.weight_N[i] < 0)))
            painter.drawText(QPointF(x, box.top() + metrics.ascent()), text)
            x += metrics.horizontalAdvance(text) + 6

"""The keys of a row with their scores and weights, the chosen one marked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.attention.formula_blocks import GUTTER, Block, figure
from explorer.ui.attention.formula_steps import Steps
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.typeset import Node, sub

_HIGH, _HEAD = 21.0, 26.0
_ALL = 12
"""Keys up to which all are listed."""
_STRONGEST = 8
_NUMBER = 84.0
_SYMBOLS: tuple[Node, Node] = sub("s", "j"), sub("α", "j")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table; `key` is None for what stands for several keys or for the sink."""

    name: str
    score: float | None
    weight: float
    key: int | None = None


def rows_of(steps: Steps, names: Sequence[str]) -> list[Entry]:
    """The keys in their order; of many, the strongest, the chosen one, and the others together."""
    count = len(steps.weight_K)
    listed = range(count)
    if count > _ALL:
        strongest = np.argsort(-steps.weight_K, kind="stable")[:_STRONGEST].tolist()
        listed = sorted({*strongest, steps.key})
    rows = [Entry(names[k], float(steps.score_K[k]), float(steps.weight_K[k]), k) for k in listed]
    rest = count - len(rows)
    if rest:
        others = float(steps.weight_K.sum()) - sum(row.weight for row in rows)
        rows.append(Entry(f"{rest:,} other keys together", None, max(others, 0.0)))
    if steps.sink is not None and not steps.nowhere:
        share = float(np.exp(steps.sink - steps.normaliser))
        rows.append(Entry("the sink, which gives nothing", steps.sink, share))
    return rows


@dataclass(frozen=True, slots=True)
class KeyTable(Block):
    """Scores and weights of the row, with a bar for each weight."""

    rows: tuple[Entry, ...]
    chosen: int

    def height(self, width: float) -> float:
        """One line a row, and the heads of the columns."""
        return _HEAD + len(self.rows) * _HIGH + 8

    def _columns(self, width: float) -> tuple[float, float, float]:
        """Where the scores end, where the weights end, and where the bars end."""
        room = width - GUTTER
        name, number = min(room * 0.32, 220.0), min(room * 0.27, _NUMBER)
        score = GUTTER + name + number
        return score, score + number, width

    def paint(self, painter: QPainter, width: float) -> None:
        """Draw the head and the rows."""
        score, weight, _ = self._columns(width)
        painter.setFont(page_font("small"))
        painter.setPen(QColor(theme.colors().muted))
        painter.drawText(QRectF(GUTTER, 0, 200, _HEAD), _LEFT, "key")
        for right, node in ((score, _SYMBOLS[0]), (weight, _SYMBOLS[1])):
            node.draw(painter, right - node.extent(15).width, 17, 15)
        for number, row in enumerate(self.rows):
            self._paint_row(painter, row, _HEAD + number * _HIGH, width)

    def _paint_row(self, painter: QPainter, row: Entry, y: float, width: float) -> None:
        c, here = theme.colors(), row.key == self.chosen
        score, weight, right = self._columns(width)
        if here:
            painter.setPen(QPen(QColor(c.accent), 1.4))
            painter.setBrush(QColor(c.raised))
            box = QRectF(GUTTER - 7, y, right - GUTTER + 7, _HIGH)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(page_font("small", bold=here))
        painter.setPen(QColor(c.text if row.key is not None else c.muted))
        room = score - (weight - score) - GUTTER
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(GUTTER, y, room, _HIGH), _LEFT, name)
        if row.score is not None:
            painter.drawText(QRectF(score - 200, y, 200, _HIGH), _RIGHT, figure(row.score))
        painter.drawText(QRectF(weight - 200, y, 200, _HIGH), _RIGHT, figure(row.weight))
        bar = QRectF(weight + 14, y + 6, max((right - weight - 22) * min(row.weight, 1), 1.0), 9)
        painter.fillRect(bar, QColor(c.accent if here else c.faint))

    def key_at(self, y: float) -> int | None:
        """The key whose row is there."""
        number = int((y - _HEAD) // _HIGH)
        return self.rows[number].key if 0 <= number < len(self.rows) and y >= _HEAD else None

    def say(self, x: float, y: float, width: float) -> str:
        """The row in words."""
        number = int((y - _HEAD) // _HIGH)
        if y < _HEAD or number >= len(self.rows):
            return ""
        row = self.rows[number]
        return f"{row.name}: weight {figure(row.weight)}. Click to see how it comes about."


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
_RIGHT = (
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
)

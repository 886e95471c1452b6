"""Each token of a text: its loss, probability and rank, and where the model would go instead."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.messages.decoding import DecodeStep
from explorer.ui import theme
from explorer.ui.decoder import loss_words as words
from explorer.ui.decoder.rows import Rows
from explorer.ui.widgets.attention_chips import AttentionChips, fill_color, ink_on
from explorer.ui.widgets.attention_words import number
from explorer.ui.widgets.decision_words import chip_text
from explorer.ui.widgets.painting import paint_safely

LEAST_ROWS = 4
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_CORNER = 6.0
_HEADS = ("token", "loss", "p", "rank", "it would say")


class LossChips(AttentionChips):
    """The text with its losses as colours; a corner marks where the model would go otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._other: tuple[bool, ...] = ()
        self.setAccessibleName("Loss of each token")

    def show_steps(self, steps: Sequence[DecodeStep], index: int) -> None:
        """Show these, with a frame around the one looked at."""
        self._other = tuple(step.rank > 1 for step in steps)
        self.set_tokens([step.token for step in steps])
        shares = np.array([words.share(step.loss) for step in steps], np.float32)
        self.set_weights(shares, index)
        self.reveal(index)

    def paint_chip(self, painter: QPainter, index: int, rect: QRect) -> None:
        """A token on its colour, with its corner."""
        super().paint_chip(painter, index, rect)
        if index < len(self._other) and self._other[index]:
            right, top = rect.right() + 1.0, float(rect.top())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colors().warning))
            painter.drawPolygon(QPolygonF([
                QPointF(right - _CORNER, top), QPointF(right, top), QPointF(right, top + _CORNER),
            ]))  # fmt: skip


class LossKey(QWidget):
    """What the colours mean: from no loss to the strongest colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._font = theme.font("small")
        self._high = QFontMetrics(self._font).height() + 2
        self.setFixedHeight(self._high)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours of the losses")
        self.setToolTip(
            "<b>Loss</b> −ln p of a token, in nats: 0 where the model was certain of it. A corner "
            "marks a token that is not the model's own first choice."
        )
        theme.theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A line of text."""
        return QSize(20 * theme.SPACE, self._high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the colours between their ends."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        c, metrics = theme.colors(), QFontMetrics(self._font)
        painter.setFont(self._font)
        painter.setPen(QColor(c.muted))
        begin, end = "loss 0", f"{words.FULL:g} nats or more"
        left = metrics.horizontalAdvance(begin) + theme.SPACE
        wide = max(0, min(90, self.width() - left - metrics.horizontalAdvance(end) - theme.SPACE))
        painter.drawText(self.rect(), _LEFT, begin)
        painter.drawText(self.rect().adjusted(left + wide + theme.SPACE, 0, 0, 0), _LEFT, end)
        ramp = QLinearGradient(left, 0, left + wide, 0)
        for stop in range(17):
            ramp.setColorAt(stop / 16, fill_color(stop / 16))
        painter.fillRect(QRect(left, 4, wide, self.height() - 8), ramp)
        painter.setPen(QColor(c.line))
        painter.drawRect(QRect(left, 4, wide, self.height() - 8))


class LossRows(Rows):
    """A row for each token; click one, or walk with Up and Down, to go to that decision."""

    went = Signal(int)
    """A decision that a person wants to look at."""

    def __init__(self) -> None:
        super().__init__(LEAST_ROWS + 1)
        self.steps: tuple[DecodeStep, ...] = ()
        self._index = -1
        self._number = self.metrics.horizontalAdvance("0.00000")
        self._rank = self.metrics.horizontalAdvance("00,000")
        self.setAccessibleName("Loss, probability and rank of each token")
        self.setAccessibleDescription("A token a row: up and down walk, Enter looks at it.")

    def show_steps(self, steps: Sequence[DecodeStep], index: int) -> None:
        """Show these, and which one is looked at."""
        steps = tuple(steps)
        if len(steps) != len(self.steps) or any(
            a is not b for a, b in zip(steps, self.steps, strict=True)
        ):
            self.steps = steps
            self.set_count(len(steps))
        self._index = self.current = index
        self.reveal(index)
        self.viewport().update()
        self.setAccessibleDescription(words.row_said(steps[index]) if steps else "")

    def columns(self, row: QRect) -> tuple[QRect, ...]:
        """Where the token, its loss, p, rank and the other choice stand."""
        gap = theme.SPACE // 2 + 2
        token = max(56, round(row.width() * 0.2))
        other = max(70, round(row.width() * 0.26))
        widths = [token, 0, self._number, self._rank, other]
        widths[1] = max(24, row.width() - sum(widths) - 4 * gap)
        left, found = row.left(), list[QRect]()
        for wide in widths:
            found.append(QRect(left, row.top(), wide, row.height()))
            left += wide + gap
        return tuple(found)

    def paint_row(self, painter: QPainter, index: int, row: QRect) -> None:
        """The token, a bar in the colour of its loss, its figures, and the other choice."""
        c, step = theme.colors(), self.steps[index]
        here = index == self._index
        if here or index == self.looked_at:
            painter.fillRect(row, QColor(c.raised))
        token, bar, chance, rank, other = self.columns(row)
        painter.setPen(QColor(c.accent if here else c.muted if step.token.special else c.text))
        painter.drawText(token, _LEFT, self.elided(chip_text(step.token), token.width()))
        self._paint_bar(painter, bar, step)
        painter.setPen(QColor(c.text))
        painter.drawText(chance, _RIGHT, number(step.probability))
        painter.drawText(rank, _RIGHT, f"{step.rank:,}" if step.rank else "")
        first = words.otherwise(step)
        if first is not None:
            painter.setPen(QColor(c.warning))
            said = f"{chip_text(first.token)} {number(first.probability)}"
            painter.drawText(other, _LEFT, self.elided(said, other.width()))

    def _paint_bar(self, painter: QPainter, place: QRect, step: DecodeStep) -> None:
        track = place.adjusted(0, 2, 0, -2)
        painter.fillRect(track, QColor(theme.colors().surface))
        share = words.share(step.loss)
        wide = round(track.width() * (share if share == share else 1))
        painter.fillRect(QRect(track.left(), track.top(), wide, track.height()), fill_color(share))
        painter.setPen(QColor(theme.colors().line))
        painter.drawRect(track.adjusted(0, 0, -1, -1))
        self._write(painter, track, wide, f"{step.loss:.3f}", fill_color(share))

    def _write(
        self, painter: QPainter, track: QRect, wide: int, said: str, fill: QColor
    ) -> None:  # fmt: skip
        """The loss in numbers, wholly on the bar or wholly beside it, where there is room."""
        needed = self.metrics.horizontalAdvance(said) + theme.SPACE
        inside = QRect(track.left(), track.top(), wide, track.height())
        if wide >= needed:
            painter.setPen(ink_on(fill))
            painter.drawText(inside.adjusted(4, 0, 0, 0), _LEFT, said)
        elif track.width() - wide >= needed:
            painter.setPen(QColor(theme.colors().text))
            painter.drawText(track.adjusted(0, 0, -4, 0), _RIGHT, said)

    def act(self, index: int) -> None:
        """Go there."""
        self.went.emit(index)

    def walk(self, index: int) -> None:
        """Go there."""
        self.went.emit(index)

    def help_for(self, index: int) -> str:
        """What a token cost, at length."""
        return words.row_help(self.steps[index])


class LossHeads(QWidget):
    """The names of the columns, in line with them."""

    def __init__(self, rows: LossRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setFixedHeight(rows.row_height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the names."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setFont(self._rows.row_font)
        painter.setPen(QColor(theme.colors().faint))
        row = QRect(0, 0, self._rows.viewport().width(), self.height())
        for place, (text, box) in enumerate(zip(_HEADS, self._rows.columns(row), strict=True)):
            painter.drawText(box, _RIGHT if place in (2, 3) else _LEFT, text)

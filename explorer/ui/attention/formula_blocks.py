"""The blocks that the page of a formula is made of: headings, words, formulas and checks."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from explorer.ui import theme
from explorer.ui.attention.formula_steps import Check
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.typeset import Node

GUTTER = 34.0
_MATHS = 19.0
_WRAP = Qt.TextFlag.TextWordWrap


class Block:
    """A part of the page that is as wide as it is told and as high as it needs."""

    @abstractmethod
    def height(self, width: float) -> float:
        """How high it is at a width."""

    @abstractmethod
    def paint(self, painter: QPainter, width: float) -> None:
        """Draw it from (0, 0) on."""

    def say(self, x: float, y: float, width: float) -> str:
        """What is at a point of it, in words; empty: nothing that needs any."""
        return ""

    def key_at(self, y: float) -> int | None:
        """The key that a click at this height chooses."""
        return None


@dataclass(frozen=True, slots=True)
class Space(Block):
    """Nothing, so that parts stand apart."""

    high: float

    def height(self, width: float) -> float:
        """As asked for."""
        return self.high

    def paint(self, painter: QPainter, width: float) -> None:
        """Leave it free."""


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A step's number in a disc, and its name."""

    number: str
    title: str

    def height(self, width: float) -> float:
        """One line, or more where there is little room."""
        return max(28.0, self._words.height(width) + 5)

    @property
    def _words(self) -> "Words":
        return Words(self.title, "text", bold=True)

    def paint(self, painter: QPainter, width: float) -> None:
        """Draw the disc in the margin, the name beside it."""
        c = theme.colors()
        disc = QRectF(0, 3, 22, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.raised))
        painter.drawEllipse(disc)
        painter.setFont(page_font("small", bold=True))
        painter.setPen(QColor(c.muted))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, self.number)
        painter.translate(0, 6)
        self._words.paint(painter, width)


@dataclass(frozen=True, slots=True)
class Words(Block):
    """A sentence or two."""

    text: str
    color: str = "muted"
    role: theme.Role = "body"
    bold: bool = False
    indent: float = GUTTER

    def height(self, width: float) -> float:
        """As many lines as it takes."""
        metrics = QFontMetricsF(page_font(self.role, bold=self.bold))
        room = QRectF(0, 0, max(width - self.indent, 40), 100_000)
        return metrics.boundingRect(room, _WRAP, self.text).height() + 6

    def paint(self, painter: QPainter, width: float) -> None:
        """Write it."""
        painter.setFont(page_font(self.role, bold=self.bold))
        painter.setPen(QColor(getattr(theme.colors(), self.color)))
        room = QRectF(self.indent, 0, max(width - self.indent, 40), 100_000)
        painter.drawText(room, _WRAP | Qt.AlignmentFlag.AlignLeft, self.text)


@dataclass(frozen=True, slots=True)
class Formula(Block):
    """Lines of mathematics; one too wide for the page is drawn smaller."""

    nodes: tuple[Node, ...]
    size: float = _MATHS
    indent: float = GUTTER

    def _size(self, node: Node, width: float) -> float:
        wide, room = node.extent(self.size).width, max(width - self.indent, 60)
        return self.size if wide <= room else max(self.size * room / wide, 9.0)

    def _rows(self, width: float) -> Sequence[tuple[Node, float, float, float]]:
        """Each line with its size, its base line and its lower end."""
        rows: list[tuple[Node, float, float, float]] = []
        y = 4.0
        for node in self.nodes:
            size = self._size(node, width)
            extent = node.extent(size)
            rows.append((node, size, y + extent.above, y + extent.above + extent.below))
            y = rows[-1][3] + 5
        return rows

    def height(self, width: float) -> float:
        """All lines."""
        return self._rows(width)[-1][3] + 5

    def paint(self, painter: QPainter, width: float) -> None:
        """Draw them below each other."""
        for node, size, base, _ in self._rows(width):
            node.draw(painter, self.indent, base, size)


@dataclass(frozen=True, slots=True)
class CheckLine(Block):
    """Whether what was computed here is what the model computed."""

    check: Check | None
    otherwise: str = ""
    what: str = ""

    @property
    def text(self) -> str:
        """The comparison in words."""
        if self.check is None:
            return self.otherwise
        mark = "✓" if self.check.agrees else "✗"
        one, other = figure(self.check.recomputed), figure(self.check.model)
        what = f"{self.what}: " if self.what else ""
        return (
            f"{mark}  {what}recomputed {one}, in the model {other} (difference {self._difference})"
        )

    @property
    def _difference(self) -> str:
        assert self.check is not None
        size = self.check.difference
        return power(size, 0) if size else "0"

    def height(self, width: float) -> float:
        """One line, or more where there is little room."""
        return Words(self.text, role="small").height(width) + 2

    def paint(self, painter: QPainter, width: float) -> None:
        """Write it in the colour of what came out."""
        color = "muted" if self.check is None else "good" if self.check.agrees else "bad"
        Words(self.text, color, "small").paint(painter, width)


def figure(value: float) -> str:
    """A number with four decimals, or with its power of ten where these would say nothing."""
    size = abs(value)
    if not math.isfinite(value):
        return "not a number" if size != size else "−∞" if value < 0 else "∞"
    text = "0" if size == 0 else f"{size:.4f}" if 0.001 <= size < 100_000 else power(size, 2)
    return f"−{text}" if value < 0 else text


def power(size: float, decimals: int) -> str:
    """A positive number as a few digits times a power of ten."""
    digits, exponent = f"{size:.{decimals}e}".split("e")
    return f"{digits} · 10{str(int(exponent)).translate(_RAISED)}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

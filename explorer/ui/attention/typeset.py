"""A little mathematics on a line: italics, indices, powers, fractions and roots, drawn as text."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from explorer.ui import theme

_FAMILIES = [
    "STIX Two Text", "Latin Modern Roman", "Cambria", "Times New Roman", "Nimbus Roman",
    "Liberation Serif", "DejaVu Serif",
]  # fmt: skip
_SMALLER = 0.72
_LEAST = 9


@lru_cache(maxsize=64)
def math_font(size: float, *, italic: bool = False, bold: bool = False) -> QFont:
    """A serif typeface, so many pixels high."""
    made = QFont(_FAMILIES)
    made.setStyleHint(QFont.StyleHint.Serif)
    made.setPixelSize(max(_LEAST, round(size)))
    made.setItalic(italic)
    made.setBold(bold)
    return made


@dataclass(frozen=True, slots=True)
class Extent:
    """The room that something takes around the point where it begins on the line."""

    width: float
    above: float
    below: float


class Node:
    """Something that can be measured and drawn at a size."""

    @abstractmethod
    def extent(self, size: float) -> Extent:
        """How large it is at a size in pixels."""

    @abstractmethod
    def draw(self, painter: QPainter, x: float, y: float, size: float) -> None:
        """Draw it from a point on the line on."""


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Letters of one kind, in a colour of the theme."""

    text: str
    italic: bool = False
    bold: bool = False
    color: str = "text"

    def _font(self, size: float) -> QFont:
        return math_font(size, italic=self.italic, bold=self.bold)

    def extent(self, size: float) -> Extent:
        """As the typeface has it."""
        return _extent(self.text, size, self.italic, self.bold)

    def draw(self, painter: QPainter, x: float, y: float, size: float) -> None:
        """Write it."""
        painter.setFont(self._font(size))
        painter.setPen(QColor(getattr(theme.colors(), self.color)))
        painter.drawText(QPointF(x, y), self.text)


@lru_cache(maxsize=1024)
def _extent(text: str, size: float, italic: bool, bold: bool) -> Extent:
    metrics = QFontMetricsF(math_font(size, italic=italic, bold=bold))
    return Extent(metrics.horizontalAdvance(text), metrics.ascent(), metrics.descent())


@dataclass(frozen=True, slots=True)
class Row(Node):
    """Parts side by side."""

    parts: tuple[Node, ...]

    def extent(self, size: float) -> Extent:
        """As wide as all, as high as the highest."""
        all_ = [part.extent(size) for part in self.parts]
        return Extent(
            sum(one.width for one in all_),
            max((one.above for one in all_), default=0.0),
            max((one.below for one in all_), default=0.0),
        )

    def draw(self, painter: QPainter, x: float, y: float, size: float) -> None:
        """Draw one after the other."""
        for part in self.parts:
            part.draw(painter, x, y, size)
            x += part.extent(size).width


@dataclass(frozen=True, slots=True)
class Script(Node):
    """A base with something small below or above its end."""

    base: Node
    small: Node
    up: bool = False

    def _shift(self, size: float) -> float:
        return -0.42 * size if self.up else 0.22 * size

    def extent(self, size: float) -> Extent:
        """The base, and what stands out of it."""
        base, small = self.base.extent(size), self.small.extent(size * _SMALLER)
        shift = self._shift(size)
        return Extent(
            base.width + small.width + 0.06 * size,
            max(base.above, small.above - shift), max(base.below, small.below + shift),
        )  # fmt: skip

    def draw(self, painter: QPainter, x: float, y: float, size: float) -> None:
        """Draw both."""
        self.base.draw(painter, x, y, size)
        right = x + self.base.extent(size).width + 0.04 * size
        self.small.draw(painter, right, y + self._shift(size), size * _SMALLER)


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """One thing over another."""

    over: Node
    under: Node

    def _sizes(self, size: float) -> tuple[Extent, Extent, float]:
        over, under = self.over.extent(size * 0.88), self.under.extent(size * 0.88)
        return over, under, max(over.width, under.width) + 0.3 * size

    def extent(self, size: float) -> Extent:
        """Both, about the middle of the line's small letters."""
        over, under, width = self._sizes(size)
        middle = 0.27 * size
        return Extent(
            width + 0.2 * size,
            middle + over.above + over.below + 1, under.above + under.below - middle + 1,
        )  # fmt: skip

    def draw(self, painter: QPainter, x: float, y: float, size: float) -> None:
        """Draw both and the stroke between them."""
        over, under, width = self._sizes(size)
        bar, left = y - 0.27 * size, x + 0.1 * size
        at = left + (width - over.width) / 2
        self.over.draw(painter, at, bar - over.below - 1, size * 0.88)
        at = left + (width - under.width) / 2
        self.under.draw(painter, at, bar + under.above + 1, size * 0.88)
        painter.setPen(QPen(QColor(theme.colors().text), 1))
        painter.drawLine(QLineF(left, bar, left + width, bar))


@dataclass(frozen=True, slots=True)
class Root(Node):
    """A square root."""

    inner: Node

    def extent(self, size: float) -> Extent:
        """What is under it, the sign before it and the stroke above."""
        inner = self.inner.extent(size)
        return Extent(inner.width + 0.75 * size, inner.above + 2, inner.below)

    def draw(self, painter: QPainter, x: float, y: float, size: float) -> None:
        """Draw the sign around what is under it."""
        inner = self.inner.extent(size)
        top, bottom = y - 0.86 * size, y + 0.14 * size
        right = x + 0.62 * size + inner.width + 0.06 * size
        painter.setPen(QPen(QColor(theme.colors().text), max(1.0, size / 16)))
        painter.drawPolyline(QPolygonF([
            QPointF(x + 0.04 * size, y - 0.3 * size), QPointF(x + 0.18 * size, y - 0.4 * size),
            QPointF(x + 0.36 * size, bottom), QPointF(x + 0.58 * size, top), QPointF(right, top),
        ]))  # fmt: skip
        self.inner.draw(painter, x + 0.62 * size, y, size)


def var(letter: str, color: str = "text") -> Text:
    """A quantity, in italics."""
    return Text(letter, italic=True, color=color)


def vec(letter: str, color: str = "text") -> Text:
    """A vector or matrix, upright and bold."""
    return Text(letter, bold=True, color=color)


def sub(base: str | Node, index: str) -> Script:
    """A quantity with an index."""
    return Script(var(base) if isinstance(base, str) else base, var(index))


def sup(base: str | Node, power: Node) -> Script:
    """A quantity with a power."""
    return Script(var(base) if isinstance(base, str) else base, power, up=True)


def line(*parts: str | Node) -> Row:
    """Parts side by side; bare strings are upright."""
    return Row(tuple(Text(part) if isinstance(part, str) else part for part in parts))

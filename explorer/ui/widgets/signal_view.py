"""A picture or a sound as the model gets it: its pixels, and each token's part of them."""

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.messages.results import Floats, SignalPicture
from explorer.ui import theme
from explorer.ui.style_sheet import mix
from explorer.ui.widgets.attention_words import number
from explorer.ui.widgets.painting import paint_safely

HIGH = 96
HIGH_IN_COLOUR = 120
"""A photograph has more parts; higher, a window of 800 pixels would have to grow."""
_STRONGEST = 0.8
"""How much of a part the tint of the largest weight covers."""
_WIDEST = 6
"""How much wider than high a pixel of a sound may be drawn; a picture's are squares."""


class SignalView(QWidget):
    """Pixels as they are, never smoothed; parts tinted by attention, and one that is pointed at.

    Grey is the signal, or it has colours of its own; the accent colour is attention, as strong as
    a weight's share of the largest of its row.
    """

    pointed = Signal(int)
    """The token whose part is under the pointer, -1 for none."""

    def __init__(self, high: int = HIGH, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._high = self._least = high
        self._signal: SignalPicture | None = None
        self._names: tuple[str, ...] = ()
        self._weights: Floats = np.zeros(0, np.float32)
        self._pointed = -1
        self._dimmed = False
        self._image: QImage | None = None
        self.setFixedHeight(high)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("The picture or sound that the model reads")
        self.setToolTip("What the model reads. Point at a part to find it in the maps.")
        theme.theme().changed.connect(self._repaint)

    @property
    def tinted(self) -> Floats:
        """The weights by which the parts are tinted; empty: none."""
        return self._weights

    @property
    def marked(self) -> int:
        """The token whose part is framed, -1 for none."""
        return self._pointed

    def show_signal(self, signal: SignalPicture | None, names: tuple[str, ...] = ()) -> None:
        """Show a signal whose parts have names; None: nothing."""
        self._names = names
        if signal is self._signal:
            return
        if signal is None or len(signal.boxes) != len(self._weights):
            self._weights = np.zeros(0, np.float32)
        self._signal = signal
        in_colour = signal is not None and signal.values.ndim == 3
        self._high = max(self._least, HIGH_IN_COLOUR) if in_colour else self._least
        self.setFixedHeight(self._high)
        self.updateGeometry()
        self._repaint()

    def show_weights(self, weights: Floats | None) -> None:
        """Tint each token's part by its weight; None: no tint."""
        weights = np.zeros(0, np.float32) if weights is None else weights
        if not np.array_equal(weights, self._weights):
            self._weights = weights
            self.update()

    def set_pointed(self, index: int) -> None:
        """Frame the part of a token that is pointed at, here or elsewhere; -1: of none."""
        if index != self._pointed:
            self._pointed = index
            self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: another sentence was asked for."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def _repaint(self) -> None:
        self._image = None
        self.update()

    # Where things are

    def picture_rect(self) -> QRect:
        """Where the pixels are drawn: whole ones where they are large, at the left."""
        if self._signal is None:
            return QRect()
        rows, columns = self._signal.values.shape[:2]
        room = self.width() / columns
        high = min(self._high / rows, room)
        wide = high
        if self._signal.kind == "sound":
            high = self._high / rows
            wide = min(room, high * _WIDEST)
        high, wide = (float(int(side)) if side >= 2 else side for side in (high, wide))
        return QRect(0, 0, max(1, round(wide * columns)), max(1, round(high * rows)))

    def box(self, index: int) -> QRectF:
        """Where a token's part is drawn; empty for a token that has none."""
        if self._signal is None or not 0 <= index < len(self._signal.boxes):
            return QRectF()
        left, top, width, height = (float(v) for v in self._signal.boxes[index])
        body = self.picture_rect()
        rows, columns = self._signal.values.shape[:2]
        x, y = body.width() / columns, body.height() / rows
        return QRectF(left * x, top * y, width * x, height * y)

    def _index_at(self, x: float, y: float) -> int:
        body = self.picture_rect()
        if self._signal is None or not body.contains(int(x), int(y)):
            return -1
        rows, columns = self._signal.values.shape[:2]
        column, row = x * columns / body.width(), y * rows / body.height()
        left, top, width, height = self._signal.boxes.T
        inside = (left <= column) & (column < left + width) & (top <= row) & (row < top + height)
        return int(inside.argmax()) if inside.any() else -1

    def sizeHint(self) -> QSize:
        """As wide as its pixels."""
        return QSize(max(self._high, self._natural_width()), self._high)

    def minimumSizeHint(self) -> QSize:
        """It can be narrow."""
        return QSize(min(self._high, 60), self._high)

    def _natural_width(self) -> int:
        if self._signal is None:
            return 0
        rows, columns = self._signal.values.shape[:2]
        wide = self._high / rows * (_WIDEST if self._signal.kind == "sound" else 1)
        return round(wide * columns)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pixels, the tints and the frame."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        if self._signal is None:
            return
        c, body = theme.colors(), self.picture_rect()
        if self._image is None:
            self._image = _image(self._signal.values)
        painter.setOpacity(0.35 if self._dimmed else 1.0)
        painter.drawImage(body, self._image)
        self._tint(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawRect(body.adjusted(0, 0, -1, -1))
        frame = self.box(self._pointed)
        if not frame.isEmpty():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRect(frame.adjusted(1, 1, -1, -1))

    def _tint(self, painter: QPainter) -> None:
        largest = float(np.nanmax(self._weights, initial=0.0))
        if largest <= 0 or not np.isfinite(largest):
            return
        color = QColor(theme.colors().accent)
        for index, weight in enumerate(self._weights.tolist()):
            if weight > 0:
                color.setAlphaF(_STRONGEST * weight / largest)
                painter.fillRect(self.box(index), color)

    # Pointing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._point(self._index_at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self._point(-1)

    def _point(self, index: int) -> None:
        if index != self._pointed:
            self.set_pointed(index)
            self.pointed.emit(index)

    def event(self, event: QEvent) -> bool:
        """Answer a resting pointer with the name of the part, and its weight if it is tinted."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._index_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), self.help_for(index), self)
            return True
        return super().event(event)

    def help_for(self, index: int) -> str:
        """What is said of a token's part."""
        if not 0 <= index < len(self._names):
            return self.toolTip()
        if index < len(self._weights):
            return f"{self._names[index]}: attention {number(float(self._weights[index]))}"
        return self._names[index]


def _image(values: Floats) -> QImage:
    """Colours as they are; a single value as a shade of grey."""
    return _grey(values) if values.ndim == 2 else _colours(values)


def _colours(values_YXC: Floats) -> QImage:
    pixels = np.ascontiguousarray((values_YXC.clip(0, 1) * 255).round().astype(np.uint8))
    rows, columns = pixels.shape[:2]
    return QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


def _grey(values_YX: Floats) -> QImage:
    """Values from 0 to 1 as shades from the theme's ground to its ink."""
    c = theme.colors()
    ground = mix(c.surface, c.window, 1.0)
    ends = [[int(name[i : i + 2], 16) for i in (1, 3, 5)] for name in (ground, c.text)]
    low, high = np.array(ends, np.float32)
    shares = np.nan_to_num(values_YX).clip(0, 1)[..., None]
    pixels = np.ascontiguousarray((low + (high - low) * shares).round().astype(np.uint8))
    rows, columns = values_YX.shape
    return QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()

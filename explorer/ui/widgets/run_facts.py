"""How a run stands: a progress line, and figures that change without anything moving."""

from collections import deque

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.messages.events import TrainStep
from explorer.ui import theme
from explorer.ui.widgets.painting import paint_safely

_BAR = 4
_GAP = theme.SPACE // 4
_LEFT = 0.62
"""Share of the first column, which holds the longest figure: the steps."""
_NOTHING = "–"
TERMS = {
    "Step": "Batches learned from, of all that the run will take.",
    "Time left": "At the pace of the last seconds.",
    "Device": "What the model computes on, and the number format of its products.",
    "Tokens/s": "Source and target tokens that the run learns from in a second, without padding.",
    "Architecture": "Reads and writes, writes on from a prompt, or reads only; and its layers.",
    "Parameters": "Numbers that the model learns.",
    "Weights": "Bytes that they take in memory; after the arrow, exported with their few bits.",
    "Vocabulary": "Different tokens that the model knows (|V|).",
    "Held-out loss": "Nats a token; of a low-bit model beside that of its weights unrounded, "
    "for which it was not trained.",
}


class RunFacts(QWidget):
    """Pairs of a small caption and a figure, in columns, below a thin progress line.

    A change repaints and never asks for a new layout.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = dict.fromkeys(TERMS, _NOTHING)
        self._done = 0.0
        self._caption, self._figure = theme.font("small"), theme.font("body")
        self.setAccessibleName("Facts of the model and the run")
        self.setToolTip("<br>".join(f"<b>{name}</b>: {text}" for name, text in TERMS.items()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.theme().changed.connect(self.update)

    def value(self, name: str) -> str:
        """The figure under a caption."""
        return self._values[name]

    def show_values(self, values: dict[str, str], done: float | None = None) -> None:
        """Show figures by caption, an empty one as a dash, and the share of the run behind us."""
        values = {name: text or _NOTHING for name, text in values.items()}
        if values.items() <= self._values.items() and done in (None, self._done):
            return
        self._values.update(values)
        self._done = self._done if done is None else min(1.0, max(0.0, done))
        self.setAccessibleDescription(", ".join(f"{n} {v}" for n, v in self._values.items()))
        self.update()

    def sizeHint(self) -> QSize:
        """Rows of two pairs, whatever they say."""
        rows = (len(self._values) + 1) // 2
        height = _BAR + theme.SPACE + rows * (_GAP + self._pair_height()) - _GAP
        return QSize(28 * theme.SPACE, height)

    def minimumSizeHint(self) -> QSize:
        """Narrow is possible: figures elide."""
        return QSize(16 * theme.SPACE, self.sizeHint().height())

    def _pair_height(self) -> int:
        return QFontMetrics(self._caption).height() + QFontMetrics(self._figure).height()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line and the pairs."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        self._paint_bar(painter)
        left = (self.width() - theme.SPACE) * _LEFT
        for index, (name, text) in enumerate(self._values.items()):
            row, column = divmod(index, 2)
            top = _BAR + theme.SPACE + row * (_GAP + self._pair_height())
            start, end = (left + theme.SPACE, self.width()) if column else (0.0, left)
            area = QRectF(start, top, end - start, self._pair_height())
            self._paint_pair(painter, area, name, text)

    def _paint_bar(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colors().raised))
        painter.drawRoundedRect(QRectF(0, 0, self.width(), _BAR), _BAR / 2, _BAR / 2)
        if self._done > 0:
            painter.setBrush(QColor(theme.colors().accent))
            done = QRectF(0, 0, max(_BAR, self.width() * self._done), _BAR)
            painter.drawRoundedRect(done, _BAR / 2, _BAR / 2)

    def _paint_pair(self, painter: QPainter, area: QRectF, name: str, text: str) -> None:
        flag = Qt.AlignmentFlag
        colors, metrics = theme.colors(), QFontMetrics(self._figure)
        painter.setFont(self._caption)
        painter.setPen(QColor(colors.muted))
        painter.drawText(area, flag.AlignTop | flag.AlignLeft, name)
        painter.setFont(self._figure)
        painter.setPen(QColor(colors.faint if text == _NOTHING else colors.text))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, flag.AlignBottom | flag.AlignLeft, shown)


class Pace:
    """Seconds that a step takes, over the last ten seconds or so."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, float]] = deque()

    def forget(self) -> None:
        """Begin anew, with another run."""
        self._marks.clear()

    def left(self, event: TrainStep) -> float | None:
        """Seconds until the last step; None while too little is known."""
        if self._marks and self._marks[-1][0] >= event.step:
            self.forget()
        self._marks.append((event.step, event.seconds))
        while len(self._marks) > 2 and event.seconds - self._marks[1][1] > 10:
            self._marks.popleft()
        step, seconds = self._marks[0]
        if event.step == step:
            return None
        return (event.seconds - seconds) / (event.step - step) * (event.steps - event.step)

"""A line of text that changes often: fixed height, elided, and its change moves nothing else."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.widgets.painting import paint_safely


class TextLine(QWidget):
    """Like a label, but a new text never asks for a new layout; the whole text is its tooltip."""

    def __init__(
        self,
        name: str,
        role: theme.Role = "small",
        *,
        color: str = "muted",
        bold: bool = False,
        right: bool = False,
        middle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._briefer: tuple[str, ...] = ()
        self._elide = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self._color = color
        self._font = theme.font(role, bold=bold)
        self._metrics = QFontMetrics(self._font)
        self._side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.theme().changed.connect(self.update)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(
        self, text: str, color: str | None = None, *, brief: str = "", briefest: str = ""
    ) -> None:
        """Show another text, in the theme's colour of that name or `#rrggbb`; `brief` where it
        does not fit, `briefest` where that does not either."""
        if text == self._text and color in (None, self._color):
            return
        self._text, self._briefer = text, tuple(filter(None, (brief, briefest)))
        self._color = color or self._color
        self.setAccessibleDescription(text)
        self._explain()
        self.update()

    def _fits(self, text: str) -> bool:
        return self._metrics.horizontalAdvance(text) <= self.width()

    def _explain(self) -> None:
        self.setToolTip("" if self._fits(self._text) else self._text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Explain what does not fit any more."""
        super().resizeEvent(event)
        self._explain()

    def sizeHint(self) -> QSize:
        """High as its font, and as wide as it may be."""
        return QSize(8 * theme.SPACE, self._metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """It can shrink, for it elides."""
        return QSize(0, self._metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text in one line."""
        paint_safely(self, self._paint)

    def _paint(self, painter: QPainter) -> None:
        painter.setFont(self._font)
        own = self._color.startswith("#")
        painter.setPen(QColor(self._color if own else getattr(theme.colors(), self._color)))
        every = (self._text, *self._briefer)
        text = next(filter(self._fits, every), every[-1])
        shown = self._metrics.elidedText(text, self._elide, self.width())
        painter.drawText(self.rect(), self._side | Qt.AlignmentFlag.AlignVCenter, shown)

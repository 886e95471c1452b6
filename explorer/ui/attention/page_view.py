"""A view that is a page: it scrolls on the screen, and is made small enough on paper."""

from abc import abstractmethod
from functools import lru_cache

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QHBoxLayout,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention import parts
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.view import View
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.painting import paint_safely

_LEAST = QSize(160, 120)
_BODY = 10.0
"""Points of the body's text on the screen."""
_NARROWEST = 320.0
"""Pages are laid out no narrower than this on paper, but drawn smaller."""


def page_scale() -> float:
    """How much larger text is than on the screen, when a picture is made for paper."""
    return theme.font("body").pointSizeF() / _BODY


def page_font(role: theme.Role = "body", *, bold: bool = False) -> QFont:
    """The typeface in pixels, as large on paper as on the screen: the whole page is scaled."""
    dots = QGuiApplication.primaryScreen().logicalDotsPerInch()
    return _page_font(role, bold, theme.in_print(), dots)


@lru_cache(maxsize=64)
def _page_font(role: theme.Role, bold: bool, print_: theme.Print | None, dots: float) -> QFont:
    """Made once for each way in which text is dressed; must not be changed."""
    made = theme.font(role, bold=bold)
    made.setPixelSize(max(1, round(made.pointSizeF() / page_scale() * dots / 72)))
    return made


def typeface() -> tuple[object, ...]:
    """What the widths of texts depend on; paper may have another than the screen."""
    font = page_font()
    return font.family(), font.hintingPreference()


class PageView(View):
    """Has a row for controls, and a canvas that shows a part of the page.

    Subclasses lay the page out for a width (`page_height`), draw the part of it between two
    heights (`paint_page`), and answer pointer and keys in the page's own places.
    """

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self.canvas = Canvas(self)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(theme.SPACE)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addLayout(self.tools)
        box.addWidget(self.canvas, 1)
        self.setFocusProxy(self.canvas)
        selection.follow(self.follow_selection)
        theme.theme().changed.connect(self.refresh)

    @abstractmethod
    def page_height(self, width: float) -> float:
        """How high the page is at a width."""

    @abstractmethod
    def paint_page(
        self, painter: QPainter, size: QSizeF, top: float, bottom: float, *, screen: bool
    ) -> None:
        """Draw what of the page, as large as `size`, lies between two heights.

        Only on the screen what follows the pointer is drawn.
        """

    def point_at(self, point: QPointF | None) -> None:
        """The pointer is there, or has left."""

    def press_at(self, point: QPointF) -> None:
        """The page was clicked there."""

    def press_key(self, key: Qt.Key) -> bool:
        """Answer a key; False: it is not ours."""
        return False

    def help_at(self, point: QPointF) -> str:
        """The tooltip for a place of the page."""
        return self.help

    def follow_selection(self) -> None:
        """Other heads or tokens were chosen."""
        self.refresh()

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace, or the same one read otherwise; None: nothing."""
        super().show_attention(shown)
        self.refresh()

    def restyle(self, style: MapStyle) -> None:
        """Colour weights otherwise."""
        super().restyle(style)
        self.refresh()

    def refresh(self) -> None:
        """Lay out and draw anew what has changed; unseen, that waits until it is shown."""
        if not self.isVisible():
            return
        self.canvas.fit()
        self.settle()
        self.canvas.viewport().update()

    def settle(self) -> None:
        """Another part of the page is seen, or another page."""

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self.refresh()

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        super().set_dimmed(dimmed)
        self.canvas.viewport().update()

    def subject(self) -> str:
        """The heads that are shown."""
        heads, _ = parts.heads_here(self.selection, self.shown)
        return "; ".join(words.head_name(site, head) for site, head in heads)

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the whole page, made smaller where it would not fit."""
        width = max(size.width() / page_scale(), _NARROWEST)
        for _ in range(6):  # A wider page is less high, so the scale is found step by step.
            scale = size.width() / width
            needed = self.page_height(width) * scale
            if needed <= size.height() or width > 16 * size.width():
                break
            width *= max(1.05, (needed / size.height()) ** 0.5)
        scale = min(size.width() / width, size.height() / max(self.page_height(width), 1.0))
        page = QSizeF(width, max(size.height() / scale, self.page_height(width)))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate((size.width() - width * scale) / 2, 0)
        painter.scale(scale, scale)
        self.paint_page(painter, page, 0.0, page.height(), screen=False)
        painter.restore()

    def paper_height(self, width: float) -> float:
        """All of the page; narrower than pages are laid out, it is drawn smaller."""
        wide = max(width / page_scale(), _NARROWEST)
        return self.page_height(wide) * width / wide

    def paper_size(self) -> QSizeF:
        """As wide as it is on the screen, and as high as the whole page."""
        width = max(float(self.canvas.viewport().width()), _NARROWEST)
        return QSizeF(width, self.page_height(width)) * page_scale()

    def say_nothing(self, painter: QPainter, size: QSizeF, text: str) -> None:
        """Write a few words where there is nothing to see."""
        painter.setFont(page_font())
        painter.setPen(QColor(theme.colors().muted))
        box = QRectF(0, 0, size.width(), size.height()).adjusted(16, 16, -16, -16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def seen(self) -> tuple[float, float]:
        """The heights between which the page is seen."""
        top = self.canvas.verticalScrollBar().value()
        return float(top), float(top + self.canvas.viewport().height())

    def reveal(self, top: float, bottom: float) -> None:
        """Scroll no further than needed to show what lies between two heights."""
        bar, room = self.canvas.verticalScrollBar(), self.canvas.viewport().height()
        bar.setValue(int(max(min(bar.value(), top), bottom - room)))


class Canvas(QAbstractScrollArea):
    """The window onto a page; the page itself answers pointer and keys."""

    def __init__(self, view: PageView) -> None:
        super().__init__(view)
        self._view = view
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(3 * theme.SPACE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumSize(_LEAST)
        self.setAccessibleName(view.title)
        self.setAccessibleDescription(view.help)

    def fit(self) -> None:
        """Let the bar reach as far as the page."""
        room = self.viewport().height()
        high = self._view.page_height(float(self.viewport().width()))
        self.verticalScrollBar().setRange(0, max(0, round(high) - room))
        self.verticalScrollBar().setPageStep(room)

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(560, 420)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the page out for another width."""
        super().resizeEvent(event)
        self.fit()
        self._view.settle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The page is drawn where it stands; nothing is moved."""
        self._view.settle()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is seen of the page."""
        paint_safely(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        room = QSizeF(self.viewport().size())
        page = QSizeF(room.width(), max(room.height(), self._view.page_height(room.width())))
        top, bottom = self._view.seen()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, -top)
        painter.setOpacity(0.35 if self._view.dimmed else 1.0)
        self._view.paint_page(painter, page, top, bottom, screen=True)
        painter.restore()
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.colors().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(0.5, 0.5, room.width() - 1, room.height() - 1), 4, 4)

    def _on_page(self, point: QPointF) -> QPointF:
        return point + QPointF(0, self.verticalScrollBar().value())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._view.point_at(self._on_page(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._view.press_at(self._on_page(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the page answer, and scroll by what it does not."""
        if not self._view.press_key(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame."""
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And no longer."""
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain what is under a resting pointer; forget it when the pointer leaves."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            help = self._view.help_at(self._on_page(QPointF(event.pos())))
            QToolTip.showText(event.globalPos(), help, self.viewport())
            return True
        if event.type() is QEvent.Type.Leave:
            self._view.point_at(None)
        return super().viewportEvent(event)

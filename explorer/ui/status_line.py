"""The line at the bottom: in words what is happening, what went wrong, what to do."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from explorer.messages.events import Event
from explorer.ui import theme
from explorer.ui.icons import icon, pixmap
from explorer.ui.narration import Mood, Narrator, Notice

_TALLEST = 3


class StatusLine(QWidget):
    """Shows the narrator's sentence with an icon; a failure stays until somebody closes it."""

    stopped = Signal()
    """A person wants what is going on to be given up."""

    def __init__(self, narrator: Narrator) -> None:
        super().__init__()
        self._narrator = narrator
        self._shown: Notice | None = None
        self._icon = QLabel()
        self._icon.setFixedHeight(18)
        self._text = _text_label()
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName("Progress")
        self._close = _close_button()
        self._close.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE, 5, theme.SPACE // 2, 6)
        row.setSpacing(theme.SPACE)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self._bar)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        theme.theme().changed.connect(self._dress)
        self.refresh()

    @property
    def text(self) -> str:
        """The sentence as it is known, even where the line is too short for it."""
        return "" if self._shown is None else self._shown.text

    def receive(self, events: Sequence[Event]) -> None:
        """Follow what happened."""
        self._narrator.take(events)
        self.refresh()

    def refresh(self) -> None:
        """Show what the narrator says now."""
        notice = self._narrator.notice
        if notice != self._shown:
            self._shown = notice
            self._show(notice)

    def _show(self, notice: Notice) -> None:
        self._bar.setVisible(notice.mood == "busy")
        self._bar.setRange(0, notice.total)
        self._bar.setValue(notice.done)
        self._close.setVisible(notice.stops or notice.mood in ("error", "warning"))
        help = "Stop this" if notice.stops else "Dismiss this message"
        self._close.setToolTip(help)
        self._close.setAccessibleName(help)
        self._text.setToolTip(notice.text)
        self._text.setAccessibleName(notice.text)
        self._fit()
        self._dress()

    def _fit(self) -> None:
        """Errors may take a few lines; all else is one, cut where the window ends."""
        if self._shown is None:
            return
        metrics, width = QFontMetrics(self._text.font()), max(80, self._text.width())
        lines = 1
        text = self._shown.text
        if self._shown.mood == "error":
            wrap = Qt.TextFlag.TextWordWrap
            needed = metrics.boundingRect(0, 0, width, 10_000, wrap, text).height()
            lines = min(_TALLEST, max(1, round(needed / metrics.lineSpacing())))
        else:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        self._text.setWordWrap(lines > 1)
        self._text.setFixedHeight(max(18, lines * metrics.lineSpacing()))
        if text != self._text.text():
            self._text.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _dismiss(self) -> None:
        if self._shown is not None and self._shown.stops:
            self.stopped.emit()
            return
        self._narrator.dismiss()
        self.refresh()

    def _dress(self) -> None:
        mood = "info" if self._shown is None else self._shown.mood
        color = _color(mood)
        self._icon.setPixmap(pixmap(mood, color, 16, self.devicePixelRatioF()))
        self._text.setStyleSheet(f"color: {color if mood == 'error' else theme.colors().text};")
        self._close.setIcon(icon("close", theme.colors().muted))


def _text_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _close_button() -> QToolButton:
    button = QToolButton()
    button.setProperty("quiet", True)
    button.setProperty("tight", True)
    button.setIconSize(QSize(12, 12))
    return button


def _color(mood: Mood) -> str:
    c = theme.colors()
    by_mood: dict[Mood, str] = {
        "info": c.muted, "busy": c.accent, "good": c.good, "warning": c.warning, "error": c.bad,
    }  # fmt: skip
    return by_mood[mood]

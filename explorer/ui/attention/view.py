"""What every view of attention is: a widget that draws what is shown, on screen or on paper."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QSizeF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from explorer.messages.events import Event
from explorer.messages.shown import Shown
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection


class View(QWidget):
    """Shows `shown` for the chosen head and tokens of the selection that all views share.

    A view chooses tokens and heads by `selection.pick` and `selection.choose`, follows
    `selection.follow`, and holds no model.
    """

    key: ClassVar[str]
    """Stable name, for files and the command line."""
    title: ClassVar[str]
    """One or two words on the switch."""
    help: ClassVar[str]
    """What one sees here, in a sentence or two."""
    needs_heads: ClassVar[bool] = False
    """Whether weights alone are too little for it: it shows queries, keys or sums over layers."""

    pointed = Signal(str)
    """What is under the pointer, in words; empty when nothing is."""
    requested = Signal(object)
    """Emitted with a `Command` for the worker."""

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = selection
        self.shown: Shown | None = None
        self.style_ = MapStyle()
        self.dimmed = False
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.help)

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace, or the same one read otherwise; None: nothing."""
        self.shown = shown
        self.update()

    def receive(self, events: Sequence[Event]) -> None:
        """Take in what the worker told, oldest first, seen or not; most views ask for nothing."""

    def restyle(self, style: MapStyle) -> None:
        """Colour weights otherwise."""
        self.style_ = style
        self.update()

    @property
    def cell(self) -> tuple[int, int] | None:
        """Query and key under the pointer, else those that were picked; None: neither."""
        query, key = self.selection.query, self.selection.key
        return None if query is None or key is None else (query, key)

    def mark_key(self, key: int) -> None:
        """Frame a key that is pointed at elsewhere; -1: none. A view may leave it be."""

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """Draw everything but what follows the pointer into (0, 0, size), text as text.

        `paintEvent` uses it, and so do SVG, PDF and PNG at any size.
        """
        raise NotImplementedError

    def subject(self) -> str:
        """What the picture is of, for its caption: the heads that it shows."""
        return "; ".join(words.head_name(site, head) for site, head in self.selection.heads)

    def paper_height(self, width: float) -> float | None:
        """How high it is at a width, where that follows as a text's does; None: as one likes."""
        return None

    def paper_size(self) -> QSizeF:
        """The size at which this is legible and without empty room, in pixels."""
        return QSizeF(self.size())

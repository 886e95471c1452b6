"""Several maps side by side: pinned heads, and a picture that was kept beside the one of now."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.messages.foreign import at_step
from explorer.messages.results import Trace
from explorer.messages.shown import Shown, comparable
from explorer.ui import theme
from explorer.ui.attention.map_view import MapView
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.view import View
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.empty_page import EmptyPage
from explorer.ui.widgets.head_selection import Head, HeadSelection
from explorer.ui.widgets.text_line import TextLine

_LEAST = 320
"""Width of a map below which fewer stand beside each other."""
_HIGH = 280
_MOST = 24
"""Maps that are shown at once."""


@dataclass(frozen=True, slots=True)
class Item:
    """What one of the maps shows, and what stands above it."""

    shown: Shown
    head: Head
    title: str


class _Map(QWidget):
    """A map with its title, and a selection of its own that holds its head."""

    def __init__(self, owner: HeadSelection, parent: QWidget) -> None:
        super().__init__(parent)  # Shown without one, it would be a window for a moment.
        self._owner, self._own = owner, HeadSelection()
        self.title = TextLine("What this map shows", "small", color="muted")
        self.map = MapView(self._own)
        self.map.setMinimumHeight(_HIGH)
        self._head: Head | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.title)
        box.addWidget(self.map, 1)
        self._own.follow(self._tell)

    def show_item(self, item: Item) -> None:
        """Show another head, trace or difference."""
        self._head = item.head
        self._own.choose(*item.head)
        self.title.set_text(item.title)
        self.map.setAccessibleName(item.title)
        self.map.show_attention(item.shown)
        self.follow()

    def follow(self) -> None:
        """Mark the tokens that are chosen for all."""
        if self._head is None or self._owner.site is None:
            return
        if self._head[0].kind is self._owner.site.kind:
            self._own.pick(self._owner.query, self._owner.key)

    def _tell(self) -> None:
        """Tokens that were chosen here are chosen everywhere."""
        if self._head is None or (self._own.site, self._own.head) != self._head:
            return
        chosen = self._own.query, self._own.key
        if chosen != (None, None) and chosen != (self._owner.query, self._owner.key):
            self._owner.choose(*self._head)
            self._owner.pick(*chosen)


class BesideView(View):
    """A map for each pinned head (else the chosen one), of now, of what was kept, and minus it."""

    key = "beside"
    title = "Side by side"
    help = (
        "The maps of all pinned heads. After “Compare” the picture that was kept stands below the "
        "one of now, and the difference below that."
    )

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self._maps: list[_Map] = []
        self._items: list[Item] = []
        self._columns = 1
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.SPACE)
        self._empty = EmptyPage()
        self._empty.say("Nothing here yet", "Type a sentence, and pin heads or press Compare.")
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inner)
        self._scroll = scroll
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scroll)
        box.addWidget(self._empty)
        selection.follow(self._follow)
        self._show()

    @property
    def maps(self) -> list[MapView]:
        """The maps, in reading order."""
        return [shown.map for shown in self._maps[: len(self._items)]]

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace."""
        super().show_attention(shown)
        self._show()

    def restyle(self, style: MapStyle) -> None:
        """Colour weights otherwise."""
        super().restyle(style)
        for made in self._maps:
            made.map.restyle(style)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        super().set_dimmed(dimmed)
        for made in self._maps:
            made.map.set_dimmed(dimmed)

    def _follow(self) -> None:
        if [item.head for item in self._items] != [i.head for i in self._wanted()]:
            self._show()
        for made in self._maps[: len(self._items)]:
            made.follow()

    def _wanted(self) -> list[Item]:
        shown = self.shown
        if shown is None:
            return []
        kept = shown.beside
        items: list[Item] = []
        for shown_now, when in _versions(shown, kept):
            for site, head in self.selection.heads:
                weights = shown_now.trace.weights.get(site)
                if weights is not None and head < weights.shape[0]:
                    name = words.brief_head_name(site, head)
                    items.append(Item(shown_now, (site, head), f"{name}{when}"))
        return items[:_MOST]

    def _show(self) -> None:
        self._items = self._wanted()
        while len(self._maps) < len(self._items):
            made = _Map(self.selection, self._inner)
            made.map.pointed.connect(self.pointed)
            made.map.restyle(self.style_)
            self._maps.append(made)
        for made, item in zip(self._maps, self._items, strict=False):
            made.show_item(item)
        self._empty.setVisible(not self._items)
        self._scroll.setVisible(bool(self._items))
        self._place()

    def _place(self) -> None:
        """As many beside each other as have room; the versions of a head below each other."""
        heads = max(len(self.selection.heads), 1)
        self._columns = max(1, min(heads, self.width() // _LEAST, max(len(self._items), 1)))
        for number, made in enumerate(self._maps):
            there = number < len(self._items)
            made.setVisible(there)
            if there:
                version, head = divmod(number, heads)
                line = (head // self._columns) * (-(-len(self._items) // heads)) + version
                self._grid.addWidget(made, line, head % self._columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put other numbers beside each other."""
        super().resizeEvent(event)
        self._place()

    @property
    def cell(self) -> tuple[int, int] | None:
        """What is pointed at in the first map."""
        return self._maps[0].map.cell if self._items else None

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """Draw all maps with their titles, as many beside each other as on the screen."""
        if not self._items:
            return
        columns = min(self._columns, len(self._items))
        lines = -(-len(self._items) // columns)
        font = theme.font("small")
        high = QFontMetricsF(font).height() + 4
        wide, tall = size.width() / columns, size.height() / lines
        for number, made in enumerate(self._maps[: len(self._items)]):
            corner = QPointF(number % columns * wide, number // columns * tall)
            painter.save()
            painter.translate(corner)
            painter.setFont(font)
            painter.drawText(QRectF(0, 0, wide, high), self._items[number].title)
            painter.translate(0, high)
            made.map.draw(painter, QSizeF(wide - theme.SPACE, tall - high - theme.SPACE))
            painter.restore()

    def paper_size(self) -> QSizeF:
        """Room for every map at its own legible size."""
        if not self._items:
            return QSizeF(self.size())
        columns = min(self._columns, len(self._items))
        lines = -(-len(self._items) // columns)
        sizes = [made.map.paper_size() for made in self._maps[: len(self._items)]]
        wide, tall = max(s.width() for s in sizes), max(s.height() for s in sizes)
        return QSizeF(columns * (wide + theme.SPACE), lines * (tall + 3 * theme.SPACE))


def _versions(shown: Shown, kept: Trace | None) -> list[tuple[Shown, str]]:
    """What is shown of every head: now, what was kept, and the difference where there is one."""
    if kept is None:
        return [(shown, "")]
    now, before = Shown(shown.trace, shown.reading), Shown(kept, shown.reading)
    versions = [(now, _when(shown.trace, "now")), (before, _when(kept, "kept"))]
    if not comparable(shown.trace, kept):
        versions.append((Shown(shown.trace, shown.reading, kept), " · now − kept"))
    return versions


def _when(trace: Trace, word: str) -> str:
    return f" · {word}: {at_step(trace.model, trace.step)}"

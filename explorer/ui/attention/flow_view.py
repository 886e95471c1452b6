"""Attention across layers: where what a token is made of comes from, as a graph and as a map."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.messages.events import Event
from explorer.messages.flow import FlowMaps, FlowPath
from explorer.messages.shown import Shown
from explorer.ui.attention import flow_layout, flow_words
from explorer.ui.attention.flow_asking import FlowAsking
from explorer.ui.attention.flow_choices import FlowChoices
from explorer.ui.attention.flow_layout import FlowLayout
from explorer.ui.attention.flow_picture import FlowPicture, Pair
from explorer.ui.attention.page_view import PageView
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.text_line import TextLine

_EMPTY = "Type a sentence to see how its attention adds up across layers."
_FAR = 1_000_000
_DOWN = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
    Qt.Key.Key_Home: -_FAR, Qt.Key.Key_End: _FAR,
}  # fmt: skip
_ACROSS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class FlowView(PageView):
    """Rollout, maximum flow and value-weighted attention, computed by the worker."""

    key = "flow"
    needs_heads = True
    title = "Flow"
    help = (
        "How attention adds up from layer to layer: point at a token at the right to see from "
        "which inputs it is made, and by which ways. Lines are as wide as the share they carry."
    )

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        self.picture: FlowPicture | None = None
        self.hovered: Pair = (None, None)
        self._refused = ""
        super().__init__(selection, parent)
        self.choices = FlowChoices()
        self.words = TextLine("What is added up")
        self.asking = FlowAsking(self)
        self.tools.addWidget(self.choices)
        self.tools.addStretch()
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        box.insertWidget(1, self.words)
        self.choices.changed.connect(self._want)
        self.asking.requested.connect(self.requested)
        self.asking.found.connect(self._take)
        self.asking.path_found.connect(self._take_path)
        self.asking.progressed.connect(self._progress)

    # What is asked for

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to ask."""
        self.asking.looks = True
        self._want()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more: nobody looks."""
        super().hideEvent(event)
        self.asking.looks = False

    def show_attention(self, shown: Shown | None) -> None:
        """Show another trace; its flow comes from the worker."""
        super().show_attention(shown)
        self._want()

    def follow_selection(self) -> None:
        """Another head asks for another flow; another token is marked."""
        self._want()
        self._ask_path()
        self.refresh()

    def _want(self) -> None:
        if self.shown is None:
            self._take(None, "")
            return
        choice = self.choices.choice(self.shown.trace, self.selection)
        if choice is not None:
            self.asking.want(self.shown.trace, choice)

    def receive(self, events: Sequence[Event]) -> None:
        """Take what the worker found."""
        self.asking.receive(events)

    def _progress(self, done: int, total: int) -> None:
        self.words.set_text(f"Computing flow: token {done} of {total}", "muted")

    def _take(self, found: FlowMaps | None, refused: str) -> None:
        self.picture, self._refused = None if found is None else FlowPicture(found), refused
        self.hovered = (None, None)
        self._ask_path()
        self.refresh()

    def _ask_path(self) -> None:
        """In maximum flow lines belong to a pair: the chosen key, or the query's largest."""
        found, (query, key) = self.found, self.chosen
        if found is None or found.choice.method != "flow" or query is None:
            return
        key = int(found.map_QK[query].argmax()) if key is None else key
        path = self.path
        if path is None or (path.query, path.key) != (query, key):
            self.asking.ask_path(query, key)

    @property
    def path(self) -> FlowPath | None:
        """The largest flow whose ways are drawn."""
        return None if self.picture is None else self.picture.path

    def _take_path(self, path: FlowPath | None) -> None:
        if self.picture is not None:
            self.picture.path = path
        self.refresh()

    # Which tokens

    @property
    def picked(self) -> Pair:
        """The tokens of the trace that were picked, in any view."""
        found, shown = self.found, self.shown
        if found is None or shown is None or self.selection.site is None:
            return None, None
        if self.selection.site.kind is not found.choice.kind:
            return None, None
        queries, keys = shown.axes(found.choice.kind)
        query = _token(self.selection.query, queries.groups, len(found.queries))
        return query, _token(self.selection.key, keys.groups, len(found.keys))

    @property
    def chosen(self) -> Pair:
        """The tokens under the pointer, else those that were picked."""
        return self.picked if self.hovered == (None, None) else self.hovered

    def _pick(self, query: int | None, key: int | None) -> None:
        assert self.found is not None and self.shown is not None
        queries, keys = self.shown.axes(self.found.choice.kind)
        self.selection.pick(_group(query, queries.groups), _group(key, keys.groups))

    # The page

    @property
    def found(self) -> FlowMaps | None:
        """The worker's answer."""
        return None if self.picture is None else self.picture.found

    def layout_(self, width: float) -> FlowLayout:
        """Where everything stands."""
        assert self.picture is not None
        return self.picture.in_print().layout(width)

    def page_height(self, width: float) -> float:
        """All tokens, a row each."""
        return 0.0 if self.picture is None else self.layout_(width).height

    def paint_page(
        self, painter: QPainter, size: QSizeF, top: float, bottom: float, *, screen: bool
    ) -> None:
        """Draw graph, tokens and map."""
        if self.picture is None:
            waiting = "" if self.shown is None else "Adding up …"
            self.say_nothing(painter, size, self._refused or waiting or _EMPTY)
            return
        chosen, seen = self.chosen if screen else self.picked, (top, bottom)
        picture = self.picture.in_print()
        picture.paint(painter, size.width(), seen, self.style_, chosen, screen=screen)

    def settle(self) -> None:
        """Say what is seen."""
        if self.found is None:
            self.canvas.setAccessibleDescription(self._refused or _EMPTY)
            self.words.set_text("")
            return
        query, key = self.picked
        lines = flow_words.lines(self.found, self.chosen[0], self.path)
        self.words.set_text(f"{flow_words.of_what(self.found.choice)}; {lines}", "muted")
        said = "" if query is None else f" {flow_words.reading(self.found, query, key)}"
        self.canvas.setAccessibleDescription(f"{self.subject()}.{said}")

    def subject(self) -> str:
        """What the picture is of."""
        return "" if self.found is None else flow_words.of_what(self.found.choice)

    # Pointing

    def _at(self, point: QPointF) -> Pair:
        layout = self.layout_(self.canvas.viewport().width())
        query, key = layout.query_at(point.x(), point.y()), layout.key_at(point.x(), point.y())
        return query, key

    def point_at(self, point: QPointF | None) -> None:
        """Show the ways of the token under the pointer."""
        at: Pair = (None, None)
        if point is not None and self.found is not None:
            query, key = self._at(point)
            kept = self.picked[0]
            at = (kept if query is None and key is not None else query, key)
        if at != self.hovered:
            self.hovered = at
            self._ask_path()
            self.refresh()
            self.pointed.emit(self._reading())

    def _reading(self) -> str:
        query, key = self.hovered
        if self.found is None or query is None:
            return ""
        return flow_words.reading(self.found, query, key)

    def press_at(self, point: QPointF) -> None:
        """Keep what is under the pointer; a second click, or one beside, lets go."""
        if self.found is None:
            return
        query, key = self._at(point)
        if query is None and key is not None:
            query = self.picked[0]
        self._pick(*((None, None) if (query, key) == self.picked else (query, key)))

    def press_key(self, key: Qt.Key) -> bool:
        """Up and down go from query to query, left and right from input to input."""
        found = self.found
        if found is None:
            return False
        query, column = self.picked
        if key is Qt.Key.Key_Escape and self.picked != (None, None):
            self._pick(None, None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hovered != (None, None):
            self._pick(*self.hovered)
        elif key in _DOWN:
            self._pick(_walked(query, _DOWN[key], len(found.queries)), column)
        elif key in _ACROSS:
            self._pick(query or 0, _walked(column, _ACROSS[key], len(found.keys)))
        else:
            return False
        self._reveal()
        return True

    def _reveal(self) -> None:
        self.hovered = (None, None)
        query = self.picked[0]
        if query is not None:
            y = self.layout_(self.canvas.viewport().width()).y(query)
            self.reveal(y - 2 * flow_layout.PITCH, y + 2 * flow_layout.PITCH)
            assert self.found is not None
            self.pointed.emit(flow_words.reading(self.found, *self.picked))  # pyright: ignore

    def help_at(self, point: QPointF) -> str:
        """What a token is to the model, or what is seen here."""
        if self.found is None:
            return self.help
        query, key = self._at(point)
        if query is not None and key is None:
            return words.token_help(self.found.queries[query])
        return self.help if key is None else words.token_help(self.found.keys[key])


def _token(place: int | None, groups: Sequence[tuple[int, int]], count: int) -> int | None:
    """The first token of what is shown at a place."""
    if place is None or place >= len(groups) or groups[place][0] >= count:
        return None
    return groups[place][0]


def _group(token: int | None, groups: Sequence[tuple[int, int]]) -> int | None:
    """Where a token is shown; None: nowhere."""
    if token is None:
        return None
    return next((n for n, (a, b) in enumerate(groups) if a <= token < b), None)


def _walked(place: int | None, step: int, count: int) -> int:
    if place is None:
        return 0 if step <= 1 else count - 1
    return min(max(place + step, 0), count - 1)

"""The picture of one trace: all heads small at the left, one of the views large at the right."""

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from explorer.messages.events import Event, HeadsMeasured
from explorer.messages.foreign import Foreign
from explorer.messages.heads import MadeWeights, Weights
from explorer.messages.measures import HeadMeasures
from explorer.messages.results import Floats, Site, SiteKind, Token, Trace
from explorer.messages.shown import AS_IT_IS, Shown
from explorer.ui import theme
from explorer.ui.attention import memory, view_memory
from explorer.ui.attention.enlarged import EnlargedHead
from explorer.ui.attention.heads_side import HeadsSide
from explorer.ui.attention.measuring import Measuring
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.views import VIEWS
from explorer.ui.attention.views_side import ViewsSide
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.key_groups import groups_of, sharing
from explorer.ui.widgets.text_line import TextLine

_HINT = "Point at a cell to read its weight."


class AttentionDesk(QWidget):
    """Shows traces as they are asked for, and says what is pointed at and what was done to them."""

    requested = Signal(object)
    """A `Command` for the worker."""

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = selection
        self.trace: Trace | None = None
        self.shown: Shown | None = None
        self.heads = HeadsSide(selection)
        self.side = ViewsSide(selection, VIEWS)
        self.reading = TextLine("Weight under the pointer", "body", color="text", middle=True)
        self.done = TextLine("What was done to the weights", "small", color="warning")
        self.status = TextLine("Model and step of this picture", right=True)
        self._measuring = Measuring(self)
        self._enlarged = EnlargedHead(self.heads.grid)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._by_hand = False
        self._part = view_memory.SeenPart()
        self.foreign: Foreign | None = None
        self.about = ""
        """What else there is to know of the model."""
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self._splitter.addWidget(self.heads)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setHandleWidth(theme.SPACE)
        self._splitter.setChildrenCollapsible(False)
        foot = QHBoxLayout()
        foot.setSpacing(theme.SPACE)
        foot.addWidget(self.reading, 3)
        foot.addWidget(self.status, 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addWidget(self._splitter, 1)
        box.addWidget(self.done)
        box.addLayout(foot)
        self.done.hide()

    def _connect(self) -> None:
        self._splitter.splitterMoved.connect(self._moved_by_hand)
        self.heads.grid.hovered.connect(self._say_hovered)
        self.heads.shape_changed.connect(self._share_room)
        self.heads.measures_wanted.connect(self._measuring.ask)
        self._measuring.found.connect(self.heads.take_measures)
        self._measuring.requested.connect(self.requested)
        self.side.requested.connect(self.requested)
        self.side.pointed.connect(self._say)
        self.side.options.read_otherwise.connect(lambda _: self._read())
        self.side.options.colored_otherwise.connect(self._restyle)
        self.side.comparing.changed.connect(lambda: self._read())
        self._say("")

    # What is shown

    def show_trace(self, trace: Trace, *, reopened: bool = False) -> None:
        """Show another trace; `reopened` says that it is the first of a model."""
        self.trace = trace
        self.heads.offer_kinds(trace)
        (self.selection.reopen if reopened else self.selection.fit)(trace.weights)
        self.side.comparing.take(trace)
        self._read()
        self.heads.grid.groups = groups_of(trace)
        self.status.set_text(words.status(trace, self.foreign))
        if self.about:
            self.status.setToolTip(f"{self.status.text()}\n{self.about}")
        self._measuring.wanted = self.heads.needs_measures
        self._measuring.show_trace(trace)

    def show_glimpse(self, trace: Trace, measures: HeadMeasures | None) -> None:
        """Show a trace while time goes by: without queries and keys, and nothing is asked for it.

        What needs more steps back until the worker has told it.
        """
        self.trace = trace
        self.selection.fit(trace.weights)
        self.side.comparing.take(trace)
        self._read(passing=True)
        self.status.set_text(words.status(trace))
        self._measuring.wanted = False
        self._measuring.show_trace(trace)
        if measures is not None:
            self.receive((HeadsMeasured(0, measures),))

    def receive(self, events: Sequence[Event]) -> None:
        """Pass on what the views and the order of the heads wait for."""
        self._measuring.receive(events)
        self.side.receive(events)

    def _read(self, *, passing: bool = False) -> None:
        """Show the trace as the choices have it; `passing` as `ViewsSide.show_attention`."""
        if self.trace is None:
            return
        reading, kept = self.side.options.reading, self.side.comparing.subtracted
        self.shown = Shown(self.trace, reading, kept, self.side.comparing.kept)
        before = self.heads.grid.shown
        plain = reading == AS_IT_IS and kept is None
        weights = self.trace.weights if plain else _as_shown(self.shown)
        self.heads.grid.show_heads(weights, self._allowed(), signed=self.shown.signed)
        if self.heads.grid.shown is not before:
            self._share_room()
        self.side.show_attention(self.shown, passing=passing)
        self._part.see(self.side.seen)
        done = "; ".join(part for part in (self.shown.note, self.side.comparing.note) if part)
        self.done.set_text(done)
        self.done.setVisible(bool(done))

    def _allowed(self) -> Mapping[SiteKind, np.ndarray]:
        assert self.shown is not None and self.trace is not None
        tables = {kind: self.shown.allowed(kind) for kind in self.trace.allowed}
        return {kind: table for kind, table in tables.items() if table is not None}

    def _restyle(self, style: MapStyle) -> None:
        self.heads.grid.restyle(style)
        self._enlarged.restyle(style)
        self.side.restyle(style)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        self.heads.grid.set_dimmed(dimmed)
        self.side.set_dimmed(dimmed)

    def memory(self) -> dict[str, object]:
        """What was chosen and set, as plain values."""
        return {**memory.of_selection(self.selection), **memory.of_display(
            self.side.options.reading, self.side.options.style_
        ), "view": self.side.seen.key, "order": self.heads.order.currentData(),
            "role": self.heads.role.currentData(), "part": self._part.of(self.side.seen),
            "pressed": view_memory.pressed(self.side.views),
            "split": self._splitter.sizes() if self._by_hand else []}  # fmt: skip

    def remember(self, values: Mapping[str, object]) -> None:
        """Choose and set it again."""
        self.side.options.take(*memory.display(values))
        memory.into_selection(values, self.selection)
        self.heads.choose_order(str(values.get("order", "")), str(values.get("role", "")))
        self.side.turn_to(str(values.get("view", "")))
        view_memory.press(self.side.views, values.get("pressed"))
        self._part.want(values.get("part"))
        self._part.see(self.side.seen)
        split = values.get("split")
        if isinstance(split, list) and len(split) == 2:
            self._splitter.setSizes([int(size) for size in split])
            self._by_hand = True

    # What is pointed at

    def _say(self, text: str) -> None:
        self.reading.set_text(text or _HINT, "text" if text else "muted")

    def _say_hovered(self, hovered: tuple[Site, int] | None) -> None:
        shared = sharing(self.trace, *hovered) if hovered and self.trace else ""
        name = "" if hovered is None else words.head_name(*hovered)
        self._say(f"{name}: {shared}" if shared else name)
        self._enlarged.show_head(self.shown, hovered)

    def look(self) -> tuple[Token, Floats, int] | None:
        """The chosen query, what it pays to each source token, and the chosen key."""
        site, trace, shown = self.selection.site, self.trace, self.shown
        cell = self.side.seen.cell
        if cell is None or site is None or trace is None or shown is None or shown.signed:
            return None
        if site not in trace.weights or site.kind is SiteKind.DECODER:
            return None
        query, key = shown.place(site.kind, *cell)
        return trace.queries(site.kind)[query], trace.weights[site][self.selection.head][query], key

    def mark_source(self, index: int) -> None:
        """Frame the column of a source token that is pointed at elsewhere; -1: of none."""
        site = self.selection.site
        here = site is not None and site.kind is not SiteKind.DECODER
        self.side.seen.mark_key(index if here else -1)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the parts below each other where the view is higher than wide."""
        tall = self.height() > 1.1 * self.width()
        wanted = Qt.Orientation.Vertical if tall else Qt.Orientation.Horizontal
        if self._splitter.orientation() is not wanted:
            self._splitter.setOrientation(wanted)
            self._by_hand = False
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Give the small maps what they use, the large one the rest, until a hand moves it."""
        if self._by_hand:
            return
        if self._splitter.orientation() is Qt.Orientation.Horizontal:
            whole = self.width()
            needed = self.heads.room(QSize(10_000, self.height() - 30)).width()
            least = min(self.heads.grid.minimumWidth() + 14, round(whole * 0.48))
            share = max(min(needed, round(whole * 0.38)), least)
        else:
            whole = self.height()
            share = min(self.heads.room(QSize(self.width(), 10_000)).height(), round(whole * 0.5))
        self._splitter.setSizes([share, max(whole - share, 1)])

    def _moved_by_hand(self) -> None:
        self._by_hand = True


def _as_shown(shown: Shown) -> dict[Site, Weights]:
    """All maps as they are shown; those of a long text stay as they are in the small."""
    found: dict[Site, Weights] = {}
    for site, weights in shown.trace.weights.items():
        if isinstance(weights, MadeWeights):
            found[site] = weights
        else:
            heads = range(weights.shape[0])
            found[site] = np.stack([shown.weights(site, head) for head in heads])
    return found

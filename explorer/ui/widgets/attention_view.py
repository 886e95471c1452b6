"""The picture of one trace: all heads small at the left, the chosen one large at the right."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.results import Floats, Site, SiteKind, Token, Trace
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_dot import HeadDot
from explorer.ui.widgets.head_grid import HeadGrid
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.heatmap import Heatmap
from explorer.ui.widgets.segments import Segment, Segments
from explorer.ui.widgets.text_line import TextLine

_HINT = "Point at a cell to read its weight."
_OWN_RANGE_HELP = (
    "Off: colours run from 0 to 1 in every map, so maps can be compared.\n"
    "On: in each map the strongest colour is its own largest weight, so faint patterns show.\n"
    "The weights themselves stay what they are."
)


class AttentionView(QWidget):
    """Follows a `HeadSelection`, shows traces, and says what is pointed at."""

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = selection
        self.trace: Trace | None = None
        self.kinds = Segments("Which attention is shown", _segments())
        self.grid = HeadGrid(selection)
        self.name = TextLine("Head that is shown large", "body", color="text", bold=True)
        self._dot = HeadDot()
        self.own_range = QCheckBox("Range per map")
        self.own_range.setToolTip(_OWN_RANGE_HELP)
        self.own_range.setAccessibleName("Range per map")
        self.own_range.setFont(theme.font("small"))
        self.map = Heatmap()
        self.reading = TextLine("Weight under the pointer", "body", color="text", middle=True)
        self.status = TextLine("Model and step of this picture", right=True)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._by_hand = False
        self._offered: list[SiteKind] = []
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self._splitter.addWidget(self._left())
        self._splitter.addWidget(self._right())
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
        box.addLayout(foot)

    def _left(self) -> QWidget:
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.grid)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side = QWidget()
        box = QVBoxLayout(side)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE)
        box.addWidget(self.kinds)
        box.addWidget(self._scroll, 1)
        return side

    def _right(self) -> QWidget:
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE)
        head.addWidget(self._dot)
        head.addWidget(self.name, 1)
        head.addWidget(self.own_range)
        side = QWidget()
        box = QVBoxLayout(side)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addLayout(head)
        box.addWidget(self.map, 1)
        return side

    def _connect(self) -> None:
        self.selection.follow(self._show_chosen)
        self.selection.follow(self._scroll_to_chosen)
        self._splitter.splitterMoved.connect(self._moved_by_hand)
        self.kinds.chosen.connect(self._show_kinds)
        self.own_range.toggled.connect(self._use_own_range)
        self.grid.hovered.connect(self._say_hovered)
        self.map.pointed.connect(lambda _: self._say_reading())
        self._say_reading()

    def show_trace(self, trace: Trace, *, reopened: bool = False) -> None:
        """Show another trace; `reopened` says that it is the first of a model."""
        self.trace = trace
        self._offer_kinds()
        (self.selection.reopen if reopened else self.selection.fit)(trace.weights)
        before = self.grid.shown
        self.grid.show_heads(trace.weights, trace.allowed)
        if self.grid.shown is not before:
            self._share_room()
        self._show_chosen()
        self.status.set_text(words.status(trace))

    def _offer_kinds(self) -> None:
        """Only the attentions that there are; where there is one, there is nothing to choose."""
        here = {site.kind for site in self.trace.weights} if self.trace is not None else set()
        kinds = [kind for kind in words.KINDS if kind in here]
        if kinds == self._offered:
            return
        self._offered = kinds
        self.kinds.offer([None, *kinds])
        self.kinds.setVisible(len(kinds) > 1)
        if self.kinds.value not in (None, *kinds):
            self.kinds.choose(None)
            self._show_kinds(None)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        self.grid.set_dimmed(dimmed)
        self.map.set_dimmed(dimmed)

    def _show_kinds(self, kind: SiteKind | None) -> None:
        self.grid.show_kinds(words.KINDS if kind is None else (kind,))

    def _use_own_range(self, own: bool) -> None:
        self.grid.use_own_range(own)
        self.map.use_own_range(own)

    def _show_chosen(self) -> None:
        trace, site = self.trace, self.selection.site
        if trace is None or site is None or site not in trace.weights:
            self.map.clear()
            return
        weights_QK = trace.weights[site][self.selection.head]
        self.map.show_map(
            weights_QK, trace.queries(site.kind), trace.keys(site.kind), site.kind,
            trace.allowed.get(site.kind),
        )  # fmt: skip
        name = words.head_name(site, self.selection.head)
        self.name.set_text(name, brief=words.brief_head_name(site, self.selection.head))
        self.map.setAccessibleDescription(name)
        self._dot.show_head(self.selection.head)
        self._say_reading()

    def _say_reading(self) -> None:
        cell, site, trace = self.map.cell, self.selection.site, self.trace
        if cell is None or site is None or trace is None or site not in trace.weights:
            self.reading.set_text(_HINT, "muted")
            return
        weight = float(trace.weights[site][self.selection.head][cell])
        self.reading.set_text(words.reading(trace, site.kind, *cell, weight), "text")

    def look(self) -> tuple[Token, Floats, int] | None:
        """The query under the pointer, what it pays to each source token, and the key there."""
        cell, site, trace = self.map.cell, self.selection.site, self.trace
        if cell is None or site is None or trace is None or site not in trace.weights:
            return None
        if site.kind is SiteKind.DECODER:
            return None
        query, key = cell
        return trace.queries(site.kind)[query], trace.weights[site][self.selection.head][query], key

    def mark_source(self, index: int) -> None:
        """Frame the column of a source token that is pointed at elsewhere; -1: of none."""
        site = self.selection.site
        here = site is not None and site.kind is not SiteKind.DECODER
        self.map.mark_key(index if here else -1)

    def _say_hovered(self, hovered: tuple[Site, int] | None) -> None:
        if hovered is None:
            self._say_reading()
        else:
            self.reading.set_text(words.head_name(*hovered), "text")

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
        flat = self._splitter.orientation() is Qt.Orientation.Horizontal
        whole = self.width() if flat else self.height()
        choice = self.kinds.sizeHint() if not self.kinds.isHidden() else QSize(0, 0)
        used = choice.height() + theme.SPACE
        if flat:
            needed = self.grid.room(10_000, self.height() - used - 30).width() + 2
            least = max(choice.width(), min(self.grid.minimumWidth() + 14, round(whole * 0.48)))
        else:
            needed = self.grid.room(self.width(), 10_000).height() + used
            least = 0
        share = max(min(needed, round(whole * (0.38 if flat else 0.5))), least)
        self._splitter.setSizes([share, max(whole - share, 1)])

    def _moved_by_hand(self) -> None:
        self._by_hand = True

    def _scroll_to_chosen(self) -> None:
        place = self.grid.chosen_place()
        if place is not None:
            self._scroll.ensureVisible(place.center().x(), place.center().y(), 40, 60)


def _segments() -> list[Segment]:
    one = [Segment(kind, words.SHORT_NAMES[kind], words.MEANINGS[kind]) for kind in words.KINDS]
    return [Segment(None, "All", "The heads of all attentions."), *one]

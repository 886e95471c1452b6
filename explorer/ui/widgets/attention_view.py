"""The picture of one trace: all heads small at the left, the chosen one large at the right."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.results import Site, SiteKind, Trace
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_grid import HeadGrid
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.heatmap import Heatmap
from explorer.ui.widgets.segments import Segment, Segments
from explorer.ui.widgets.text_line import TextLine

_HINT = "Point at a cell to read its weight; choose a small map to see it large."
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
        self.range = TextLine("What the colours mean")
        self.own_range = QCheckBox("Range per map")
        self.own_range.setToolTip(_OWN_RANGE_HELP)
        self.own_range.setAccessibleName("Range per map")
        self.own_range.setFont(theme.font("small"))
        self.map = Heatmap()
        self.reading = TextLine("Weight under the pointer", "body", color="text")
        self.status = TextLine("Model and step of this picture", right=True)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self._splitter.addWidget(self._left())
        self._splitter.addWidget(self._right())
        self._splitter.setStretchFactor(0, 2)
        self._splitter.setStretchFactor(1, 3)
        self._splitter.setSizes([400, 600])
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
        head.addWidget(self.name, 1)
        head.addWidget(self.own_range)
        side = QWidget()
        box = QVBoxLayout(side)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addLayout(head)
        box.addWidget(self.range)
        box.addWidget(self.map, 1)
        return side

    def _connect(self) -> None:
        self.selection.follow(self._show_chosen)
        self.kinds.chosen.connect(self._show_kinds)
        self.own_range.toggled.connect(self._use_own_range)
        self.grid.hovered.connect(self._say_hovered)
        self.map.pointed.connect(lambda _: self._say_reading())
        self._say_reading()

    def show_trace(self, trace: Trace, *, reopened: bool = False) -> None:
        """Show another trace; `reopened` says that it is the first of a model."""
        self.trace = trace
        for kind in words.KINDS:
            self.kinds.allow(kind, any(site.kind is kind for site in trace.weights))
        (self.selection.reopen if reopened else self.selection.fit)(trace.weights)
        self.grid.show_heads(trace.weights)
        self._show_chosen()
        self.status.set_text(words.status(trace))

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: the picture is not of the sentence that stands in the line."""
        self.grid.set_dimmed(dimmed)
        self.map.set_dimmed(dimmed)

    def _show_kinds(self, kind: SiteKind | None) -> None:
        self.grid.show_kinds(words.KINDS if kind is None else (kind,))

    def _use_own_range(self, own: bool) -> None:
        self.grid.use_own_range(own)
        self.map.use_own_range(own)
        self._say_range()

    def _show_chosen(self) -> None:
        trace, site = self.trace, self.selection.site
        if trace is None or site is None or site not in trace.weights:
            return
        weights_QK = trace.weights[site][self.selection.head]
        self.map.show_map(weights_QK, trace.queries(site.kind), trace.keys(site.kind), site.kind)
        name = words.head_name(site, self.selection.head)
        self.name.set_text(name)
        self.map.setAccessibleDescription(name)
        self._say_range()
        self._say_reading()

    def _say_range(self) -> None:
        if self.own_range.isChecked():
            peak = words.number(self.map.peak)
            self.range.set_text(f"Colours: 0 to {peak}, this map’s largest; each map has its own")
        else:
            self.range.set_text("Colours: 0 to 1 in every map")

    def _say_reading(self) -> None:
        cell, site, trace = self.map.cell, self.selection.site, self.trace
        if cell is None or site is None or trace is None:
            self.reading.set_text(_HINT, "muted")
            return
        weight = float(trace.weights[site][self.selection.head][cell])
        self.reading.set_text(words.reading(trace, site.kind, *cell, weight), "text")

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
            self._splitter.setSizes([400, 600])
        super().resizeEvent(event)


def _segments() -> list[Segment]:
    one = [Segment(kind, words.SHORT_NAMES[kind], words.MEANINGS[kind]) for kind in words.KINDS]
    return [Segment(None, "All", "The heads of all three attentions."), *one]

"""The tree of a beam search: every text kept and dropped, why, and a hand in what is followed."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.events import Event, ModelOpened
from explorer.ui import theme
from explorer.ui.decoder import beam_words as words
from explorer.ui.decoder.beam_detail import BeamDetail
from explorer.ui.decoder.beam_layout import BeamLayout, layout
from explorer.ui.decoder.beam_tree import BeamTree
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.page import Page
from explorer.ui.decoder.search_tree import path
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.empty_page import EmptyPage

_EMPTY = (
    "No search yet",
    (
        "A beam search follows several texts at once and takes the best whole one. Here is its "
        "tree: what it kept and dropped at each token, and why."
    ),
)
_ALONE = ("No search", "An encoder alone decides for each place by itself: nothing is searched.")
_GONE = (
    "The tree is gone",
    "Of searches long ago the text is kept alone. Search once more to see the tree.",
)


class _Best(ElidedCombo):
    """A list that leaves the keys of the transport to the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The vertical keys are its own."""
        super().keyPressEvent(event)
        event.ignore()


class BeamsPage(Page):
    """The tree above, the chosen text below; the tree follows the cursor."""

    key = "beams"
    title = "Beams"
    help = (
        "The tree of a beam search: every text that was kept or dropped at each token, with its "
        "score, why, and its own attention. Prune or keep one by hand, and search on."
    )

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(course, parent)
        self._own = DecodingConfig()
        self._alone = False
        self._layout = BeamLayout()
        self._chosen: tuple[int, ...] = ()
        self.empty, self.tree, self.detail = EmptyPage(), BeamTree(), BeamDetail()
        self.best = _Best("Best texts", _BEST_HELP)
        self.best.setFont(theme.font("small"))
        self._arrange()
        self.empty.pressed.connect(self._search)
        self.tree.chosen.connect(self._choose)
        self.tree.explain_with(lambda id: words.node_help(self._layout.nodes[id]))
        self.best.activated.connect(lambda place: self._choose(self.best.itemData(place)))
        self.detail.kept.connect(lambda: self._act(course.keep))
        self.detail.dropped.connect(lambda: self._act(course.drop))
        self.detail.only.connect(lambda: self._act(course.keep_alone))

    def _arrange(self) -> None:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        column.addWidget(self.best)
        column.addWidget(self.tree, 3)
        column.addWidget(self.detail, 2)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(self.empty)
        self._faces.addWidget(whole)

    def receive(self, events: Sequence[Event]) -> None:
        """Know the model's own settings, to search with."""
        for event in events:
            if isinstance(event, ModelOpened):
                self._own = event.model.config.decoding
                self._alone = event.model.config.model.architecture == "encoder-only"

    def show_course(self, course: Course) -> None:
        """Show the tree, and in it the text on show or the one that was chosen."""
        decoding = course.decoding
        if decoding is None or not decoding.tree:
            self._say_nothing()
            return
        self._faces.setCurrentIndex(1)
        self._layout = layout(decoding)
        self.tree.show_tree(self._layout)
        self._offer_best()
        by_path = {path(decoding.tree, id): id for id in self._layout.nodes}
        chosen = by_path.get(self._chosen)
        if chosen is not None and self._at_cursor(chosen):
            self._show(chosen)
        else:
            self.show_index(course.index)

    def _say_nothing(self) -> None:
        searched = self._config.method == "beam" and self.course.wish.reference is None
        if self._alone:
            self.empty.say(*_ALONE)
        elif searched:
            self.empty.say(*_GONE, "Search once more")
        else:
            beams = self._config.beams
            self.empty.say(*_EMPTY, f"Search with {beams} beams")
        self._faces.setCurrentIndex(0)

    @property
    def _config(self) -> DecodingConfig:
        return self.course.config or self._own

    def _search(self) -> None:
        values = self._config.model_dump()
        beams = max(values["beams"], 2)
        given = {**values, "method": "beam", "beams": beams, "n_best": beams}
        self.course.search(DecodingConfig.model_validate(given))

    def show_index(self, index: int) -> None:
        """Go to the column of a decision."""
        found = self._layout.at_decision(index)
        if found is None and self._layout.columns:
            last = self._layout.begun + len(self._layout.columns) - 1
            found = self._layout.at_decision(min(max(index, self._layout.begun), last))
        if found is not None and self._faces.currentIndex() == 1:
            self._show(found)

    def _at_cursor(self, id: int) -> bool:
        """Whether a node stands in the column of the cursor, or beyond the text on show."""
        index, decoding = self._layout.begun + self._layout.nodes[id].depth, self.course.decoding
        beyond = decoding is not None and index >= len(decoding.steps)
        return index == self.course.index or beyond

    def _choose(self, id: int) -> None:
        """Look at a node, and at the decision in its column."""
        self.course.go(self._layout.begun + self._layout.nodes[id].depth)
        self._show(id)

    def _show(self, id: int) -> None:
        decoding = self.course.decoding
        if decoding is not None:
            self._chosen = path(decoding.tree, id)
            self.tree.set_current(id)
            self.detail.show_node(decoding, self._layout.nodes[id], self._layout.begun)

    def _act(self, verb: Callable[[int], None]) -> None:
        if self.tree.current is not None:
            verb(self.tree.current)

    def _offer_best(self) -> None:
        best = self.course.decoding.best if self.course.decoding is not None else ()
        entries = [words.best_entry(place, text) for place, text in enumerate(best)]
        shown = [self.best.itemText(place) for place in range(self.best.count())]
        if entries != shown or [self.best.itemData(i) for i in range(len(best))] != [
            text.node for text in best
        ]:
            self.best.clear()
            for entry, text in zip(entries, best, strict=True):
                self.best.add_choice(entry, text.node, entry)
        self.best.setVisible(len(best) > 1)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        super().set_dimmed(dimmed)
        self.tree.set_dimmed(dimmed)
        self.detail.set_dimmed(dimmed)


_BEST_HELP = (
    "<b>Best texts</b><br>The finished texts that the search tells, the best score first; choosing "
    "one shows where it ends in the tree."
)

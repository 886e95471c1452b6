"""The attention that each step paid: over both texts, and as a map that grows with the steps."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.messages.decoding import Decoding
from explorer.messages.tokens import Site, SiteKind
from explorer.ui import theme
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.growing_map import GrowingMap
from explorer.ui.decoder.growth import MEAN, Whose, keys_of, paid, reads
from explorer.ui.decoder.page import Page
from explorer.ui.widgets import attention_choice
from explorer.ui.widgets.answer_words import looked_at, place_of
from explorer.ui.widgets.attention_chips import AttentionChips
from explorer.ui.widgets.attention_choice import AttentionChoice, kinds_of
from explorer.ui.widgets.text_line import TextLine

_ROWS = 2
_OVER = {
    SiteKind.CROSS: "Over the source", SiteKind.DECODER: "Over the text so far",
    SiteKind.ENCODER: "Over the text",
}  # fmt: skip


class _Over(QWidget):
    """One text, coloured by what the step paid to each of its tokens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = TextLine("Which text this is")
        self.chips = AttentionChips()
        self.chips.setMaximumHeight(self.chips.height_of(_ROWS))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.chips)


class AttentionPage(Page):
    """Cross- and self-attention of one layer and head, of the decision looked at and all before."""

    key = "attention"
    title = "Attention"
    help = (
        "What each step looked at, any layer and head: over the source and the text so far, and "
        "as a map that grows by a row with each step."
    )

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(course, parent)
        self.choice = AttentionChoice(self)
        self.said = TextLine("Whose attention this is")
        self.texts = _Over(), _Over()
        self.map = GrowingMap()
        self.reading = TextLine("The weight pointed at", color="text")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        column.addWidget(self.choice)
        column.addWidget(self.said)
        column.addWidget(self.map, 1)
        column.addWidget(self.reading)
        for text in self.texts:
            column.addWidget(text)
        self.choice.changed.connect(self._choose)
        self.map.went.connect(course.go)
        self.map.pointed.connect(self.reading.set_text)

    def show_course(self, course: Course) -> None:
        """Another text: the rows that it shares with the one before are kept."""
        decoding = course.decoding
        if decoding is None:
            return
        self.choice.fit(decoding.steps[course.index])
        kind = self.choice.kind
        if kind is not None:
            keys = keys_of(decoding, kind)
            self.map.growth.show(decoding.steps, self._whose(kind), len(keys))
            decided = tuple(step.token for step in decoding.steps)
            self.map.show_map(reads(decoding), decided, keys)
        self.map.setVisible(kind is not None)
        self.show_index(course.index)

    def show_index(self, index: int) -> None:
        """Another decision: the map grows up to it."""
        decoding = self.course.decoding
        if decoding is None:
            return
        kinds = kinds_of(decoding.steps[index])
        for place, text in enumerate(self.texts):
            text.setVisible(place < len(kinds))
            if place < len(kinds):
                self._color(text, decoding, index, kinds[place])
        self.map.go(index)
        so_far = f" · {index + 1} of {len(decoding.steps)} steps"
        self.said.set_text(self.choice.said() + so_far, brief=self.choice.said())

    def _color(self, text: _Over, decoding: Decoding, index: int, kind: SiteKind) -> None:
        text.title.set_text(_OVER[kind])
        text.chips.set_tokens(looked_at(decoding, index, kind))
        place = place_of(decoding, index, kind)
        weights = paid(decoding.steps[index], self._whose(kind))
        text.chips.set_weights(weights, place)
        text.chips.reveal(place if place >= 0 else int(weights.argmax()) if len(weights) else 0)

    def _whose(self, kind: SiteKind) -> Whose:
        head = self.choice.head.currentIndex()
        layer = max(self.choice.layer.currentIndex(), 0)
        return Whose(kind, layer, MEAN if head == attention_choice.MEAN else head - 1)

    def _choose(self) -> None:
        self.show_course(self.course)

    def show_head(self, site: Site, head: int) -> None:
        """Look at this head, chosen elsewhere."""
        self.choice.choose(site, head)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        super().set_dimmed(dimmed)
        self.map.set_dimmed(dimmed)
        for text in self.texts:
            text.chips.set_dimmed(dimmed)

"""What every layer would have said, and which parts of the model made the logit."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.messages.decoding import Decoding
from explorer.messages.events import Event, Failed, LensRead, ModelOpened
from explorer.messages.lenses import Part
from explorer.ui import theme
from explorer.ui.decoder import lens_words as words
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.layer_grid import LayerGrid, Shown
from explorer.ui.decoder.lens_store import LensStore, Wanted, chosen_ones, in_view
from explorer.ui.decoder.page import Page
from explorer.ui.decoder.part_bars import PartBars
from explorer.ui.decoder.rival_choice import RivalChoice
from explorer.ui.widgets.decision_view import heading
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.text_line import TextLine

PATIENCE = 250
"""Milliseconds for which weights of the step before may stand in for those of this one."""
_AROUND, _ALL, _CHOSEN = "around", "all", "chosen"
_POSITIONS = (
    (_AROUND, "Around here", "As many decisions as can be read, around the one looked at."),
    (_ALL, "All", "Every decision: narrow columns where there are many, colours alone."),
    (_CHOSEN, "Chosen", "Only those that you picked: Control and click on a column, or Enter."),
)
_ORDERS = (
    (True, "Greatest first", "The parts that add or take most stand above."),
    (False, "By layer", "In the order of computing, the embedding first."),
)


class LensPage(Page):
    """The grid asks only for columns that have not been read; a logit is taken apart once."""

    key = "lenses"
    title = "Lenses"
    help = (
        "What every layer would have said if it were the last, and what each head and feed-forward "
        "layer adds to the logit."
    )

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(course, parent)
        self.store = LensStore()
        self._first = 0
        self._pinned: set[int] = set()
        self._wanted: Wanted | None = None
        self.grid, self.bars = LayerGrid(), PartBars()
        self.positions = _choice("Which decisions the grid shows", _POSITIONS)
        self.order = _choice("Order of the parts", _ORDERS)
        self.rival = RivalChoice()
        self.says, self.there = TextLine("What this layer would say"), TextLine("Final choice here")
        self.of = TextLine("What is taken apart", bold=True, color="text")
        self.sum = TextLine("Sum of the parts, and the logit", color="text", right=True)
        self.note = NoteLine("Why there is no lens")
        self._late = QTimer(self, singleShot=True, interval=PATIENCE)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        half, head, below = theme.SPACE // 2, QHBoxLayout(), QHBoxLayout()
        self.over = heading("Read out layer by layer")
        head.addWidget(self.over, 3)
        head.addWidget(self.positions, 2)
        below.addWidget(self.rival, 3)
        below.addWidget(self.order, 2)
        total = QHBoxLayout()
        total.addWidget(self.of, 1)
        total.addWidget(self.sum, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(half)
        for each in (head, self.note, self.grid, self.says, self.there, below, total, self.bars):
            if isinstance(each, QHBoxLayout):
                each.setSpacing(half)
                column.addLayout(each)
            else:
                column.addWidget(each, 1 if each in (self.grid, self.bars) else 0)
        column.addStretch()  # What is said in place of a lens stands at the top.
        self.over.setToolTip(
            "<b>Logit lens</b><br>Each layer's residual goes through the last norm and the output "
            "layer, as if no layer came after it (nostalgebraist, 2020). The last row is what the "
            "model says."
        )
        self.note.hide()

    def _connect(self) -> None:
        self._late.timeout.connect(self._show)
        self.grid.chosen.connect(self.course.go)
        self.grid.pinned.connect(self._pin)
        self.grid.pointed.connect(self._say_cell)
        self.positions.activated.connect(lambda _: self._look())
        self.order.activated.connect(lambda _: self.bars.sort(by_size=self.order.currentData()))
        self.rival.changed.connect(self._look)
        self.bars.chosen.connect(self._choose_part)

    # What happened

    def show_course(self, course: Course) -> None:
        """Another text or tree; what is kept of its beginning still holds."""
        self._look()

    def show_index(self, index: int) -> None:
        """Another decision: at once where it was seen before, else as soon as it has come."""
        self._look()

    def receive(self, events: Sequence[Event]) -> None:
        """Take in lenses that were asked for."""
        for event in events:
            match event:
                case ModelOpened():
                    self.store.opened()
                    self._pinned.clear()
                case LensRead():
                    if self.store.take(event) and self._wanted is not None and self.isVisible():
                        self._look()
                case Failed(about="sentence", request=request, message=message):
                    if self.store.failed(request, message):
                        self._show()
                case _:
                    pass

    def _look(self) -> None:
        """Show what is known of the decision looked at, and ask for the rest."""
        decoding = self.course.decoding
        if decoding is None or not decoding.steps:
            return
        index = self.course.index
        against = self.rival.fit(decoding.steps[index])
        self._wanted = Wanted(decoding, index, self._columns(decoding, index), against)
        command = self.store.command(self._wanted)
        if command is not None:
            self._late.start()
            self.requested.emit(command)
        self._show()

    def _columns(self, decoding: Decoding, index: int) -> tuple[int, ...]:
        count, mode = len(decoding.steps), self.positions.currentData()
        if mode == _CHOSEN:
            return chosen_ones(count, index, sorted(self._pinned), self.grid.room())
        found = in_view(count, index, self.grid.room(narrow=mode == _ALL), self._first)
        self._first = found[0]
        return found

    def _show(self) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        late = self.store.waiting and not self._late.isActive()
        columns = [self._shown(wanted, decision, late) for decision in wanted.columns]
        self.grid.show_columns(columns, wanted.index)
        parts, same = self.store.parts(wanted)
        holds = same and not late and not self.dimmed
        self.bars.show_parts(parts, holds=holds)
        ink = "text" if holds else "faint"
        self.of.set_text("" if parts is None else words.title_of(parts), ink)
        self.sum.set_text("" if parts is None else words.sum_of(parts), ink)
        self.sum.setToolTip("" if parts is None else words.sum_help(parts))
        self._say_refused()
        self._say_cell()

    def _shown(self, wanted: Wanted, decision: int, late: bool) -> Shown:
        column, same = self.store.column(wanted, decision)
        token = wanted.decoding.steps[decision].token
        token = token if column is None else column.chosen
        holds = same and not (late and not self.store.complete(wanted)) and not self.dimmed
        return Shown(decision, token, column, holds, decision in self._pinned)

    def _say_refused(self) -> None:
        refused = self.store.refused
        self.note.say(refused, "muted")
        self.note.setVisible(bool(refused))
        seen = not refused
        for part in (self.grid, self.says, self.there, self.positions, self.rival, self.order,
                     self.of, self.sum, self.bars):  # fmt: skip
            part.setVisible(seen)

    def _say_cell(self) -> None:
        cell = self.grid.cell
        self.says.set_text("" if cell is None else words.would_say(*cell), "text")
        self.there.set_text("" if cell is None else words.choice_there(*cell))
        said = f"{self.says.text()}. {self.there.text()}" if cell is not None else ""
        self.grid.setAccessibleDescription(said)

    # What a person does

    def _pin(self, decision: int) -> None:
        self._pinned ^= {decision}
        self._look()

    def _choose_part(self, part: Part) -> None:
        """A head is looked at where its attention is."""
        if part.site is not None and part.head is not None:
            self.head_wanted.emit(part.site, part.head)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        super().set_dimmed(dimmed)
        self._show()

    def memory(self) -> dict[str, object]:
        """Which columns and which order were chosen."""
        return {
            "positions": self.positions.currentData(), "by size": self.order.currentData(),
            "over": self.rival.over,
        }  # fmt: skip

    def remember(self, values: dict[str, object]) -> None:
        """Choose them again."""
        for box, name in ((self.positions, "positions"), (self.order, "by size")):
            place = box.findData(values.get(name))
            if place >= 0:
                box.setCurrentIndex(place)
        self.rival.choose(over=values.get("over") is True)
        self.bars.sort(by_size=self.order.currentData())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More columns where there is room."""
        super().resizeEvent(event)
        if self._wanted is not None and self.isVisible():
            self._look()


def _choice(name: str, entries: Sequence[tuple[object, str, str]]) -> ElidedCombo:
    made = ElidedCombo(name, f"<b>{name}</b>")
    made.setFont(theme.font("small"))
    for value, text, help in entries:
        made.add_choice(text, value, help)
    return made

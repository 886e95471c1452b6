"""A text that is given to the model: what each token costs, and what it would say itself."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.messages.decoding import Decoding
from explorer.ui import theme
from explorer.ui.decoder import loss_words as words
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.loss_rows import LossChips, LossHeads, LossKey, LossRows
from explorer.ui.decoder.page import Page
from explorer.ui.widgets.decision_view import heading
from explorer.ui.widgets.fact_line import FactLine
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.sentence_line import LONGEST, cleaned

_HELP = (
    "<b>Reference</b><br>A text that the model should have written. Press Enter: nothing is "
    "written then, the model says what it thinks of every token of it, the end included. Escape "
    "takes back what was typed."
)
_OWN = "Of what the model wrote itself:"
_ALONE = (
    "An encoder alone writes no text, so there is no reference to hold it to. Below is what its "
    "own answers cost it."
)


class ReferenceLine(QLineEdit):
    """A line whose keys stay its own; Escape brings back the reference in force."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.held = ""
        self.setFont(theme.font("small"))
        self.setMaxLength(LONGEST)
        self.setPlaceholderText("Type or paste a reference…")
        self.setAccessibleName("Reference text")
        self.setToolTip(_HELP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(8 * theme.SPACE)

    def show_held(self, text: str) -> None:
        """This reference is in force, or none; what a person types meanwhile stays."""
        if text != self.held:
            self.held = text
            self.setText(text)
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All that a line has a use for; the others would move the decisions."""
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self.held)
            return
        super().keyPressEvent(event)
        event.accept()


class ReferencePage(Page):
    """Until a reference is given, the same of what the model wrote itself."""

    key = "reference"
    title = "Reference"
    help = (
        "Give a reference: the loss, probability and rank of each of its tokens, and where the "
        "model would have gone otherwise."
    )

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(course, parent)
        self.line, self.go = ReferenceLine(), QToolButton()
        self.whose = NoteLine("Whose text this is")
        self.over = heading("Loss of each token")
        self.total, self.own = FactLine("Loss"), FactLine("Its own first choice")
        self.perplexity = FactLine("Perplexity")
        self.chips, self.legend, self.rows = LossChips(), LossKey(), LossRows()
        self.heads = LossHeads(self.rows)
        self._arrange()
        self.line.returnPressed.connect(self._hold)
        self.line.textChanged.connect(lambda _: self._dress())
        self.go.clicked.connect(self._act)
        self.chips.clicked.connect(course.go)
        self.chips.explain_with(self._help)
        self.rows.went.connect(course.go)
        self._dress()

    def _arrange(self) -> None:
        half, row = theme.SPACE // 2, QHBoxLayout()
        row.setSpacing(half)
        row.addWidget(self.line, 1)
        row.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(half)
        column.addLayout(row)
        for part in (self.whose, self.over, self.chips, self.legend, self.total, self.perplexity,
                     self.own):  # fmt: skip
            column.addWidget(part)
        column.addWidget(self.heads)
        column.addWidget(self.rows, 1)
        self.go.setFont(theme.font("small"))
        self.total.setToolTip(words.TOTAL_HELP)
        self.perplexity.setToolTip(words.PERPLEXITY_HELP)
        self.own.setToolTip("Tokens to which the model gave the highest probability of all.")

    # What happened

    def show_course(self, course: Course) -> None:
        """Another text."""
        decoding = course.decoding
        if decoding is None:
            return
        self.line.show_held(course.wish.reference or "")
        alone = bool(decoding.places)
        for part in (self.line, self.go):
            part.setVisible(not alone)
        self._say_whose(decoding)
        self.total.set_value(words.total(decoding))
        self.perplexity.set_value(words.perplexity(decoding.loss))
        self.own.set_value(words.own_way(decoding))
        self._dress()
        self.show_index(course.index)

    def _say_whose(self, decoding: Decoding) -> None:
        notes = " · ".join(decoding.notes) if decoding.reference else ""
        if notes:
            self.whose.say(notes, "warning")
        else:
            self.whose.say(_ALONE if decoding.places else _OWN, "muted")
        self.whose.setVisible(bool(notes) or not decoding.reference)

    def show_index(self, index: int) -> None:
        """Another decision."""
        decoding = self.course.decoding
        if decoding is not None:
            self.chips.show_steps(decoding.steps, index)
            self.rows.show_steps(decoding.steps, index)

    def _dress(self) -> None:
        """The button gives what was typed, or lets go of what is held."""
        typed, held = self._typed, self.line.held
        lets_go = bool(held) and typed == held
        self.go.setText("Let go" if lets_go else "Hold")
        self.go.setAccessibleName("Let go of the reference" if lets_go else "Give the reference")
        self.go.setToolTip(
            "The model writes by itself again." if lets_go else "Ask what the model thinks of it."
        )
        self.go.setEnabled(lets_go or bool(typed))

    def _help(self, index: int) -> str:
        decoding = self.course.decoding
        steps = decoding.steps if decoding is not None else ()
        return words.row_help(steps[index]) if index < len(steps) else ""

    # What a person does

    @property
    def _typed(self) -> str:
        return cleaned(self.line.text()).strip()

    def _hold(self) -> None:
        if self._typed:
            self.line.held = self._typed
            self.course.hold_to(self._typed)
            self._dress()

    def _act(self) -> None:
        if self.line.held and self._typed == self.line.held:
            self.course.hold_to(None)
        else:
            self._hold()

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        super().set_dimmed(dimmed)
        self.chips.set_dimmed(dimmed)
        self.rows.set_pale(dimmed)
        for fact in (self.total, self.perplexity, self.own):
            fact.set_dimmed(dimmed)

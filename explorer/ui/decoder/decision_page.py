"""One decision in full, as a page of the decoder panel."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.messages.tokens import Site
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.page import Page
from explorer.ui.widgets.answer_words import AnswerWords
from explorer.ui.widgets.decision_view import DecisionView


class DecisionPage(Page):
    """The rivals of the token, how sure the model was, and the attention that it paid."""

    key = "decision"
    title = "Decision"
    help = "The rivals of one token, how sure the model was, and the attention that it paid."

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(course, parent)
        self.view = DecisionView()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.view)
        self.view.candidates.forced.connect(course.force)
        self.view.candidates.banned.connect(self._ban)

    def _ban(self, token: int, gone: bool) -> None:
        if gone:
            self.course.ban(token)
        else:
            self.course.unban(token)

    def show_course(self, course: Course) -> None:
        """Show the decision looked at."""
        self.show_index(course.index)

    def show_index(self, index: int) -> None:
        """Show another decision."""
        if self.course.decoding is not None:
            self.view.show_decision(self.course.decoding, index, self.course.bans)

    def use_words(self, words: AnswerWords) -> None:
        """Call the parts what they are to another model."""
        self.view.use_words(words)

    def show_head(self, site: Site, head: int) -> None:
        """Look at this head, chosen elsewhere."""
        self.view.choice.choose(site, head)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        super().set_dimmed(dimmed)
        self.view.set_dimmed(dimmed)

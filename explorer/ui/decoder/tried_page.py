"""The tree of what was tried, and two of its branches side by side."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.messages.branches import Branch
from explorer.ui import theme
from explorer.ui.decoder.branch_list import BranchList
from explorer.ui.decoder.branch_pair import BranchPair
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.page import Page
from explorer.ui.decoder.tried_words import row_help, rows
from explorer.ui.widgets.note_line import NoteLine

_ALONE = (
    "Every text that you bring about is a branch here: click a rival to force it, type a text, ban "
    "a token, or change the method."
)
_CHOOSE = "Click the B of a branch to compare it with A, the one on show."


class TriedPage(Page):
    """Jump between branches, compare two of them, forget one."""

    key = "tried"
    title = "Tried"
    help = (
        "The tree of all texts that were written or forced at this source, each with its score; "
        "any two of them side by side with their attention."
    )

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(course, parent)
        self._other = 0
        self.list, self.pair = BranchList(), BranchPair()
        self.hint = NoteLine("What one can do here")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE)
        box.addWidget(self.list, 2)
        box.addWidget(self.hint)
        box.addWidget(self.pair, 5)
        box.addStretch()
        self.pair.hide()
        self.list.explain_with(self._row_help)
        self.list.jumped.connect(course.jump)
        self.list.compared.connect(self.compare)
        self.list.forgotten.connect(course.forget)
        self.pair.chosen.connect(course.go)
        self.pair.closed.connect(lambda: self.compare(0))

    def compare(self, number: int) -> None:
        """Compare the branch on show with another, by its number; 0: with none."""
        self._other = number
        self.show_course(self.course)

    def show_course(self, course: Course) -> None:
        """Show the tree, and the two that are compared."""
        shown, other = course.branch, self._chosen()
        self.list.set_rows(rows(course.branches, shown, 0 if other is None else other.number))
        several = len(course.branches.branches) > 1
        self.hint.say(_CHOOSE if several else _ALONE, "muted")
        self.pair.setVisible(other is not None)
        self.hint.setVisible(other is None)
        if shown is not None and other is not None:
            self.pair.compare(shown, other, course.index)

    def _chosen(self) -> Branch | None:
        """The branch to compare with; None where it is the one on show, or gone."""
        shown, other = self.course.branch, self.course.branches.of(self._other)
        if shown is None or other is None or other.number == shown.number:
            return None
        return other

    def show_index(self, index: int) -> None:
        """Show another decision of both."""
        if not self.pair.isHidden():
            self.pair.show_index(index)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back."""
        super().set_dimmed(dimmed)
        self.pair.set_dimmed(dimmed)

    def _row_help(self, number: int) -> str:
        branch = self.course.branches.of(number)
        return "" if branch is None else row_help(branch)

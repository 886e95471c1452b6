"""What every page of the decoder panel is: a widget that shows the course of decisions."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.messages.events import Event
from explorer.messages.tokens import Site
from explorer.ui.decoder.course import Course
from explorer.ui.widgets.answer_words import AnswerWords


class Page(QWidget):
    """Shows one side of the course that all pages share; acts by the course's verbs.

    A page that is seen is told of every change; one that is hidden catches up when it is shown.
    """

    key: ClassVar[str]
    """Stable name, for what is kept between sessions."""
    title: ClassVar[str]
    """One or two words on the switch."""
    help: ClassVar[str]
    """What one sees here, in a sentence or two."""

    requested = Signal(object)
    """Emitted with a `Command` for the worker."""

    head_wanted = Signal(object, int)
    """A `Site` and the number of a head of it, to be looked at on all pages that show attention."""

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.course = course
        self.dimmed = False
        self.setAccessibleName(self.title)

    def show_course(self, course: Course) -> None:
        """Another text, tree or settings; `course.decoding` has at least one decision."""
        raise NotImplementedError

    def show_index(self, index: int) -> None:
        """Another decision is looked at; well under 10 ms, for a key may be held down."""
        raise NotImplementedError

    def receive(self, events: Sequence[Event]) -> None:
        """Take in what the worker told, seen or not; most pages ask for nothing of their own."""

    def use_words(self, words: AnswerWords) -> None:
        """Call everything what it is to another model."""

    def show_head(self, site: Site, head: int) -> None:
        """Look at a head that was chosen on another page; most pages show none."""

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back: what is shown is not of the sentence that stands in the line."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def memory(self) -> dict[str, object]:
        """What was set here, as plain values, to be kept with the desk."""
        return {}

    def remember(self, values: dict[str, object]) -> None:
        """Set it again; what is missing or strange stays as it is."""

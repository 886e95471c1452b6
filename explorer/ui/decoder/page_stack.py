"""The pages and their switch: the one that is seen is kept up to date, the others catch up."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from explorer.messages.events import Event
from explorer.messages.tokens import Site
from explorer.ui import theme
from explorer.ui.attention.view_switch import ViewSwitch
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.page import Page
from explorer.ui.widgets.answer_words import AnswerWords
from explorer.ui.widgets.segments import Segment


class PageStack(QWidget):
    """Tells the page that is seen of the course; `switch` may stand wherever there is room."""

    requested = Signal(object)
    turned = Signal(str)
    """Another page is seen, by its key."""

    def __init__(
        self, course: Course, kinds: Sequence[type[Page]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._course = course
        self.pages: dict[str, Page] = {kind.key: kind(course) for kind in kinds}
        self.switch = ViewSwitch([
            Segment(page.key, page.title, page.help) for page in self.pages.values()
        ])  # fmt: skip
        self._stack = QStackedWidget()
        self._stale, self._moved = set(self.pages), set[str]()
        for page in self.pages.values():
            self._stack.addWidget(page)
            page.requested.connect(self.requested)
            page.head_wanted.connect(self._show_head)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addWidget(self._stack, 1)
        for part in (self.switch.segments, self.switch.list):
            part.setAccessibleName("Page of the decoder")
        if len(self.pages) < 2:  # Shown before it has its place, it would be a window.
            self.switch.hide()
        self.switch.chosen.connect(self._turn_to)
        self._fit()

    @property
    def seen(self) -> Page:
        """The page that is seen."""
        found = self._stack.currentWidget()
        assert isinstance(found, Page)
        return found

    def turn_to(self, key: str) -> None:
        """See another page; one that is not there changes nothing."""
        if key in self.pages:
            self.switch.choose(key)
            self._turn_to(key)

    def _turn_to(self, key: object) -> None:
        self._stack.setCurrentWidget(self.pages[str(key)])
        self._fit()
        self.bring_up_to_date()
        self.turned.emit(str(key))

    def _show_head(self, site: object, head: int) -> None:
        """The page that shows most of it is seen, and all pages of attention look at it."""
        assert isinstance(site, Site)
        self.turn_to("attention")
        for page in self.pages.values():
            page.show_head(site, head)

    def _fit(self) -> None:
        """Only the page that is seen says how much room is needed."""
        for page in self.pages.values():
            how = QSizePolicy.Policy.Preferred if page is self.seen else QSizePolicy.Policy.Ignored
            page.setSizePolicy(QSizePolicy.Policy.Preferred, how)

    def course_changed(self) -> None:
        """Another text, tree or settings: all pages are stale."""
        self._stale = set(self.pages)

    def index_changed(self) -> None:
        """Another decision is looked at."""
        self._moved = set(self.pages)

    def bring_up_to_date(self) -> None:
        """Show the page that is seen what it does not know yet."""
        page, course = self.seen, self._course
        if course.decoding is None or not course.decoding.steps:
            return
        if page.key in self._stale:
            page.show_course(course)
        elif page.key in self._moved:
            page.show_index(course.index)
        self._stale.discard(page.key)
        self._moved.discard(page.key)

    def receive(self, events: Sequence[Event]) -> None:
        """Tell every page what the worker told."""
        for page in self.pages.values():
            page.receive(events)

    def use_words(self, words: AnswerWords) -> None:
        """Call everything what it is to another model."""
        for page in self.pages.values():
            page.use_words(words)

    def set_dimmed(self, dimmed: bool) -> None:
        """Step back, or forward again."""
        for page in self.pages.values():
            page.set_dimmed(dimmed)

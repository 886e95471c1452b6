"""The model's output, one decision at a time, to be looked at and to be taken over."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from explorer.messages.commands import Decode
from explorer.messages.decoding import Wish
from explorer.messages.events import (
    Decoded,
    DecodedPart,
    Event,
    Failed,
    Inspected,
    ModelOpened,
    TrainingChanged,
    WentTo,
)
from explorer.messages.results import Decoding, ModelInfo
from explorer.ui import theme
from explorer.ui.decoder import desk
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.decision_page import DecisionPage
from explorer.ui.decoder.head import Head
from explorer.ui.decoder.keys import ButtonKeys
from explorer.ui.decoder.page_stack import PageStack
from explorer.ui.decoder.pages import PAGES
from explorer.ui.decoder.scrolling import scrolling
from explorer.ui.panel import Panel
from explorer.ui.travel.glimpse import Glimpse
from explorer.ui.travel.presence import Presence
from explorer.ui.widgets import decision_words as words
from explorer.ui.widgets.answer_words import MUTE, NO_MODEL, words_of
from explorer.ui.widgets.candidate_bars import FEW_ROWS, MOST_ROWS
from explorer.ui.widgets.decision_view import DecisionView
from explorer.ui.widgets.decode_asking import DecodeAsking
from explorer.ui.widgets.empty_page import EmptyPage
from explorer.ui.widgets.transport import COMMANDS

_EMPTY = "Nothing written yet"
_NOTHING = ("An empty answer", "The model wrote nothing for this sentence.")
_BUSY = ("The model is writing…", "")
ROOMY, SNUG, LOW = 660, 590, 480
"""Heights from which on there is room for three rows of the answer, for all candidates, and for two
rows."""
PATIENCE = 300
"""Milliseconds after which a wait for an answer is mentioned."""
_KEYS = {
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_Left: "back",
    Qt.Key.Key_Right: "forward",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_Space: "play",
}


class DecoderPanel(Panel):
    """Asks for an answer to each inspected sentence, and leads through its decisions."""

    key = "decoder"
    title = "Decoder"
    area = Qt.DockWidgetArea.RightDockWidgetArea
    shortcut = "Ctrl+3"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asking = DecodeAsking()
        self.course = Course(self)
        self._stale = False
        self._dimmed = False
        self._presence = Presence()
        self._words = NO_MODEL
        self.pages = PageStack(self.course, PAGES)
        self.head = Head(self.course, self.pages.switch)
        self.strip, self.transport = self.head.strip, self.head.transport
        self.place, self.origin = self.head.place, self.head.origin
        self.trouble, self.what = self.head.trouble, self.head.what
        self.empty = EmptyPage()
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE)
        self._arrange()
        self._connect()
        self._show_empty(_EMPTY, self._words.empty)

    def _arrange(self) -> None:
        half = theme.SPACE // 2
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(theme.SPACE, half, theme.SPACE, half)
        column.setSpacing(half)
        column.addWidget(self.head)
        column.addWidget(self.pages, 1)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(self.empty)
        self._faces.addWidget(scrolling(content))

    def _connect(self) -> None:
        self._waiting.timeout.connect(self._say_busy)
        self.course.changed.connect(self._course_changed)
        self.course.moved.connect(self._index_changed)
        self.course.wanted.connect(self._want)
        self.pages.requested.connect(self.requested)
        ButtonKeys(self)
        desk.keep_speed(self.transport, QSettings())

    @property
    def decision(self) -> DecisionView:
        """The page of one decision."""
        page = self.pages.pages["decision"]
        assert isinstance(page, DecisionPage)
        return page.view

    def receive(self, events: Sequence[Event]) -> None:
        """Ask for what was inspected, and show what was answered."""
        answer: tuple[Decoding, bool] | None = None
        for event in events:
            self._presence.take(event)
            match event:
                case ModelOpened(model):
                    self._open(model)
                case WentTo():
                    answer = None  # What came before is of another time.
                case Inspected() | Decoded() | DecodedPart() if not self._presence.agrees:
                    pass
                case Inspected(request=request, trace=trace):
                    self._asking.inspected(request, trace)
                    self.course.look_at(trace.model, trace.source_text)
                case TrainingChanged(state=state):
                    self._asking.training = state == "running"
                case Decoded(request=request, decoding=decoding):
                    if self._asking.answered(request, decoding):
                        answer = decoding, True
                case DecodedPart(request=request, decoding=decoding):
                    if self._asking.begun(request):
                        answer = decoding, False
                case Failed(about="sentence", request=request, message=message):
                    self._fail(request, message)
                case _:
                    pass
        if answer is not None:
            self._take(*answer)
        self.head.set_training(self._asking.training)
        self._set_dimmed(bool(self.trouble.text()) or self._asking.away)
        self.pages.receive(events)
        if self.isVisible():
            self._send(self._asking.wanted(self.course.wish))

    def look_back(self, step: int | None, glimpse: Glimpse | None, openings: int) -> None:
        """Follow the run's time: show what lies here of a step, until the worker has answered."""
        if not self._presence.look(step, openings):
            return
        found = None if glimpse is None else glimpse.decoding_for(self.course.wish)
        here = self.course.decoding
        if found is not None and here is not None and found.source_text == here.source_text:
            self.course.glance(found)

    def _open(self, model: ModelInfo) -> None:
        """Another model is here: nothing that was taken over holds for it."""
        self._asking.opened()
        self._asking.mute = model.foreign is not None and not model.foreign.guesses
        self.course.opened()
        self._words = words_of(model)
        self.head.use_model(model, self._words)
        self.head.show_wish()
        self.pages.use_words(self._words)
        if self._asking.mute:
            self._show_empty(*MUTE)
        elif self.course.decoding is None:
            self._show_empty(_EMPTY, self._words.empty)

    def _want(self, wish: Wish) -> None:
        self.transport.stop()
        self.head.taken.refuse("")
        self._send(self._asking.ask(wish))
        self.head.show_wish()

    def _send(self, command: Decode | None) -> None:
        if command is not None:
            self._waiting.start()
            self.requested.emit(command)

    def _fail(self, request: int, message: str) -> None:
        if not self._asking.failed(request):
            return
        self._waiting.stop()
        if self.course.on_trial:
            self._asking.refused()
            self.course.refused()
            self.head.taken.refuse(message)
        elif self.course.decoding is None or not self.course.decoding.steps:
            self._show_empty("No answer", message)
        else:
            self.origin.set_text(words.origin(self.course.decoding), "muted")
            self.head.complain(message)

    def _take(self, decoding: Decoding, whole: bool) -> None:
        self._waiting.stop()
        self.head.complain("")
        self.course.take(decoding, whole=whole)

    def _course_changed(self) -> None:
        if self.course.wish != self._asking.wish:
            self._asking.turned()  # A branch of old is on show, not what was asked for last.
        self.pages.course_changed()
        if self.isVisible():
            self._show()
        else:
            self._stale = True

    def _show(self) -> None:
        """Bring everything up to date with the course."""
        self._stale = False
        self.head.show_wish()
        decoding = self.course.decoding
        if decoding is None or not decoding.steps:
            nothing = _NOTHING if decoding is not None else (_EMPTY, self._words.empty)
            self._show_empty(*nothing)
            return
        self._faces.setCurrentIndex(1)
        self.head.show_course(decoding)
        self.pages.bring_up_to_date()

    def _index_changed(self) -> None:
        decoding = self.course.decoding
        self.pages.index_changed()
        if decoding is not None and self.isVisible():
            self.head.show_index(decoding)
            self.pages.bring_up_to_date()

    def go(self, index: int) -> None:
        """Look at another decision."""
        self.course.go(index)

    def _set_dimmed(self, dimmed: bool) -> None:
        """Pale, while the answer is not to the sentence in the line."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.strip.set_dimmed(dimmed)
            self.pages.set_dimmed(dimmed)

    def _show_empty(self, title: str, text: str) -> None:
        self.empty.say(title, text)
        self._faces.setCurrentIndex(0)

    def _say_busy(self) -> None:
        if self.course.decoding is None:
            self._show_empty(*_BUSY)
        else:
            self.origin.set_text("writing…", "accent")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the transport, from wherever the focus is; a letter begins a text."""
        name = _KEYS.get(Qt.Key(event.key()))
        typed = event.text()
        if self.course.decoding is None:
            super().keyPressEvent(event)
        elif name is not None:
            if name != "play" or not event.isAutoRepeat():
                self.transport.act(name)
        elif typed.isprintable() and typed.strip() and not event.modifiers() & COMMANDS:
            self.head.line.begin(typed)
        else:
            super().keyPressEvent(event)

    def memory(self) -> dict[str, object]:
        """What was chosen here, to be kept with the session."""
        return desk.memory(self)

    def remember(self, values: Mapping[str, object]) -> None:
        """Choose it again; what is missing or strange stays as it is."""
        desk.remember(self, values)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keys to the text; a proxy would make Tab pass over what stands before it."""
        self.strip.setFocus(event.reason())

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self._show()
        self._send(self._asking.wanted(self.course.wish))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room, more of the answer and of its rivals is seen at once."""
        super().resizeEvent(event)
        self.strip.set_rows(1 + (self.height() >= LOW) + (self.height() >= ROOMY))
        self.decision.candidates.set_most(MOST_ROWS if self.height() >= SNUG else FEW_ROWS)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: hold, and let the worker write no more."""
        self.transport.stop()
        command = self._asking.unwanted()
        if command is not None:
            self._waiting.stop()
            self.requested.emit(command)
        super().hideEvent(event)

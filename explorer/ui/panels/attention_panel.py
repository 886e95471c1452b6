"""The sentence and its heads: what is typed, and where every head looks."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer.messages.commands import Inspect
from explorer.messages.events import Event, Failed, Inspected, ModelOpened, WentTo
from explorer.messages.results import ModelInfo, Trace
from explorer.ui import theme
from explorer.ui.attention.desk import AttentionDesk
from explorer.ui.attention.view import View
from explorer.ui.export.taking_actions import TakingActions
from explorer.ui.panel import Panel
from explorer.ui.travel.glimpse import Glimpse
from explorer.ui.travel.presence import Presence
from explorer.ui.widgets.empty_page import EmptyPage
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.sentence_line import LONGEST, SentenceLine
from explorer.ui.widgets.sentence_words import NO_LINES, Lines, lines_of
from explorer.ui.widgets.signal_strip import SignalStrip


class AttentionPanel(Panel):
    """Asks for the typed sentence at every keystroke and shows the newest answer."""

    key = "attention"
    title = "Attention"
    area = Qt.DockWidgetArea.TopDockWidgetArea
    shortcut = "Ctrl+2"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = HeadSelection()
        self._lines = NO_LINES
        self.source = SentenceLine(self._lines.source, self._lines.source_help)
        self.target = SentenceLine(self._lines.target, self._lines.target_help)
        self.signal = SignalStrip()
        self.note = NoteLine("About the sentence")
        self.view = AttentionDesk(self.selection)
        self.empty = EmptyPage()
        self._stack = QStackedWidget()
        self._model: ModelInfo | None = None
        self._asked = self._answered = 0
        self._presence = Presence()
        self._typed = self._reopened = False
        self._failure = ""
        self._arrange()
        self._connect()
        self._turn_page()

    def _arrange(self) -> None:
        self.setFocusProxy(self.source)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        box = QVBoxLayout(self)
        gap = theme.SPACE
        box.setContentsMargins(2 * gap - 4, gap, 2 * gap - 4, gap)
        box.setSpacing(gap // 2)
        for part in (self.source, self.target, self.signal, self.note):
            box.addWidget(part)
        self._align()
        box.addWidget(self._stack, 1)

    def _align(self) -> None:
        """Let both lines and what stands below them begin at the same place."""
        width = max(line.title.sizeHint().width() for line in (self.source, self.target))
        for line in (self.source, self.target):
            line.title.setFixedWidth(width)
        for below in (self.note, self.signal):
            below.setContentsMargins(width + theme.SPACE, 0, 0, 0)

    def _connect(self) -> None:
        self.source.edited.connect(self._source_edited)
        self.target.edited.connect(lambda _: self._ask())
        self.empty.pressed.connect(self._try_example)
        self.view.side.pointed.connect(lambda _: self._show_look())
        self.signal.pointed.connect(self.view.mark_source)
        self.taking = TakingActions(
            self.view, self.seen_view, lambda said: self.view.reading.set_text(said, "good")
        )
        self.view.requested.connect(self.requested)

    def set_text(self, text: str) -> None:
        """Put a sentence into the source line as if it had been typed, and ask for it."""
        self.set_pair(text, "")

    def set_pair(self, source: str, target: str) -> None:
        """Put a sentence and its target, if any, into the lines and ask for them."""
        self._typed = True
        self.source.set_text(source)
        self.target.set_text(target)
        self._ask()

    def seen_view(self) -> View | None:
        """The view that is on screen, to be copied and exported; None when there is none."""
        return self.view.side.seen if self._stack.currentWidget() is self.view else None

    def memory(self) -> dict[str, object]:
        """What a person typed, chose and set here, as plain values."""
        return {
            "source": self.source.text(), "target": self.target.text(), **self.view.memory(),
        }  # fmt: skip

    def remember(self, values: Mapping[str, object]) -> None:
        """Put everything back as `memory` told it; what is missing or strange stays as it is."""
        self._typed = True
        self.source.set_text(str(values.get("source", "")))
        self.target.set_text(str(values.get("target", "")))
        self.view.remember(values)
        self._reopened = False
        self._ask()

    def receive(self, events: Sequence[Event]) -> None:
        """Take in a model, and of all answers the newest."""
        answer: Inspected | Failed | None = None
        for event in events:
            self._presence.take(event)
            match event:
                case ModelOpened(model):
                    self._open(model)
                    answer = None
                case WentTo():
                    answer = None  # What came before is of another time.
                case Inspected() if not self._presence.agrees:
                    pass
                case Inspected(request) | Failed(about="sentence", request=request):
                    if self._is_new(request):
                        answer = event
                case _:
                    pass
        self.view.receive(events)
        if isinstance(answer, Inspected):
            self._show(answer)
        elif answer is not None:
            self._fail(answer)

    def look_back(self, step: int | None, glimpse: Glimpse | None, openings: int) -> None:
        """Follow the run's time: show what lies here of a step, until the worker has answered."""
        if not self._presence.look(step, openings):
            return
        trace = None if glimpse is None else glimpse.trace
        if glimpse is not None and trace is not None and self._is_in_line(trace):
            self.view.show_glimpse(trace, glimpse.measures)
            self.signal.show_trace(trace)
            self._show_look()

    def _is_in_line(self, trace: Trace) -> bool:
        """Whether this is of the sentence that stands in the lines."""
        target = "" if trace.own_target else trace.target_text
        return (trace.source_text, target) == (self.source.text(), self.target.text())

    def _is_new(self, request: int) -> bool:
        """An older sentence never replaces a newer one; 0 belongs to no sentence in particular."""
        if request and request < self._answered:
            return False
        self._answered = max(self._answered, request)
        return True

    def _open(self, model: ModelInfo) -> None:
        self._model, self._reopened, self.view.foreign = model, True, model.foreign
        self.view.side.comparing.opened(model.branch)
        self.view.about = "\n".join(model.notes)
        self._name_lines(lines_of(model))
        if model.example and not (self._typed and self.source.text().strip()):
            self._typed = False
            self.source.set_text(model.example)
            self.target.set_text("")
        self._ask()

    def _name_lines(self, lines: Lines) -> None:
        """Call the lines what they are to this model; one without a target has one line."""
        if lines == self._lines:
            return
        self._lines = lines
        self.source.rename(lines.source, lines.source_help)
        self.target.rename(lines.target, lines.target_help)
        self.target.setVisible(lines.writes)
        if not lines.writes:
            self.target.set_text("")
            self.target.set_ghost("")
        self.signal.setVisible(False)
        self._align()

    def _show_look(self) -> None:
        """Show on the signal what the pointed row of the map pays to it."""
        if self.signal.isHidden():
            return
        look = self.view.look()
        if look is None:
            self.signal.show_row(None, None)
        else:
            query, weights, key = look
            self.signal.show_row(query, weights, key)

    def _source_edited(self) -> None:
        self._typed = True
        self._ask()

    def _try_example(self) -> None:
        if self._model is not None:
            self.set_text(self._model.example)
            self.source.setFocus()

    def _ask(self) -> None:
        self._asked += 1
        source = self.source.text()
        if not source.strip():
            self._answered = self._asked  # What still comes belongs to a sentence that is gone.
            self.target.set_ghost("")
            self.note.say("")
        self._turn_page()
        self.requested.emit(Inspect(source, self.target.text(), self._asked))

    def _show(self, answer: Inspected) -> None:
        if not self.source.text().strip():
            return
        trace = answer.trace
        self.view.show_trace(trace, reopened=self._reopened)
        self._reopened = False
        self._set_dimmed(False)
        self.signal.show_trace(trace)
        self._show_look()
        if trace.own_target and self._lines.writes:
            self.target.set_ghost(trace.target_text, "written by the model")
        self._failure = ""
        self.note.say(" · ".join((*self._own_notes(), *trace.notes)), "warning")
        self._turn_page()

    def _fail(self, failure: Failed) -> None:
        if self.source.text().strip():
            self._failure = failure.message
            self.note.say(failure.message if self.view.trace else "", "bad")
            self._set_dimmed(True)
            self._turn_page()

    def _set_dimmed(self, dimmed: bool) -> None:
        self.view.set_dimmed(dimmed)
        self.signal.picture.set_dimmed(dimmed)

    def _own_notes(self) -> tuple[str, ...]:
        if self.source.is_full() or self.target.is_full():
            return (f"A line holds {LONGEST:,} characters; what came after them was left out",)
        return ()

    def _turn_page(self) -> None:
        """Show the picture if there is one of a sentence, else what to do next."""
        blank = not self.source.text().strip()
        if self.view.trace is not None and not blank:
            self._stack.setCurrentWidget(self.view)
            return
        self._stack.setCurrentWidget(self.empty)
        self.signal.hide()
        if self._model is None:
            self.empty.say(
                "No model yet",
                "Open a model or start training. Then this shows, for every word of your "
                "sentence, where each attention head of the model looks.",
            )
        elif blank:
            example = self._model.example
            self.empty.say(
                self._lines.empty,
                "Every head of the model gets a small map: a row for each token that looks, a "
                "column for each token that is looked at, dark where much attention goes.",
                f"Try “{example}”" if example else "",
            )
        elif self._failure:
            self.empty.say("This sentence cannot be shown", self._failure)
        else:
            self.empty.say("Reading the sentence …", "")

"""The model's output, one decision at a time."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.events import Decoded, Event, Failed, Inspected, ModelOpened, TrainingChanged
from explorer.messages.results import Decoding
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.widgets import decision_words as words
from explorer.ui.widgets.answer_words import NO_MODEL, AnswerWords, answer_words, which
from explorer.ui.widgets.attention_words import token_help
from explorer.ui.widgets.candidate_bars import FEW_ROWS, MOST_ROWS
from explorer.ui.widgets.chip_flow import VERTICAL_KEYS
from explorer.ui.widgets.decision_cursor import DecisionCursor
from explorer.ui.widgets.decision_view import DecisionView, heading
from explorer.ui.widgets.decode_asking import DecodeAsking
from explorer.ui.widgets.empty_page import EmptyPage
from explorer.ui.widgets.text_line import TextLine
from explorer.ui.widgets.token_strip import TokenStrip
from explorer.ui.widgets.transport import Transport

_EMPTY = "Nothing written yet"
_NOTHING = ("An empty answer", "The model wrote nothing for this sentence.")
_BUSY = ("The model is writing…", "")
ROOMY, SNUG = 600, 530
"""Heights from which on there is room for three rows of the answer, and for all candidates."""
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
        self._decoding: Decoding | None = None
        self._stale = False
        self._dimmed = False
        self.decisions = DecisionCursor()
        self.strip, self.transport = TokenStrip(), Transport(self.decisions)
        self.decision = DecisionView()
        self.place = TextLine("Which decision this is", right=True)
        self._words = NO_MODEL
        self.what = heading(self._words.title)
        self.origin = TextLine("Whose answer this is", right=True)
        self.trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.empty = EmptyPage()
        self._waiting = QTimer(self, singleShot=True, interval=PATIENCE)
        self._arrange()
        self._connect()
        self._color()
        self._show_empty(_EMPTY, self._words.empty)

    def _arrange(self) -> None:
        half = theme.SPACE // 2
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(theme.SPACE, half, theme.SPACE, theme.SPACE)
        column.setSpacing(half)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE)
        head.addWidget(self.what, 2)
        head.addWidget(self.origin, 3)
        column.addLayout(head)
        column.addWidget(self.trouble)
        column.addWidget(self.strip)
        row = QHBoxLayout()
        row.addWidget(self.transport)
        row.addWidget(self.place, 1)
        column.addLayout(row)
        column.addSpacing(half)
        column.addWidget(self.decision, 1)
        self.trouble.hide()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(_scrolling(content))
        self.setFocusProxy(self.strip)

    def _connect(self) -> None:
        self.strip.clicked.connect(self._jump)
        self.strip.explain_with(self._step_help)
        self.transport.moved.connect(self.go)
        self._waiting.timeout.connect(self._say_busy)
        theme.theme().changed.connect(self._color)

    def receive(self, events: Sequence[Event]) -> None:
        """Ask for what was inspected, and show what was answered."""
        answer: Decoding | None = None
        for event in events:
            match event:
                case ModelOpened(model):
                    self._asking.opened()
                    self._use_words(answer_words(model.config))
                case Inspected(request=request, trace=trace):
                    self._asking.inspected(request, trace)
                case TrainingChanged(state=state):
                    self._asking.training = state == "running"
                case Decoded(request=request, decoding=decoding):
                    if self._asking.answered(request, decoding):
                        answer = decoding
                case Failed(about="sentence", request=request, message=message):
                    if self._asking.failed(request):
                        self._show_trouble(message)
                case _:
                    pass
        if answer is not None:
            self._take(answer)
        self._set_dimmed(bool(self.trouble.text()) or self._asking.away)
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        command = self._asking.wanted()
        if command is not None:
            self._waiting.start()
            self.requested.emit(command)

    def _take(self, decoding: Decoding) -> None:
        self._decoding = decoding
        self._waiting.stop()
        self.decisions.fit(len(decoding.steps))
        self._set_trouble("")
        if self.isVisible():
            self._show()
        else:
            self._stale = True

    def _show(self) -> None:
        """Bring everything up to date with the answer and the cursor."""
        self._stale = False
        decoding = self._decoding
        if decoding is None or not decoding.steps:
            nothing = _NOTHING if decoding is not None else (_EMPTY, self._words.empty)
            self._show_empty(*nothing)
            return
        self._pages.setCurrentIndex(1)
        self.origin.set_text(words.origin(decoding), "muted")
        prompt = decoding.prefix if self._words.prompted else ()
        written = [step.token for step in decoding.steps]
        self.strip.show_tokens(written, self.decisions.index, prompt)
        full, brief = which(decoding, self.decisions.index)
        self.place.set_text(full, brief=brief)
        self.decision.show_decision(decoding, self.decisions.index)
        self.transport.show_place()

    def go(self, index: int) -> None:
        """Look at another decision."""
        if self.decisions.go(index):
            self._show()

    def _jump(self, index: int) -> None:
        decision = self.strip.decision_at(index)
        if decision >= 0:
            self.transport.stop()
            self.go(decision)

    def _use_words(self, words: AnswerWords) -> None:
        """Call everything what it is to another model."""
        self._words = words
        self.what.set_text(words.title, brief=words.brief)
        self.decision.use_words(words)
        if self._decoding is None:
            self._show_empty(_EMPTY, words.empty)

    def _show_trouble(self, message: str) -> None:
        self._waiting.stop()
        if self._decoding is None or not self._decoding.steps:
            self._show_empty("No answer", message)
        else:
            self.origin.set_text(words.origin(self._decoding), "muted")
            self._set_trouble(message)

    def _set_trouble(self, message: str) -> None:
        """Say what is wrong above the answer; an empty message: all is well."""
        if message != self.trouble.text():
            self.trouble.setText(message)
            self.trouble.setVisible(bool(message))

    def _set_dimmed(self, dimmed: bool) -> None:
        """Pale, while the answer is not to the sentence in the line."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.strip.set_dimmed(dimmed)
            self.decision.set_dimmed(dimmed)

    def _show_empty(self, title: str, text: str) -> None:
        self.empty.say(title, text)
        self._pages.setCurrentIndex(0)

    def _say_busy(self) -> None:
        if self._decoding is None:
            self._show_empty(*_BUSY)
        else:
            self.origin.set_text("writing the answer to the new sentence…", "accent")

    def _step_help(self, index: int) -> str:
        decoding, decision = self._decoding, self.strip.decision_at(index)
        if decoding is None or decision >= len(decoding.steps):
            return ""
        if decision < 0:
            return escape(f"Of the prompt: {token_help(decoding.prefix[index])}")
        return words.step_help(decoding.steps[decision])

    def _color(self) -> None:
        self.trouble.setStyleSheet(f"color: {theme.colors().bad};")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home, Left, Right, End and Space, from wherever in the panel the focus is."""
        name = _KEYS.get(Qt.Key(event.key()))
        if name is None or self._decoding is None:
            super().keyPressEvent(event)
        else:
            self.transport.act(name)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self._show()
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room, more of the answer and of its rivals is seen at once."""
        super().resizeEvent(event)
        self.strip.set_rows(3 if self.height() >= ROOMY else 2)
        self.decision.candidates.set_most(MOST_ROWS if self.height() >= SNUG else FEW_ROWS)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: hold, and let the worker write no more."""
        self.transport.stop()
        command = self._asking.unwanted()
        if command is not None:
            self._waiting.stop()
            self.requested.emit(command)
        super().hideEvent(event)


class _Scrolling(QScrollArea):
    """Scrolls with the vertical keys alone; the others belong to the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in VERTICAL_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()


def _scrolling(content: QWidget) -> QScrollArea:
    area = _Scrolling(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area

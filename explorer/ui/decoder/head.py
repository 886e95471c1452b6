"""What stands above every page: the text, the transport, the method, and what was taken over."""

from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.messages.decoding import Decoding
from explorer.messages.results import ModelInfo
from explorer.ui import theme
from explorer.ui.decoder.course import Course
from explorer.ui.decoder.force_line import ForceLine
from explorer.ui.decoder.method_strip import MethodStrip
from explorer.ui.decoder.taken_row import TakenRow
from explorer.ui.decoder.taken_words import taken
from explorer.ui.widgets import decision_words as words
from explorer.ui.widgets.answer_words import NO_MODEL, AnswerWords, which
from explorer.ui.widgets.attention_words import token_help
from explorer.ui.widgets.decision_view import heading
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.text_line import TextLine
from explorer.ui.widgets.token_strip import TokenStrip
from explorer.ui.widgets.transport import Transport


class Head(QWidget):
    """Shows the course, and acts by its verbs; `switch` is that of the pages."""

    left = Signal()
    """The line for a text to force was left: back to the tokens."""

    def __init__(self, course: Course, switch: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course, self._words, self._training = course, NO_MODEL, False
        self.what = heading(NO_MODEL.title)
        self.origin = TextLine("Whose answer this is", right=True)
        self.trouble = NoteLine("What is wrong")
        self.strip, self.transport = TokenStrip(), Transport(course.cursor)
        self.place = TextLine("Which decision this is", right=True)
        self.method, self.line, self.taken = MethodStrip(), ForceLine(), TakenRow()
        self._arrange(switch)
        self._connect()

    def _arrange(self, switch: QWidget) -> None:
        head, row = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(theme.SPACE)
        head.addWidget(self.what, 2)
        head.addWidget(switch, 4)
        head.addWidget(self.origin, 3)
        row.addWidget(self.transport)
        row.addWidget(self.place, 1)
        self.method.beside.addWidget(self.line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        column.addLayout(head)
        column.addWidget(self.trouble)
        column.addWidget(self.strip)
        column.addLayout(row)
        column.addWidget(self.method)
        column.addWidget(self.taken)
        self.trouble.hide()

    def _connect(self) -> None:
        course = self._course
        self.strip.clicked.connect(self._jump)
        self.strip.explain_with(self._step_help)
        self.transport.moved.connect(course.go)
        self.method.changed.connect(course.use)
        self.line.given.connect(course.force_text)
        self.line.left.connect(self.strip.setFocus)
        self.taken.own.clicked.connect(course.own)
        self.taken.bans.allowed.connect(course.unban)

    def use_model(self, model: ModelInfo, words: AnswerWords) -> None:
        """Another model is here, with its own words and settings."""
        self._words = words
        self.what.set_text(words.title, brief=words.brief)
        self.method.use_model(model.config)

    def set_training(self, training: bool) -> None:
        """A run trains, or trains no more."""
        if training != self._training:
            self._training = training
            self.show_wish()

    def show_wish(self) -> None:
        """Show how the text is to be written."""
        course = self._course
        said = taken(course, training=self._training)
        self.taken.show_state(said, course.banned, taken_over=course.taken_over)
        self.method.show_config(course.config)

    def show_course(self, decoding: Decoding) -> None:
        """Another text, with at least one decision."""
        self.origin.set_text(words.origin(decoding), "muted", brief=words.brief_origin(decoding))
        self.show_index(decoding)

    def show_index(self, decoding: Decoding) -> None:
        """Another decision."""
        index = self._course.index
        prompt = decoding.prefix if self._words.prompted else ()
        self.strip.show_tokens([step.token for step in decoding.steps], index, prompt)
        full, brief = which(decoding, index)
        self.place.set_text(full, brief=brief)
        self.transport.show_place()

    def complain(self, message: str) -> None:
        """Say what is wrong above the answer; an empty message: all is well."""
        if message != self.trouble.text():
            self.trouble.say(message, "bad")
            self.trouble.setVisible(bool(message))

    def _jump(self, index: int) -> None:
        decision = self.strip.decision_at(index)
        if decision >= 0:
            self.transport.stop()
            self._course.go(decision)

    def _step_help(self, index: int) -> str:
        decoding, decision = self._course.decoding, self.strip.decision_at(index)
        if decoding is None or decision >= len(decoding.steps):
            return ""
        if decision < 0:
            return escape(f"Of the prompt: {token_help(decoding.prefix[index])}")
        return words.step_help(decoding.steps[decision])

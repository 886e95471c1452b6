"""Answers about sentences: what every head looks at, and what the model writes."""

from explorer.decoding.stepper import decode
from explorer.engine.following import Following, Question
from explorer.engine.run import Emit
from explorer.inspection.tracing import trace
from explorer.messages.commands import Decode, Inspect
from explorer.messages.events import Decoded, Inspected
from explorer.messages.results import Decoding
from explorer.subjects.subject import SentenceError, Subject


class Sentences:
    """Answers `Inspect` and `Decode` from the model in force; repeats them while it learns."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._subject: Subject | None = None
        self._following = Following()
        self._written: tuple[str, int, Decoding] | None = None

    @property
    def subject(self) -> Subject | None:
        """The model that is asked."""
        return self._subject

    @subject.setter
    def subject(self, subject: Subject) -> None:
        self._subject = subject
        self._written = None
        self._following.forget()

    def answer(self, question: Question) -> None:
        """Answer from the weights of this very step; raises `SentenceError` in words."""
        if isinstance(question, Decode) and not question.source:
            self._following.drop(question)
            return
        started = self._following.now()
        match question:
            case Inspect():
                self._inspect(question)
            case Decode():
                decoding = self._write(self._required(), question.source)
                self._emit(Decoded(question.request, decoding))
        self._following.answered(question, started)

    def due(self) -> Question | None:
        """The question worth another answer now, as the weights have moved."""
        return self._following.due()

    def again(self) -> None:
        """Answer everything that is followed once more."""
        for question in self._following.questions():
            self.answer(question)

    def _inspect(self, question: Inspect) -> None:
        subject = self._required()
        source = subject.source(question.source)
        own = not question.target.strip()
        text = self._continuation(subject, question.source) if own else question.target
        target = subject.target(text)
        found = trace(subject, source, target, question.source, text, own_target=own)
        self._emit(Inspected(question.request, found))

    def _continuation(self, subject: Subject, text: str) -> str:
        """What the model writes by itself; an encoder alone writes nothing."""
        return "" if subject.architecture == "encoder-only" else self._write(subject, text).text

    def _write(self, subject: Subject, text: str) -> Decoding:
        """What the model writes for a source; kept, since two panels ask for the same."""
        if self._written is None or self._written[:2] != (text, subject.step):
            decoding = decode(subject, subject.source(text), text, subject.config.decoding)
            self._written = (text, subject.step, decoding)
        return self._written[2]

    def _required(self) -> Subject:
        if self._subject is None:
            raise SentenceError("There is no model yet: open one, or press Train.")
        return self._subject

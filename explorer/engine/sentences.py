"""Answers about sentences: what every head looks at, and what the model writes."""

from dataclasses import dataclass

from explorer.decoding.stepper import Writing, decode
from explorer.engine.following import Following, Question
from explorer.engine.run import Emit
from explorer.inspection.tracing import trace
from explorer.messages.commands import Decode, Inspect
from explorer.messages.decoding import PLAIN
from explorer.messages.events import Decoded, DecodedPart, Inspected
from explorer.messages.results import Decoding, Trace
from explorer.subjects.subject import SentenceError, Subject

_SLICE, _FIRST = 0.02, 0.1
"""Seconds of writing before other commands have their turn; a text's first ones, as most are short
and told whole."""


@dataclass(slots=True)
class _Job:
    """A text under way, and for which model at which step."""

    question: Decode
    subject: Subject
    step: int
    writing: Writing
    spent: float = 0.0


class Sentences:
    """Answers `Inspect` and `Decode` from the model in force; repeats them while it learns.

    That is the one of now (`subject`), or while somebody looks back the one of then (`past`).
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._subject: Subject | None = None
        self._past: Subject | None = None
        self._newest: dict[str, tuple[str, bool]] = {}
        self._following = Following()
        self._written: tuple[str, int, Decoding] | None = None
        self._looked: tuple[tuple[str, str, int], Trace] | None = None
        self._job: _Job | None = None
        self._awaiting: Inspect | None = None

    @property
    def subject(self) -> Subject | None:
        """The model of now."""
        return self._subject

    @subject.setter
    def subject(self, subject: Subject) -> None:
        self._subject, self._past = subject, None
        self._written = self._looked = self._job = self._awaiting = None
        self._newest.clear()
        self._following.forget()

    @property
    def past(self) -> Subject | None:
        """The model of then that is asked in place of that of now, if there is one."""
        return self._past

    @past.setter
    def past(self, subject: Subject | None) -> None:
        self._past = subject
        self._written = self._looked = self._job = self._awaiting = None

    @property
    def asked(self) -> Subject | None:
        """The model that is asked."""
        return self._subject if self._past is None else self._past

    @property
    def writing(self) -> Decode | None:
        """The question whose answer is under way, if there is one."""
        return None if self._job is None else self._job.question

    def answer(self, question: Question) -> None:
        """Answer from the weights of this very step; raises `SentenceError` in words."""
        started = self._following.now()
        match question:
            case Inspect():
                self._inspect(question)
                self._following.answered(question, started)
            case Decode():
                self._answer_decode(question)

    def _answer_decode(self, question: Decode) -> None:
        job, self._job = self._job, None
        if not question.source:
            self._following.drop(question)
            self._serve_awaiting()
        elif job is not None and _same_text(job, question):
            job.question = question  # What was begun for the heads is written for both.
            self._job = job
        else:
            self._begin(question)

    def advance(self) -> None:
        """Go on for a moment with what is under way; begins anew where the model has moved."""
        job = self._job
        if job is None:
            return
        if job.subject.step != job.step:
            self._begin(job.question)
        else:
            self._go_on(job, _SLICE)

    def _begin(self, question: Decode) -> None:
        subject = self.required()
        known = self._written
        if question.wish == PLAIN and known and known[:2] == (question.source, subject.step):
            self._tell(question, known[2], 0.0)
            return
        source = subject.source(question.source)
        writing = Writing(subject, source, question.source, question.wish)
        self._job = _Job(question, subject, subject.step, writing)
        self._go_on(self._job, _FIRST)

    def _go_on(self, job: _Job, seconds: float) -> None:
        started, going = self._following.now(), True
        self._job = None  # What fails is not tried again.
        while going and self._following.now() - started < seconds:
            going = job.writing.advance()
        job.spent += self._following.now() - started
        if going:
            self._job = job
            self._emit(DecodedPart(job.question.request, job.writing.so_far()))
            return
        decoding = job.writing.so_far()
        if job.question.wish == PLAIN:
            self._written = job.question.source, job.step, decoding
        self._tell(job.question, decoding, job.spent)
        self._serve_awaiting()

    def _tell(self, question: Decode, decoding: Decoding, spent: float) -> None:
        self._emit(Decoded(question.request, decoding))
        self._following.answered(question, self._following.now() - spent)

    def due(self) -> Question | None:
        """The question worth another answer now, as the weights have moved; those of then stand."""
        return self._following.due() if self._past is None else None

    def again(self) -> None:
        """Answer everything that is followed once more."""
        for question in self._following.questions():
            self.answer(question)

    def _inspect(self, question: Inspect) -> None:
        self._awaiting = None
        if not question.target.strip() and self._is_to_be_written(question.source):
            self._await_text(question)
        else:
            self._emit(Inspected(question.request, self.look(question.source, question.target)))

    def _is_to_be_written(self, text: str) -> bool:
        """Whether a model from outside, which may take long, has not yet written on from a text."""
        subject = self.required()
        if subject.foreign is None or not _writes(subject):
            return False
        return self._written is None or self._written[:2] != (text, subject.step)

    def _await_text(self, question: Inspect) -> None:
        """Show the sentence alone where writing on takes long, and all of it when that is done."""
        subject, text = self.required(), question.source
        ours = Decode(text, question.request)
        if self._job is None or not _same_text(self._job, ours):
            self._begin(ours)
        if not self._is_to_be_written(text):
            self._emit(Inspected(question.request, self.look(text, "")))
            return
        source, target = subject.source(text), subject.target("")
        found = trace(subject, source, target, text, "", own_target=True)
        self._emit(Inspected(question.request, found))
        self._awaiting = question

    def _serve_awaiting(self) -> None:
        """Answer the sentence that waits for its text, or go on with that text."""
        question = self._awaiting
        if question is None or self._job is not None:
            return
        if self._is_to_be_written(question.source):
            self._begin(Decode(question.source, question.request))
        else:
            self._awaiting = None
            self._emit(Inspected(question.request, self.look(question.source, "")))

    def look(self, source_text: str, target_text: str) -> Trace:
        """A pair through the model; the last one is kept, since several views ask for the same."""
        subject = self.required()
        asked = source_text, target_text, subject.step
        if self._looked is None or self._looked[0] != asked:
            source = subject.source(source_text)
            own = not target_text.strip()
            text = self._continuation(subject, source_text) if own else target_text
            target = subject.target(text)
            found = trace(subject, source, target, source_text, text, own_target=own)
            self._looked = asked, found
        return self._looked[1]

    def _continuation(self, subject: Subject, text: str) -> str:
        """What the model writes by itself; an encoder alone writes nothing.

        While somebody looks back it is what the newest weights write, for all steps the same.
        """
        if not _writes(subject):
            return ""
        return self._write(subject, text).text if self._past is None else self.newest(text)[0]

    def newest(self, text: str, *, anew: bool = False) -> tuple[str, bool]:
        """What the weights of now write for a source, and whether it came to its end.

        Kept as it was first asked for, unless `anew`.
        """
        live = self._subject
        if live is None:
            return "", True
        if anew or text not in self._newest:
            found = decode(live, live.source(text), text, live.config.decoding)
            self._newest[text] = found.text, found.finished
        return self._newest[text]

    def _write(self, subject: Subject, text: str) -> Decoding:
        """What the model writes for a source; kept, since two panels ask for the same."""
        if self._written is None or self._written[:2] != (text, subject.step):
            decoding = decode(subject, subject.source(text), text, subject.config.decoding)
            self._written = (text, subject.step, decoding)
        return self._written[2]

    def required(self) -> Subject:
        """The model that is asked; raises `SentenceError` where there is none."""
        found = self.asked
        if found is None:
            raise SentenceError("There is no model yet: open one, or press Train.")
        return found


def _writes(subject: Subject) -> bool:
    """Whether a model writes text by itself."""
    silent = subject.foreign is not None and not subject.foreign.guesses
    return subject.architecture != "encoder-only" and not silent


def _same_text(job: _Job, question: Decode) -> bool:
    """Whether what is under way is what is asked for, by whomever."""
    asked = job.question.source, job.question.wish
    return asked == (question.source, question.wish) and job.subject.step == job.step

"""What the weights of then write by themselves, for a sentence that has been through all steps."""

import time

from explorer.decoding.stepper import Writing
from explorer.engine.keeping import Emit
from explorer.engine.past import Past
from explorer.engine.travelling import Journey, Travelling
from explorer.messages.decoding import PLAIN, Decoding
from explorer.messages.travel import TravelWritten
from explorer.runs.moments import Moment
from explorer.runs.weights import ModelFileError
from explorer.subjects.subject import SentenceError
from explorer.training.stability import is_memory_full

SLICE = 0.02
"""Seconds of writing before others have their turn."""
MOST_BYTES = 2**28
"""Attention of all texts together; what would come after it is not written."""


class TextsOfThen:
    """Writes step by step, coarse to fine, with a model of its own; tells each text when it is
    there.

    An encoder alone writes nothing, and its labels stand in the timeline already.
    """

    def __init__(self, emit: Emit, travelling: Travelling) -> None:
        self._emit, self._travelling = emit, travelling
        self._journey: Journey | None = None
        self._past: Past | None = None
        self._done: set[int] = set()
        self._bytes = 0
        self._writing: tuple[Moment, Writing] | None = None

    @property
    def busy(self) -> bool:
        """Whether there is a text to write."""
        journey = self._travelling.arrived
        if journey is not self._journey and not self._travelling.busy:
            self._begin(journey)
        if journey is None or self._past is None or self._bytes > MOST_BYTES:
            return False
        return self._writing is not None or not self._done.issuperset(journey.done)

    def _begin(self, journey: Journey | None) -> None:
        self._journey, self._writing = journey, None
        self._done, self._bytes = set(), 0
        if journey is None or journey.subject.architecture == "encoder-only":
            self._past = None
        elif self._past is None or self._past.live is not journey.subject:
            self._past = Past(journey.subject)

    def advance(self) -> None:
        """One slice: some tokens of a text, or some short texts."""
        began, told = time.monotonic(), list[Decoding]()
        while self.busy and time.monotonic() - began < SLICE:
            try:
                told += self._go_on()
            except ModelFileError:
                self._writing = None  # Let go meanwhile, or torn: who goes there is told why.
            except (SentenceError, RuntimeError, MemoryError) as error:
                self._past = self._writing = None
                if not isinstance(error, SentenceError) and not is_memory_full(error):
                    raise
        if told and self._journey is not None:
            self._emit(TravelWritten(self._journey.command.request, tuple(told)))

    def _go_on(self) -> list[Decoding]:
        """A token more; the text if that was its last."""
        moment, writing = self._writing or self._started()
        self._writing = moment, writing
        if writing.advance():
            return []
        self._writing = None
        decoding = writing.so_far()
        arrays = (found for step in decoding.steps for found in step.attention.values())
        self._bytes += sum(found.nbytes for found in arrays)
        return [decoding]

    def _started(self) -> tuple[Moment, Writing]:
        journey, past = self._journey, self._past
        assert journey is not None and past is not None
        left = [m for m in self._travelling.kept if m.step in journey.done - self._done]
        if not left:  # Let go meanwhile.
            self._done |= journey.done
            raise ModelFileError("none of these steps is kept any more")
        moment = max(left, key=lambda m: (self._gap(m.step), m.step))
        self._done.add(moment.step)
        text = journey.command.source
        subject = past.go_to(moment)
        return moment, Writing(subject, subject.source(text), text, PLAIN)

    def _gap(self, step: int) -> float:
        """How far off the closest step is whose text is there, in kept steps: the largest first."""
        places = {moment.step: place for place, moment in enumerate(self._travelling.kept)}
        written = [places[done] for done in self._done if done in places]
        return min((abs(places[step] - place) for place in written), default=float("inf"))

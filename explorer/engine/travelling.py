"""Travelling in a run's time: sentences through all kept weights in slices, and the past."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from explorer.engine.keeping import Emit
from explorer.engine.past import Past, nearest
from explorer.engine.sentences import Sentences
from explorer.inspection.over_time import measures_over_time
from explorer.inspection.timeline import Asked, evolve
from explorer.messages.timeline import Timeline
from explorer.messages.travel import GoTo, Moments, Travel, Travelled, TravelPart, WentTo
from explorer.runs.folder import RunFolder
from explorer.runs.moments import Moment, moments
from explorer.runs.weights import ModelFileError
from explorer.subjects.subject import SentenceError, Subject
from explorer.training.stability import is_memory_full

LOOK_SECONDS = 0.5
"""Between two looks at which steps are kept, while something goes on."""
NO_RUN = "This model came without its run: no other step of it is kept."
_NO_MEMORY = "Memory ran out for all steps of this text; take a shorter one."


@dataclass(slots=True)
class Journey:
    """A sentence on its way through the kept steps."""

    command: Travel
    subject: Subject
    asked: Asked
    going: tuple[Moment, ...]
    parts: Iterator[Timeline]
    done: set[int] = field(default_factory=set)
    milliseconds: float = 0.0
    whole: bool = False

    @property
    def total(self) -> int:
        return len(self.done | {moment.step for moment in self.going})


class Travelling:
    """Knows which steps are kept, answers `Travel` a slice at a time, and goes to the past."""

    def __init__(self, emit: Emit, sentences: Sentences) -> None:
        self._emit, self._sentences = emit, sentences
        self._kept: tuple[Moment, ...] = ()
        self._told: tuple[str, tuple[int, ...]] = ("", ())
        self._looked = 0.0
        self._journey: Journey | None = None
        self._past: Past | None = None

    @property
    def busy(self) -> bool:
        """Whether there is a slice to do."""
        return self._journey is not None and not self._journey.whole

    @property
    def arrived(self) -> Journey | None:
        """The sentence that has gone through all kept steps, if none is on its way."""
        return None if self._journey is None or not self._journey.whole else self._journey

    @property
    def kept(self) -> tuple[Moment, ...]:
        """The steps that can be gone to, rising."""
        return self._kept

    # Which steps there are

    def look_around(self, *, at_once: bool = False) -> None:
        """Tell which steps are kept, if they are others by now; their sentence goes on to them."""
        now = time.monotonic()
        if not at_once and now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        live = self._sentences.subject
        folder = RunFolder(Path(live.origin)) if live is not None and live.origin else None
        self._kept = moments(folder) if folder is not None and folder.is_run else ()
        there = str(folder.path) if self._kept and folder is not None else ""
        told = there, tuple(moment.step for moment in self._kept)
        if told != self._told:
            self._told = told
            self._emit(Moments(*told))
            self._go_on()

    def opened(self) -> None:
        """Another model is here: what was known of the one before is over."""
        self._journey = self._past = None
        self._told = ("", (-1,))
        self.look_around(at_once=True)

    # A sentence through all of them

    def answer(self, command: Travel) -> None:
        """Begin with a sentence in the place of its elder; what cannot be is said."""
        self._journey = None
        if not command.source.strip():
            return
        self.look_around(at_once=True)
        try:
            self._journey = self._begun(command)
        except SentenceError as error:
            self._emit(Travelled(command.request, refused=str(error)))

    def _begun(self, command: Travel) -> Journey:
        live = self._sentences.subject
        if live is None:
            raise SentenceError("There is no model yet: open one, or press Train.")
        if not self._kept:
            raise SentenceError(NO_RUN)
        asked = self._asked(live, command)
        return Journey(command, live, asked, self._kept, evolve(live, self._kept, asked))

    def _asked(self, live: Subject, command: Travel) -> Asked:
        source, own = live.source(command.source), not command.target.strip()
        if not own or live.architecture == "encoder-only":
            target = live.target(command.target)
            return Asked(source, target, command.source, command.target, own_target=own)
        text, ended = self._sentences.newest(command.source, anew=True)
        return Asked(source, live.target(text), command.source, text, own_target=True, ended=ended)

    def _go_on(self) -> None:
        """Let the sentence go through steps that have been kept since."""
        journey = self._journey
        if journey is None:
            return
        known = journey.done | {moment.step for moment in journey.going}
        new = tuple(moment for moment in self._kept if moment.step not in known)
        if not new or journey.subject is not self._sentences.subject:
            return
        if journey.asked.own_target and not journey.asked.target_text:
            journey.done, new = set(), self._kept  # What is due is what the newest weights say.
        elif not journey.whole:
            return  # When it is there, it looks again.
        journey.going, journey.whole = new, False
        journey.parts = evolve(journey.subject, new, journey.asked)

    def advance(self) -> None:
        """One slice: some steps at once."""
        journey = self._journey
        if journey is None:
            return
        if journey.subject is not self._sentences.subject:
            self._journey = None
            return
        try:
            self._tell(journey, next(journey.parts))
        except StopIteration:
            journey.whole = True
            self._emit(Travelled(journey.command.request, journey.milliseconds))
            self._go_on()
        except ModelFileError as error:
            self._pick_up(journey, str(error))
        except (RuntimeError, MemoryError) as error:
            self._journey = None
            if not is_memory_full(error):
                raise
            self._emit(Travelled(journey.command.request, refused=_NO_MEMORY))

    def _tell(self, journey: Journey, part: Timeline) -> None:
        began = time.perf_counter()
        measures = measures_over_time(part)
        journey.done.update(part.steps_S.tolist())
        journey.milliseconds += part.milliseconds + 1000 * (time.perf_counter() - began)
        self._emit(
            TravelPart(journey.command.request, part, measures, len(journey.done), journey.total)
        )

    def _pick_up(self, journey: Journey, why: str) -> None:
        """A checkpoint may have been let go meanwhile: go on without it, if that was it."""
        left = tuple(m for m in journey.going if m.step not in journey.done)
        there = tuple(moment for moment in left if moment.weights.exists())
        if there == left:
            self._journey = None
            self._emit(Travelled(journey.command.request, refused=why))
            return
        journey.going = there
        journey.parts = evolve(journey.subject, there, journey.asked)

    # The past

    @property
    def step(self) -> int | None:
        """The step that answers come from; None: that of now."""
        past = self._sentences.past
        return None if past is None else past.step

    def go_to(self, command: GoTo) -> None:
        """Answer from then, or from now, and say so; all that is followed is answered anew."""
        live = self._sentences.subject
        if command.step is None or live is None:
            self._sentences.past = self._past = None
            self._emit(WentTo(None))
            if live is not None:
                self._sentences.again()
            return
        self.look_around(at_once=True)
        if not self._kept:
            raise ModelFileError(NO_RUN)
        moment = nearest(self._kept, command.step)
        if self.step != moment.step:
            if self._past is None or self._past.live is not live:
                self._past = Past(live)
            self._sentences.past = self._past.go_to(moment)
        self._emit(WentTo(moment.step))
        self._sentences.again()

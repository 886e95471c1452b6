"""What happened when in the open run: on held-out examples through all kept steps, in slices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.data.pairs import CorpusError
from explorer.engine.keeping import Emit
from explorer.engine.sentences import Sentences
from explorer.inspection.examples import held_out, windows
from explorer.inspection.happenings import happenings
from explorer.inspection.head_history import figures_of, history_of
from explorer.inspection.timeline import Asked, evolve
from explorer.messages.results import Measurement
from explorer.messages.timeline import Timeline, joined
from explorer.messages.travel import FindHappenings, Finding, HappeningsFound
from explorer.runs.folder import RunFolder
from explorer.runs.metrics import read_history
from explorer.runs.moments import Moment, moments
from explorer.runs.weights import ModelFileError
from explorer.subjects.subject import Sentence, SentenceError, Subject
from explorer.training.stability import is_memory_full

LONGEST = 128
"""Tokens of a window of running text at most."""
WINDOWS = 4
"""Windows of running text that heads are measured on at most, each as long as many examples."""
FEWEST = 8
"""Kept steps below which nothing can be told to have changed."""
_TOO_FEW = "Too few steps are kept so far to tell what happened when."


@dataclass(slots=True)
class _Job:
    command: FindHappenings
    subject: Subject
    slices: Iterator[HappeningsFound | None]


class FindingWork:
    """Answers the newest `FindHappenings`."""

    def __init__(self, emit: Emit, sentences: Sentences) -> None:
        self._emit, self._sentences = emit, sentences
        self._job: _Job | None = None

    @property
    def busy(self) -> bool:
        """Whether there is a slice to do."""
        return self._job is not None

    def answer(self, command: FindHappenings) -> None:
        """Begin, or with 0 examples give up."""
        self._job = None
        live = self._sentences.subject
        if not command.examples:
            return
        folder = RunFolder(Path(live.origin)) if live is not None and live.origin else None
        kept = moments(folder) if folder is not None and folder.is_run else ()
        if live is None or len(kept) < FEWEST:
            self._emit(HappeningsFound(command.request, (), refused=_TOO_FEW))
            return
        self._job = _Job(command, live, self._find(command, live, kept))

    def advance(self) -> None:
        """One slice."""
        job = self._job
        if job is None:
            return
        if job.subject is not self._sentences.subject:
            self._job = None
            return
        try:
            found = next(job.slices)
        except (SentenceError, CorpusError, ModelFileError, OSError) as error:
            found = HappeningsFound(job.command.request, (), refused=str(error))
        except (RuntimeError, MemoryError) as error:
            self._job = None
            if not is_memory_full(error):
                raise
            return
        if found is not None:
            self._job = None
            self._emit(found)

    def _find(
        self, command: FindHappenings, subject: Subject, kept: Sequence[Moment]
    ) -> Iterator[HappeningsFound | None]:
        """None after each slice; the answer in the end."""
        questions = list(_questions(subject, command.examples))
        timelines: list[Timeline] = []
        for number, asked in enumerate(questions, start=1):
            parts: list[Timeline] = []
            for part in evolve(subject, kept, asked):
                parts.append(part)
                yield None
            timelines.append(joined(parts))
            self._emit(Finding(command.request, number, len(questions)))
        looks = read_history(RunFolder(Path(subject.origin)).metrics).measurements
        measured = [timeline for timeline in timelines if timeline.weights]
        history = history_of(measured) if measured else None
        found = happenings(history, _figures(timelines, looks))
        what = "window" if subject.coding.form == "text" else "example"
        on = f"{len(measured)} held-out {what}{'s' if len(measured) != 1 else ''}"
        yield HappeningsFound(command.request, found, on)


def _figures(timelines: Sequence[Timeline], looks: Sequence[Measurement]) -> Sequence[Measurement]:
    """The run's own looks at held-out data, or those of the examples where there were fewer."""
    own = figures_of(timelines) if timelines else ()
    return own if len(own) > len(looks) else looks


def _questions(subject: Subject, examples: int) -> Iterator[Asked]:
    if subject.coding.form != "text":
        for pair in held_out(subject, examples):
            source, target = subject.source(pair.source), subject.target(pair.target)
            yield Asked(source, target, pair.source, pair.target, own_target=False)
        return
    words = subject.coding.vocabularies.source
    for window in windows(subject, min(examples, WINDOWS)):
        tokens = tuple(words.token(int(id)) for id in window[:LONGEST])
        yield Asked(Sentence(tokens), Sentence(()), "", "", own_target=False)

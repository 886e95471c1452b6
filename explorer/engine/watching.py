"""Looks at watched sentences while a run trains, and keeps what it saw.

Looking changes nothing of the run: a step is a function of its seed and number alone. It takes at
most a share of the time that training takes, so steps that come too soon are left out; between
them the snapshots tell. The trace kept at a step is the one that its checkpoint gives later.
"""

import time
from collections.abc import Callable, Sequence

from explorer.decoding.stepper import decode
from explorer.inspection.tracing import count_of, trace
from explorer.messages.heads import DENSE
from explorer.messages.results import Trace
from explorer.messages.travel import Watched, WatchState
from explorer.runs.folder import RunFolder
from explorer.runs.watch import WatchFolder
from explorer.subjects.subject import SentenceError, Subject

SHARE = 0.03
"""Share of training's time that watching may take, all that it writes included."""
EVERY = 10
"""Steps between two looks at least; early on, at powers of two as well."""


class Watcher:
    """Records sentences at steps that are due and affordable; `OSError` passes on."""

    def __init__(
        self, folder: RunFolder, sentences: Sequence[Watched],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self.kept = WatchFolder.of(folder)
        self.kept.watch(sentences)
        self.sentences = tuple(sentences)
        self.seconds = 0.0
        """What watching took so far."""
        self.looks = 0
        self.traces: tuple[Trace, ...] = ()
        """What it saw last."""
        self._clock = clock
        self._last = 0.0
        self._begun: float | None = None
        self._trained = 0.0

    @property
    def share(self) -> float:
        """What watching took, as a share of the training under it; 0 before any."""
        return self.seconds / self._trained if self._trained > 0 else 0.0

    def state(self, refused: str = "") -> WatchState:
        """What it costs, and what lies on disk."""
        steps, size = self.kept.steps(), self.kept.bytes()
        return WatchState(self.sentences, self.share, len(steps), size, refused)

    def step(self, subject: Subject, trained: float) -> bool:
        """Look if it is due and there is time; `trained` are all seconds of training so far."""
        self._begun = trained if self._begun is None else self._begun
        self._trained = trained - self._begun
        if not _due(subject.step) or not self._affordable(subject.step):
            return False
        started = self._clock()
        self.traces = tuple(self.look(subject))
        self.kept.record(subject.step, self.traces)
        self._last = self._clock() - started
        self.looks += 1
        if subject.step:  # That of step 0 comes before training.
            self.seconds += self._last
        return True

    def _affordable(self, step: int) -> bool:
        return step == 0 or self.seconds + self._last <= SHARE * self._trained

    def look(self, subject: Subject) -> list[Trace]:
        """The sentences as they are now."""
        return [watched_trace(subject, sentence) for sentence in self.sentences]


def watched_trace(subject: Subject, sentence: Watched) -> Trace:
    """A watched sentence through the model; raises `SentenceError` for one that is too long."""
    source, own, text = subject.source(sentence.source), not sentence.target.strip(), ""
    if not own:
        text = sentence.target
    elif subject.architecture != "encoder-only":
        text = decode(subject, source, sentence.source, subject.config.decoding).text
    target = subject.target(text)
    if count_of(subject, len(source.tokens), len(target.tokens)) > DENSE:
        raise SentenceError("This text is too long to be watched: it would slow the training.")
    return trace(subject, source, target, sentence.source, text, own_target=own)


def _due(step: int) -> bool:
    return step % EVERY == 0 or step & (step - 1) == 0

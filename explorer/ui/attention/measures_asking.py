"""When measures are asked for: of the sentence that is shown, or of held-out examples."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.messages.commands import MeasureHeads, MeasureSample
from explorer.messages.events import Event, HeadsMeasured, MeasuringHeads, ModelOpened
from explorer.messages.measures import HeadMeasures
from explorer.messages.results import Trace

FIRST = 1 << 41
"""Requests of ours count from here, so that nobody else's answers are taken for ours."""
_AGAIN = 1000
"""Milliseconds between two looks at the same sentence while the model learns."""


class MeasuresAsking(QObject):
    """Keeps one question under way, and only while somebody `looks`."""

    requested = Signal(object)
    found = Signal(object, str)
    """`HeadMeasures` or None, and why there are none."""
    progressed = Signal(int, int)
    """How much of how much is done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.looks = False
        self.examples = 0
        """How many held-out examples are wanted; 0: the sentence."""
        self._trace: Trace | None = None
        self._number = FIRST
        self._waiting = False
        self._asked: tuple[object, ...] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AGAIN)
        self._later.timeout.connect(self.ask)

    @property
    def waiting(self) -> bool:
        """Whether an answer is due."""
        return self._waiting

    def show_trace(self, trace: Trace | None) -> None:
        """Another trace is shown: ask for its measures, less often where only the step differs."""
        self._trace = trace
        wanted = self._wanted()
        if wanted is None or not self.looks or wanted == self._asked:
            return
        if self._asked is None or self._asked[1:] != wanted[1:]:
            self.ask()
        elif not self.examples and not self._later.isActive():
            self._later.start()  # Only the step is another; a sample is taken anew by hand.

    def _wanted(self) -> tuple[object, ...] | None:
        """What the answer should be about, the step first."""
        if self._trace is None:
            return None
        about = (self.examples,) if self.examples else _pair(self._trace)
        return (self._trace.step, self._trace.model, *about)

    def ask(self) -> None:
        """Ask for what is wanted now."""
        if self._trace is None or not self.looks:
            return
        self._number += 1
        self._later.stop()
        self._waiting, self._asked = True, self._wanted()
        if self.examples:
            self.requested.emit(MeasureSample(self.examples, self._number))
        else:
            source, target = _pair(self._trace)
            self.requested.emit(MeasureHeads(source, target, self._number))

    def measure_on(self, examples: int) -> None:
        """On so many held-out examples from now on, or (0) on the sentence."""
        if self.examples and not examples and self._waiting:
            self.requested.emit(MeasureSample(0))
        self.examples = examples
        self.ask()

    def receive(self, events: Sequence[Event]) -> None:
        """Take the answer to the newest question, and how far it is."""
        for event in events:
            match event:
                case HeadsMeasured(sample=sample) if sample == bool(self.examples):
                    if sample and event.request != self._number:
                        continue
                    self._take(event.measures, event.refused)
                case MeasuringHeads(request=request, done=done, total=total):
                    if request == self._number:
                        self.progressed.emit(done, total)
                case ModelOpened():
                    self._asked, self._waiting = None, False
                case _:
                    pass

    def _is_old(self, measures: HeadMeasures | None, trace: Trace) -> bool:
        """Whether these are of a sentence that is gone."""
        if measures is None or self.examples:
            return False
        return measures.source_text != trace.source_text

    def _take(self, measures: HeadMeasures | None, refused: str) -> None:
        """Another view may have asked for the same sentence; its answer is as good."""
        if self._trace is None or self._is_old(measures, self._trace):
            return
        self._waiting = False
        self.found.emit(measures, refused)


def _pair(trace: Trace) -> tuple[str, str]:
    """A trace's source, and its target where a person gave one."""
    return trace.source_text, "" if trace.own_target else trace.target_text

"""Asks for measures while the order of the small maps rests on them."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from explorer.messages.commands import MeasureHeads
from explorer.messages.events import Event, HeadsMeasured, TrainingChanged
from explorer.messages.measures import HeadMeasures
from explorer.messages.results import Trace

FIRST = 1 << 40
"""Requests of ours count from here, so that nobody else takes our answers for his."""
_SECONDS = 2.0
"""Between two questions while a run trains."""


class Measuring(QObject):
    """One question at a time, the newest answer wins."""

    requested = Signal(object)
    found = Signal(object)
    """`HeadMeasures`, or None where nothing could be measured."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wanted = False
        self._trace: Trace | None = None
        self._asked = FIRST
        self._training = False
        self._last = 0.0

    def show_trace(self, trace: Trace) -> None:
        """Another trace is on the screen: measure its sentence while that is wanted."""
        self._trace = trace
        calm = not self._training or time.monotonic() - self._last > _SECONDS
        if self.wanted and calm:
            self.ask()

    def ask(self) -> None:
        """Measure the sentence that is shown."""
        if self._trace is None:
            return
        self._asked += 1
        self._last = time.monotonic()
        target = "" if self._trace.own_target else self._trace.target_text
        self.requested.emit(MeasureHeads(self._trace.source_text, target, request=self._asked))

    def receive(self, events: Sequence[Event]) -> None:
        """Take an answer about the sentence that is shown."""
        for event in events:
            match event:
                case HeadsMeasured(measures=measures, sample=False) if self._is_ours(measures):
                    self.found.emit(measures)
                case TrainingChanged(state=state):
                    self._training = state == "running"
                case _:
                    pass

    def _is_ours(self, measures: HeadMeasures | None) -> bool:
        """Whether they are of the sentence that is shown, whoever asked."""
        if measures is None or self._trace is None:
            return measures is None
        return measures.source_text == self._trace.source_text

"""When flow across layers is asked for, and the way of one pair through them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.messages.commands import TraceFlow, TracePath
from explorer.messages.events import Event, FlowTraced, MeasuringHeads, PathTraced
from explorer.messages.flow import FlowChoice
from explorer.messages.results import Trace

_AGAIN = 500
"""Milliseconds between two looks at the same sentence while the model learns."""
Question = tuple[str, int, str, str, FlowChoice]


class FlowAsking(QObject):
    """Asks again when sentence, step or choice is another, and only while somebody `looks`."""

    requested = Signal(object)
    found = Signal(object, str)
    """`FlowMaps` or None, and why there are none."""
    path_found = Signal(object)
    """`FlowPath`, or None."""
    progressed = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.looks = False
        self._trace: Trace | None = None
        self._choice = FlowChoice()
        self._asked: Question | None = None
        self._number = self._path_number = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AGAIN)
        self._later.timeout.connect(self._ask)

    def want(self, trace: Trace | None, choice: FlowChoice) -> None:
        """This is what should be seen; asks if it is not on its way already."""
        self._trace, self._choice = trace, choice
        wanted = self._wanted()
        if not self.looks or wanted is None or wanted == self._asked:
            return
        asked = self._asked
        if asked is not None and asked[0] == wanted[0] and asked[2:] == wanted[2:]:
            if not self._later.isActive():
                self._later.start()  # Only the step is another.
        else:
            self._ask()

    def _wanted(self) -> Question | None:
        trace = self._trace
        if trace is None:
            return None
        target = "" if trace.own_target else trace.target_text
        return trace.model, trace.step, trace.source_text, target, self._choice

    def _ask(self) -> None:
        wanted = self._wanted()
        if wanted is None or not self.looks:
            return
        self._later.stop()
        self._asked = wanted
        self._number += 1
        self.requested.emit(TraceFlow(wanted[2], wanted[3], wanted[4], self._number))

    def ask_path(self, query: int, key: int) -> None:
        """Ask which way the maximum flow of a pair takes."""
        self._path_number += 1
        self.requested.emit(TracePath(query, key, self._path_number))

    def receive(self, events: Sequence[Event]) -> None:
        """Take the answers to the newest questions."""
        for event in events:
            match event:
                case FlowTraced(request, flow, refused) if request == self._number:
                    self.found.emit(flow, refused)
                case PathTraced(request, path) if request == self._path_number:
                    self.path_found.emit(path)
                case MeasuringHeads("flow", request, done, total) if request == self._number:
                    self.progressed.emit(done, total)
                case _:
                    pass

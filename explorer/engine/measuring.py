"""Measures of heads, and flow across layers: in slices, so that what is typed comes first."""

from collections.abc import Generator
from dataclasses import dataclass

from explorer.data.pairs import CorpusError
from explorer.engine.keeping import Emit
from explorer.engine.sentences import Sentences
from explorer.inspection.examples import traces
from explorer.inspection.flow import Network
from explorer.inspection.flow_answer import flow_of, require
from explorer.inspection.layered import Layered
from explorer.inspection.measures import Tally
from explorer.messages.commands import MeasureHeads, MeasureSample, TraceFlow, TracePath
from explorer.messages.events import (
    Event,
    FlowTraced,
    HeadsMeasured,
    MeasuringHeads,
    PathTraced,
)
from explorer.messages.flow import FlowPath
from explorer.messages.heads import MadeWeights
from explorer.subjects.subject import SentenceError, Subject
from explorer.training.stability import is_memory_full

Ask = MeasureHeads | MeasureSample | TraceFlow
Slices = Generator[None, None, Event]


@dataclass(slots=True)
class _Job:
    """What is under way, and for which model at which step."""

    command: Ask
    subject: Subject
    step: int
    slices: Slices


class Measuring:
    """Answers the newest question of each kind, a slice of one at a time.

    A job whose model was trained on meanwhile begins anew: its figures belong to one step.
    """

    def __init__(self, emit: Emit, sentences: Sentences) -> None:
        self._emit, self._sentences = emit, sentences
        self._jobs: dict[type[Ask], _Job] = {}
        self._graph: Layered | None = None

    @property
    def busy(self) -> bool:
        """Whether there is a slice to do."""
        return bool(self._jobs)

    def answer(self, command: Ask | TracePath) -> None:
        """Begin with a question in the place of its elder, or tell a path at once."""
        if isinstance(command, TracePath):
            self._emit(PathTraced(command.request, self._path(command)))
            return
        self._jobs.pop(type(command), None)
        if isinstance(command, MeasureSample) and not command.examples:
            return
        try:
            self._begin(command)
        except SentenceError as error:
            self._emit(_refusal(command, str(error)))

    def advance(self) -> None:
        """One slice of the eldest job; what cannot be is said in its answer."""
        job = next(iter(self._jobs.values()))
        try:
            if not self._stands(job):
                return
            next(job.slices)
        except StopIteration as end:
            self._end(job, end.value)
        except (SentenceError, CorpusError, OSError) as error:
            self._end(job, _refusal(job.command, str(error)))
        except (RuntimeError, MemoryError) as error:
            if not is_memory_full(error):
                del self._jobs[type(job.command)]
                raise
            self._end(job, _refusal(job.command, "Memory ran out for this; take a shorter text."))

    def _begin(self, command: Ask) -> None:
        subject = self._sentences.required()
        match command:
            case MeasureHeads():
                slices = self._measure(command)
            case MeasureSample():
                slices = self._measure_sample(subject, command)
            case TraceFlow():
                slices = self._flow(command)
        self._jobs[type(command)] = _Job(command, subject, subject.step, slices)

    def _stands(self, job: _Job) -> bool:
        """Whether the job is still about the model as it is; else it is dropped or begun anew."""
        if self._sentences.asked is not job.subject:
            del self._jobs[type(job.command)]
            return False
        if job.subject.step != job.step:
            del self._jobs[type(job.command)]
            self._begin(job.command)
            return False
        return True

    def _end(self, job: _Job, event: Event) -> None:
        del self._jobs[type(job.command)]
        self._emit(event)

    def _measure(self, command: MeasureHeads) -> Slices:
        found = self._sentences.look(command.source, command.target)
        heads = sum(len(weights) for weights in found.weights.values())
        slow = any(isinstance(weights, MadeWeights) for weights in found.weights.values())
        tally = Tally()
        for done in tally.add(found):
            if slow:
                self._emit(MeasuringHeads("sentence", command.request, done, heads))
                yield
        return HeadsMeasured(command.request, tally.result(found, sample=False))

    def _measure_sample(self, subject: Subject, command: MeasureSample) -> Slices:
        tally, found = Tally(), None
        for number, found in enumerate(traces(subject, command.examples), start=1):
            for _ in tally.add(found):
                pass
            self._emit(MeasuringHeads("sample", command.request, number, command.examples))
            yield
        if found is None:
            raise SentenceError("This model's task has no held-out examples to measure on.")
        measures = tally.result(found, sample=True)
        return HeadsMeasured(command.request, measures, sample=True)

    def _flow(self, command: TraceFlow) -> Slices:
        self._graph = None
        found = self._sentences.look(command.source, command.target)
        require(found, command.choice)
        slices = flow_of(found, command.choice)
        while True:
            try:
                done, total = next(slices)
            except StopIteration as end:
                flow, self._graph = end.value
                return FlowTraced(command.request, flow)
            if total > 1:
                self._emit(MeasuringHeads("flow", command.request, done, total))
            yield

    def _path(self, command: TracePath) -> FlowPath | None:
        if self._graph is None:
            return None
        network = Network(self._graph)
        if command.query >= network.queries or command.key >= network.keys:
            return None
        value, carried = network.path(command.query, command.key)
        return FlowPath(command.query, command.key, value, carried)


def _refusal(command: Ask, why: str) -> Event:
    if isinstance(command, TraceFlow):
        return FlowTraced(command.request, None, why)
    return HeadsMeasured(command.request, None, why, isinstance(command, MeasureSample))

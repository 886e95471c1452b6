"""A model and a sentence named on the command line, opened and looked at."""

import sys
from collections.abc import Callable, Sequence

from explorer.decoding.stepper import decode
from explorer.engine.device import choose_device
from explorer.engine.measuring import Measuring
from explorer.engine.sentences import Sentences
from explorer.inspection.tracing import trace
from explorer.messages.commands import Command, MeasureHeads, MeasureSample, TraceFlow, TracePath
from explorer.messages.events import Event
from explorer.messages.results import Trace
from explorer.subjects.opening import open_subject
from explorer.subjects.outside.hub import Arrived, fetch_now, hub_name
from explorer.subjects.subject import Subject


def open_on(model: str, device: str) -> Subject:
    """The model by name or path, on a device by name; one of the hub is fetched first."""
    chosen = choose_device(device)
    name = hub_name(model)
    if name is not None:
        model = str(fetch_now(name, chosen, _tell_fetching(name)))
    return open_subject(model, chosen)


def _tell_fetching(name: str) -> Callable[[Arrived], None]:
    """A line of how far it is, for people who look at a terminal."""

    def tell(arrived: Arrived) -> None:
        if sys.stderr.isatty():
            share = f"{arrived.done / 1e6:,.0f} of {arrived.total / 1e6:,.0f} MB"
            print(f"\rFetching {name}: {share}", end="", file=sys.stderr, flush=True)

    return tell


def trace_sentence(subject: Subject, source: str, target: str = "") -> Trace:
    """One sentence through the model; without a target the model writes its own."""
    read, own = subject.source(source), not target.strip()
    text = target
    silent = subject.foreign is not None and not subject.foreign.guesses
    if own and subject.architecture != "encoder-only" and not silent:
        text = decode(subject, read, source, subject.config.decoding).text
    return trace(subject, read, subject.target(text), source, text, own_target=own)


def answers(subject: Subject) -> Callable[[Command], Sequence[Event]]:
    """What the worker would tell about this model, at once: measures of heads, and flow."""
    told: list[Event] = []
    sentences = Sentences(told.append)
    sentences.subject = subject
    measuring = Measuring(told.append, sentences)

    def answer(command: Command) -> Sequence[Event]:
        if isinstance(command, MeasureHeads | MeasureSample | TraceFlow | TracePath):
            measuring.answer(command)
        while measuring.busy:
            measuring.advance()
        found = tuple(told)
        told.clear()
        return found

    return answer

"""One sentence through all kept weights of a run."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from explorer.decoding.stepper import decode
from explorer.inspection.examples import held_out
from explorer.inspection.happenings import happenings
from explorer.inspection.head_history import figures_of, history_of
from explorer.inspection.timeline import Asked, evolve, whole_timeline
from explorer.messages.happenings import Happening
from explorer.messages.timeline import Timeline
from explorer.runs.folder import RunFolder
from explorer.runs.library import find_model
from explorer.runs.metrics import read_history
from explorer.runs.moments import Moment, moments
from explorer.subjects.opening import load_found
from explorer.subjects.subject import Subject


def open_run(reference: str, device: torch.device) -> tuple[Subject, tuple[Moment, ...]]:
    """A run's newest checkpoint as a model, and all its kept steps.

    A step whose weights came after that checkpoint counts too. Raises `ModelFileError` in words.
    """
    found = find_model(reference)
    return load_found(found, device), moments(found.folder)


def asked_of(subject: Subject, source: str, target: str = "") -> Asked:
    """The sentence as the model reads it; without a target the model writes its own, as it is now.

    Raises `SentenceError` in words.
    """
    read, own = subject.source(source), not target.strip()
    if not own or subject.architecture == "encoder-only":
        return Asked(read, subject.target(target), source, target, own_target=own)
    written = decode(subject, read, source, subject.config.decoding)
    return Asked(
        read, subject.target(written.text), source, written.text, own_target=True,
        ended=written.finished,
    )  # fmt: skip


def timeline_of(
    subject: Subject, kept: Sequence[Moment], source: str, target: str = ""
) -> Iterator[Timeline]:
    """Parts of the timeline, coarse to fine."""
    yield from evolve(subject, kept, asked_of(subject, source, target))


def happened(
    subject: Subject, kept: Sequence[Moment], found: Timeline, examples: int
) -> tuple[Happening, ...]:
    """What happened to heads, on so many held-out examples (0: on this sentence), and to figures.

    Figures are those of the run's looks at held-out data, or, where more steps are kept than there
    were looks, those of the examples. Running text has no pairs: there it is the sentence.
    """
    looks = read_history(RunFolder(Path(subject.origin)).metrics).measurements
    if not examples or subject.coding.form == "text":
        return happenings(history_of([found]) if found.weights else None, looks)
    timelines = [
        whole_timeline(subject, kept, asked_of(subject, pair.source, pair.target))
        for pair in held_out(subject, examples)
    ]
    own = figures_of(timelines)
    return happenings(history_of(timelines), own if len(own) > len(looks) else looks)

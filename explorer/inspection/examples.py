"""Held-out examples of a model's task, as the model reads them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.data.batches import held_out_pairs
from explorer.data.pairs import CorpusError, Pair
from explorer.data.prepare import TaskData, prepare
from explorer.data.tasks import TASKS
from explorer.inspection.tracing import trace
from explorer.messages.results import Trace
from explorer.subjects.subject import Sentence, SentenceError, Subject

LONGEST = 512
"""Tokens of a window of running text at most."""


def traces(subject: Subject, count: int) -> Iterator[Trace]:
    """At most `count` held-out examples through the model, their true targets read.

    Raises `SentenceError` in words where the model's held-out data is not at hand.
    """
    if subject.coding.form == "text":
        for window in windows(subject, count):
            tokens = tuple(subject.coding.vocabularies.source.token(int(id)) for id in window)
            yield trace(subject, Sentence(tokens), Sentence(()), "", "", own_target=False)
        return
    for pair in held_out(subject, count):
        source, target = subject.source(pair.source), subject.target(pair.target)
        yield trace(subject, source, target, pair.source, pair.target, own_target=False)


def held_out(subject: Subject, count: int) -> Sequence[Pair]:
    """Validation pairs: those that lie with the run, else drawn or read as training does."""
    kept = Path(subject.origin) / "data" / "validation.tsv"
    if subject.origin and kept.is_file():
        pairs = list(_read(kept, count))
    elif subject.config.task.name in TASKS:
        settings, seed = subject.config.task, subject.config.training.seed
        count = min(count, settings.validation)
        pairs = held_out_pairs(TASKS[settings.name], settings, count, seed)
    else:
        pairs = _prepared(subject).validation[:count]
    if not pairs:
        raise SentenceError("This model's task has no held-out examples to measure on.")
    return pairs


def _read(file: Path, count: int) -> Iterator[Pair]:
    with file.open(encoding="utf-8") as lines:
        for _, line in zip(range(count), lines, strict=False):
            source, _, target = line.rstrip("\n").partition("\t")
            yield Pair(source, target)


def windows(subject: Subject, count: int) -> Iterator[NDArray[np.integer]]:
    """Windows of the validation text, spread evenly over it."""
    ids = _prepared(subject).validation_text
    longest = min(subject.config.task.context, subject.config.model.max_length, LONGEST)
    starts = np.arange(0, max(1, len(ids) - longest + 1), longest)
    if len(starts) > count:
        starts = starts[np.linspace(0, len(starts) - 1, count).astype(int)]
    for start in starts:
        if len(ids[start : start + longest]):
            yield ids[start : start + longest]


def _prepared(subject: Subject) -> TaskData:
    if subject.config.task.own and not subject.config.task.file:
        raise SentenceError(
            "Nothing is known of the data that this model learned from, so its heads can only be "
            "measured on a sentence."
        )
    try:
        return prepare(subject.config, subject.coding.vocabularies)
    except (CorpusError, OSError) as error:
        raise SentenceError(
            "The held-out examples of this model are not here, so its heads can only be measured "
            f"on a sentence. {error}"
        ) from None

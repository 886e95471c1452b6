"""From a task's settings to its words, its stream of batches and its held-out data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.data.batches import (
    BatchStream,
    CorpusStream,
    GeneratedStream,
    encode_pairs,
    held_out_pairs,
)
from explorer.data.coding import Coding, Vocabularies
from explorer.data.pairs import CorpusError, Pair, read_pairs, split_by_source
from explorer.data.tasks import TASKS
from explorer.data.vocabulary import train_vocabulary
from explorer.messages.config import RunConfig

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""
_NO_TEXT = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class TaskData:
    """All that training needs of a task; `fingerprint` is a hash of the data.

    Of running text, `validation_text` and `test_text` are the held-out ids and there are no pairs.
    """

    coding: Coding
    stream: BatchStream
    validation: list[Pair]
    test: list[Pair]
    fingerprint: str
    notes: tuple[str, ...] = ()
    validation_text: NDArray[np.integer] = field(default_factory=lambda: _NO_TEXT)
    test_text: NDArray[np.integer] = field(default_factory=lambda: _NO_TEXT)


def prepare(
    config: RunConfig,
    vocabularies: Vocabularies | None = None,
    report: Report = lambda _doing, _done, _total: None,
) -> TaskData:
    """Read or generate the task's data; given vocabularies are used instead of new ones.

    Raises `CorpusError` in words for a person.
    """
    if config.task.own:
        return _prepare_corpus(config, vocabularies, report)
    return _prepare_generated(config, vocabularies)


def _prepare_generated(config: RunConfig, vocabularies: Vocabularies | None) -> TaskData:
    task, settings, seed = TASKS[config.task.name], config.task, config.training.seed
    if vocabularies is None:
        size = settings.vocabulary_size
        words = train_vocabulary(task.words(settings), settings.vocabulary, size)
        vocabularies = Vocabularies.one(words)
    coding = Coding(config, vocabularies)
    stream = GeneratedStream(task, coding, config.training.batch_size, seed)
    pairs = held_out_pairs(task, settings, settings.validation + settings.test, seed)
    if not pairs:
        raise CorpusError(
            f"task.max_length: the task {settings.name} with lists of {settings.min_length} to "
            f"{settings.max_length} items of {settings.symbols} symbols has too few different "
            "examples to hold any out; allow longer lists or more symbols"
        )
    validation = max(1, min(settings.validation, len(pairs) // 2))
    return TaskData(coding, stream, pairs[:validation], pairs[validation:], settings.name)


def _prepare_corpus(
    config: RunConfig, vocabularies: Vocabularies | None, report: Report
) -> TaskData:
    settings, training = config.task, config.training
    if not settings.file:
        raise CorpusError(
            "task.file: this task learns from a file of sentence pairs; choose one with "
            "Open corpus… (or --set task.file=PATH)"
        )
    path = Path(settings.file).expanduser()
    report(f"Reading {path.name}", 0, 0)
    pairs = read_pairs(path)
    split = split_by_source(pairs, settings.validation, settings.test)
    if vocabularies is None:
        report("Learning the vocabulary", 0, 0)
        texts = (text for pair in split.train for text in (pair.source, pair.target))
        words = train_vocabulary(texts, settings.vocabulary, settings.vocabulary_size)
        vocabularies = Vocabularies.one(words)
    coding = Coding(config, vocabularies)
    sources, targets = encode_pairs(
        split.train, coding, lambda done, total: report("Cutting text into tokens", done, total)
    )
    stream = CorpusStream(coding, sources, targets, training.batch_size, training.seed)
    return TaskData(coding, stream, split.validation, split.test, _fingerprint(pairs))


def _fingerprint(pairs: list[Pair]) -> str:
    digest = blake2b(digest_size=16)
    for pair in pairs:
        digest.update(f"{pair.source}\t{pair.target}\n".encode())
    return digest.hexdigest()

"""From a task's settings to its vocabulary, its stream of batches and its held-out pairs."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from explorer.data.batches import (
    BatchStream,
    CorpusStream,
    GeneratedStream,
    encode_pairs,
    held_out_pairs,
)
from explorer.data.pairs import CorpusError, Pair, read_pairs, split_by_source
from explorer.data.tasks import TASKS
from explorer.data.vocabulary import Vocabulary, train_vocabulary
from explorer.messages.config import RunConfig

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class TaskData:
    """All that training needs of a task; `fingerprint` is a hash of the data."""

    vocabulary: Vocabulary
    stream: BatchStream
    validation: list[Pair]
    test: list[Pair]
    fingerprint: str


def prepare(
    config: RunConfig,
    vocabulary: Vocabulary | None = None,
    report: Report = lambda _doing, _done, _total: None,
) -> TaskData:
    """Read or generate the task's data; a given vocabulary is used instead of a new one.

    Raises `CorpusError` in words for a person.
    """
    if config.task.name == "pairs":
        return _prepare_corpus(config, vocabulary, report)
    return _prepare_generated(config, vocabulary)


def _prepare_generated(config: RunConfig, vocabulary: Vocabulary | None) -> TaskData:
    task, settings, seed = TASKS[config.task.name], config.task, config.training.seed
    if vocabulary is None:
        size = settings.vocabulary_size
        vocabulary = train_vocabulary(task.words(settings), settings.vocabulary, size)
    stream = GeneratedStream(
        task, settings, vocabulary, config.training.batch_size, config.model.max_length, seed
    )
    pairs = held_out_pairs(task, settings, settings.validation + settings.test, seed)
    if not pairs:
        raise CorpusError(
            f"task.max_length: the task {settings.name} with lists of {settings.min_length} to "
            f"{settings.max_length} items of {settings.symbols} symbols has too few different "
            "examples to hold any out; allow longer lists or more symbols"
        )
    validation = max(1, min(settings.validation, len(pairs) // 2))
    return TaskData(vocabulary, stream, pairs[:validation], pairs[validation:], settings.name)


def _prepare_corpus(config: RunConfig, vocabulary: Vocabulary | None, report: Report) -> TaskData:
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
    if vocabulary is None:
        report("Learning the vocabulary", 0, 0)
        texts = (text for pair in split.train for text in (pair.source, pair.target))
        vocabulary = train_vocabulary(texts, settings.vocabulary, settings.vocabulary_size)
    sources, targets = encode_pairs(
        split.train, vocabulary, lambda done, total: report("Cutting text into tokens", done, total)
    )
    stream = CorpusStream(
        sources, targets, training.batch_size, config.model.max_length, training.seed
    )
    return TaskData(vocabulary, stream, split.validation, split.test, _fingerprint(pairs))


def _fingerprint(pairs: list[Pair]) -> str:
    digest = blake2b(digest_size=16)
    for pair in pairs:
        digest.update(f"{pair.source}\t{pair.target}\n".encode())
    return digest.hexdigest()

"""A person's own data: from its files to words, a stream of batches and what is held out."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

from explorer.data.batches import CorpusStream, encode_pairs
from explorer.data.coding import Coding, Vocabularies
from explorer.data.own_text import learn_from_text, prepare_text
from explorer.data.pairs import CorpusError, Pair, Split, split_by_source
from explorer.data.reading.examples import doubles_note, read_examples, say
from explorer.data.task_data import Report, TaskData
from explorer.data.vocabulary import Vocabulary, label_vocabulary, train_vocabulary
from explorer.messages.config import RunConfig, TaskConfig
from explorer.messages.tasks import TASK_INFO


def prepare_own(config: RunConfig, given: Vocabularies | None, report: Report) -> TaskData:
    """Read the files that the task's settings name; given vocabularies are used, not new ones.

    Raises `CorpusError` in words for a person, naming the file, the line or the setting.
    """
    if not config.task.file:
        raise CorpusError(
            f"task.file: the task “{TASK_INFO[config.task.name].title}” learns from a file of your "
            "own; choose one with Open data… (or --data PATH)"
        )
    if TASK_INFO[config.task.name].form == "text":
        return prepare_text(config, given, report)
    return _prepare_pairs(config, given, report)


def _prepare_pairs(config: RunConfig, given: Vocabularies | None, report: Report) -> TaskData:
    training, notes = config.training, list[str]()
    split, fingerprint = read_split(config.task, notes, report)
    if given is None:
        report("Learning the vocabulary", 0, 0)
        given = learn_words(config, split.train, notes)
    coding = Coding(config, given)
    sources, targets = encode_pairs(
        split.train, coding, lambda done, total: report("Cutting text into tokens", done, total)
    )
    stream = CorpusStream(coding, sources, targets, training.batch_size, training.seed)
    return TaskData(coding, stream, split.validation, split.test, fingerprint, tuple(notes))


def learn_own_words(config: RunConfig, report: Report) -> tuple[Vocabularies, list[str]]:
    """The vocabularies that training on a person's data would have, and notes; no ids are made."""
    notes = list[str]()
    if TASK_INFO[config.task.name].form == "text":
        return Vocabularies.one(learn_from_text(config, notes, report)), notes
    split, _ = read_split(config.task, notes, report)
    return learn_words(config, split.train, notes), notes


def read_split(settings: TaskConfig, notes: list[str], report: Report) -> tuple[Split, str]:
    """The examples, those held out from files of their own or by their sources; a hash of all."""

    def read(file: str, target_file: str) -> list[Pair]:
        report(f"Reading {Path(file).name}", 0, 0)
        return read_examples(settings, file, target_file, notes)

    pairs = read(settings.file, settings.target_file)
    validation, test = (
        read(*two_files(settings, file)) if file else []
        for file in (settings.validation_file, settings.test_file)
    )
    split = split_by_source(
        pairs, 0 if validation else settings.validation, 0 if test else settings.test
    )
    split = Split(split.train, validation or split.validation, test or split.test)
    parts = {"training": split.train, "validation": split.validation, "test": split.test}
    say(notes, doubles_note(parts))
    return split, _fingerprint(pairs, validation, test)


def two_files(settings: TaskConfig, named: str) -> tuple[str, str]:
    """A held-out file, and its targets' file where the corpus has one (`a|b`)."""
    source, _, target = (part.strip() for part in named.partition("|"))
    if settings.target_file and not target:
        raise CorpusError(
            f"task.validation_file, task.test_file: {named} needs its targets' file as well, since "
            f"the corpus has one; write {named}|FILE"
        )
    return source, target


def learn_words(config: RunConfig, pairs: Sequence[Pair], notes: list[str]) -> Vocabularies:
    """Vocabularies from the pairs to learn from; labels have one of their own.

    A decoder alone reads and writes in one go, so that there one vocabulary serves for both.
    """
    settings = config.task
    labelled = settings.name in ("labels", "classes")
    if config.model.architecture == "decoder-only":
        if labelled:
            say(notes, "A decoder alone has one vocabulary: labels are cut as the text is.")
        return Vocabularies.one(_train(settings, _both(pairs)))
    if labelled:
        labels = label_vocabulary((p.target for p in pairs), whole=settings.name == "classes")
        return Vocabularies(_train(settings, (p.source for p in pairs)), labels)
    if settings.shared_vocabulary:
        return Vocabularies.one(_train(settings, _both(pairs)))
    sources, targets = (p.source for p in pairs), (p.target for p in pairs)
    return Vocabularies(_train(settings, sources), _train(settings, targets))


def _both(pairs: Sequence[Pair]) -> Iterator[str]:
    return (text for pair in pairs for text in (pair.source, pair.target))


def _train(settings: TaskConfig, texts: Iterable[str]) -> Vocabulary:
    return train_vocabulary(
        texts, settings.vocabulary, settings.vocabulary_size, min_count=settings.min_count,
        lowercase=settings.lowercase, spaced=settings.name == "labels",
    )  # fmt: skip


def _fingerprint(*parts: Sequence[Pair]) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        for pair in part:
            digest.update(f"{pair.source}\t{pair.target}\n".encode())
    return digest.hexdigest()

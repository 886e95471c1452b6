"""A person's own running text, from its file or folder to windows on disk."""

from collections.abc import Iterator
from itertools import chain

from explorer.data.coding import Coding, Vocabularies
from explorer.data.cutting import whole_lines
from explorer.data.ids_file import Section, TextIds, find_ids, key_of, pieces_of, write_ids
from explorer.data.pairs import CorpusError
from explorer.data.reading.documents import open_texts
from explorer.data.reading.examples import say
from explorer.data.survey import TEST, TRAIN, VALIDATION, Survey, Teller, divide, survey, whole
from explorer.data.task_data import Report, TaskData
from explorer.data.text_stream import TextStream
from explorer.data.vocabulary import Vocabulary, character_vocabulary, train_vocabulary
from explorer.messages.config import RunConfig, TaskConfig

SAMPLE = 32 << 20
"""Characters from which a vocabulary of words or pieces is learned at most."""
_PIECE = 1 << 14
_RARE = 0.01
"""Share of unknown tokens from which on a person should know of it."""


def prepare_text(config: RunConfig, given: Vocabularies | None, report: Report) -> TaskData:
    """Survey the text, learn its vocabulary, write its ids; raises `CorpusError` in words."""
    settings, notes = config.task, list[str]()
    counting = given is None and settings.vocabulary == "character"
    sections, digests, found = _sections(settings, notes, report, counting)
    if given is None:
        given = Vocabularies.one(_learn(config, sections, found, notes, report))
    vocabulary = given.source
    if vocabulary.keeps_lines is False:
        raise CorpusError("the vocabulary given is not one for running text; start a new run")
    key = key_of(vocabulary, *digests, settings.validation_share, settings.test_share)
    ids = find_ids(key)
    if ids is None:
        total = sum(section.length for section in sections)
        ids = write_ids(
            key, vocabulary, sections, Teller(report, "Cutting text into tokens", total)
        )
    _check(settings, ids)
    _note_unknown(ids, notes)
    coding = Coding(config, given)
    training = config.training
    stream = TextStream(coding, ids.train, training.batch_size, training.seed)
    fingerprint = "-".join(digests)
    return TaskData(coding, stream, [], [], fingerprint, tuple(notes), ids.validation, ids.test)


def learn_from_text(config: RunConfig, notes: list[str], report: Report) -> Vocabulary:
    """The vocabulary that training on the text would have."""
    counting = config.task.vocabulary == "character"
    sections, _, found = _sections(config.task, notes, report, counting)
    return _learn(config, sections, found, notes, report)


def _sections(
    settings: TaskConfig, notes: list[str], report: Report, counting: bool
) -> tuple[list[Section], list[str], Survey]:
    """The text itself and the files held out on their own; a hash of each; what is in the text."""
    texts = open_texts(settings, settings.file, notes)
    found = survey(texts, report, "Reading the text", count=counting)
    if not found.length:
        raise CorpusError(f"{settings.file}: there is no text in it; choose another file")
    shares = (
        0.0 if settings.validation_file else settings.validation_share,
        0.0 if settings.test_file else settings.test_share,
    )
    sections = [Section(texts, divide(found, *shares), found.length)]
    digests = [found.digest]
    for file, part in ((settings.validation_file, VALIDATION), (settings.test_file, TEST)):
        if file:
            other = open_texts(settings, file, notes)
            seen = survey(other, report, "Reading held-out text", count=False)
            sections.append(Section(other, whole(seen, part), seen.length))
            digests.append(f"{part}{seen.digest}")
            if seen.digest == found.digest:
                say(notes, f"{file} holds the same text as the corpus: nothing is held out.")
    return sections, digests, found


def _learn(
    config: RunConfig, sections: list[Section], found: Survey, notes: list[str], report: Report
) -> Vocabulary:
    report("Learning the vocabulary", 0, 0)
    settings, size = config.task, config.task.vocabulary_size
    mask = config.model.architecture == "encoder-only"
    if settings.vocabulary == "character":
        return character_vocabulary(
            found.by_character(), size, min_count=settings.min_count,
            lowercase=settings.lowercase, lines=True, mask=mask,
        )  # fmt: skip
    if found.length > SAMPLE:
        say(
            notes,
            f"The vocabulary was learned from {SAMPLE / 1e6:.0f} million characters, spread evenly "
            f"over the {found.length / 1e6:,.0f} million of the text.",
        )
    return train_vocabulary(
        _sample(sections[0], report), settings.vocabulary, size, min_count=settings.min_count,
        lowercase=settings.lowercase, lines=True, mask=mask,
    )  # fmt: skip


def _sample(section: Section, report: Report) -> Iterator[str]:
    """The training part, or pieces spread evenly over it when it is long."""
    share = min(1.0, SAMPLE / section.length)
    training = (run for part, run in pieces_of(section) if part == TRAIN)
    teller = Teller(report, "Learning the vocabulary", section.length)
    due = 1.0
    for piece in chain.from_iterable(whole_lines(run, _PIECE) for run in training):
        teller.add(len(piece))
        due += share
        if due >= 1:
            due -= 1
            yield piece


def _check(settings: TaskConfig, ids: TextIds) -> None:
    need = settings.context + 1
    if len(ids.train) < need:
        raise CorpusError(
            f"task.context: windows of {settings.context:,} tokens do not fit into the "
            f"{len(ids.train):,} tokens of text to learn from; take shorter ones, or more text"
        )
    if len(ids.validation) < 2:
        raise CorpusError(
            "task.validation_share: no text is left to measure learning on; hold out more of it, "
            "or name a task.validation_file"
        )


def _note_unknown(ids: TextIds, notes: list[str]) -> None:
    if ids.unknown >= _RARE:
        say(
            notes,
            f"{100 * ids.unknown:.1f} % of the tokens are unknown to the vocabulary; a larger one "
            "(task.vocabulary_size), or pieces (bpe), would know more.",
        )

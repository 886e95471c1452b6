"""What a person's file is probably meant for, from its name and its beginning."""

from collections.abc import Sequence
from pathlib import Path

from explorer.data.pairs import CorpusError, Pair
from explorer.data.reading.documents import text_files
from explorer.data.reading.encodings import find_encoding, lines
from explorer.data.reading.examples import read_examples
from explorer.data.reading.tables import open_table
from explorer.messages.config import RunConfig
from explorer.messages.settings import with_values
from explorer.messages.task_config import OwnTask, TaskConfig, VocabularyKind
from explorer.messages.tasks import TASK_INFO

LIMIT = 256 << 10
"""Bytes of a file that are looked at."""
TABLES = (".tsv", ".tab", ".csv", ".jsonl", ".ndjson", ".json")
_SHORT_TEXT = 4 << 20
"""Bytes up to which characters are cheap enough to learn from."""


def guess_task(settings: TaskConfig, limit: int) -> TaskConfig:
    """The settings with the task, and a vocabulary that suits it; raises `CorpusError`."""
    path = Path(settings.file).expanduser()
    name: OwnTask = "text"
    sample: list[Pair] = []
    if settings.target_file or is_table(path, settings, limit):
        pairs = settings.model_copy(update={"name": "pairs"})
        try:
            sample = read_examples(pairs, settings.file, settings.target_file, [], limit)
            name = of_pairs(sample, _target_name(pairs, path, limit))
        except CorpusError:
            name = "pairs" if settings.target_file or has_target(pairs, path, limit) else "text"
    kind = _vocabulary(name, path, [p.source for p in sample])
    return settings.model_copy(update={"name": name, "vocabulary": kind})


def with_data(config: RunConfig, data: str) -> RunConfig:
    """The configuration for a person's data: a file, a folder, or two files with a | between.

    A task of one's own data stays as it is; else task, vocabulary and architecture are those that
    suit the data. Raises `CorpusError` or `SettingsError` in words.
    """
    places = [str(Path(part.strip()).expanduser().absolute()) for part in data.split("|")]
    file, target = (*places, "")[:2]
    task = config.task if config.task.own else TaskConfig(name="text")
    task = task.model_copy(update={"file": file, "target_file": target if places[1:] else ""})
    if not Path(file).exists():
        raise CorpusError(f"--data: there is no file or folder {file}")
    if not config.task.own:
        task = guess_task(task, LIMIT)
    able = TASK_INFO[task.name].architectures
    fitting = config.model.architecture if config.model.architecture in able else able[0]
    values = {f"task.{name}": value for name, value in task.model_dump().items()}
    values["task.context"] = min(task.context, config.model.max_length)
    return with_values(config, {**values, "model.architecture": fitting})


def is_table(path: Path, settings: TaskConfig, limit: int) -> bool:
    """Whether a file is a table: by its name, or when nearly each of its first lines has a tab."""
    if path.is_dir():
        return False
    if any(suffix.lower() in TABLES for suffix in path.suffixes):
        return True
    text = lines(path, find_encoding(path, settings.encoding, limit), limit)
    first = [line for _, line in zip(range(200), text, strict=False) if line.strip()]
    return bool(first) and sum("\t" in line for line in first) >= 0.9 * len(first)


def has_target(settings: TaskConfig, path: Path, limit: int) -> bool:
    """Whether a table has two columns or more."""
    try:
        return len(open_table(path, settings, limit).columns.names) > 1
    except CorpusError:
        return True


def _target_name(settings: TaskConfig, path: Path, limit: int) -> str:
    if settings.target_file:
        return ""
    columns = open_table(path, settings, limit).columns
    return columns.names[columns.target] if columns.header else ""


def of_pairs(pairs: Sequence[Pair], column: str = "") -> OwnTask:
    """Labels for words, a label for each text, or texts for texts.

    Labels of words are as many as the words and other than they; labels of texts are short and
    come again and again. What the column of the targets is called can say so too.
    """
    sources = [pair.source.split() for pair in pairs]
    targets = [pair.target.split() for pair in pairs]
    called = column.lower().rpartition(".")[2]
    if called in _WORD_LABELS and any(len(target) > 1 for target in targets):
        return "labels"
    short = sum(map(len, targets)) <= 3 * len(targets)
    if short and called in _TEXT_LABELS:
        return "classes"
    if _are_labels(sources, targets):
        return "labels"
    different = len({pair.target for pair in pairs})
    return "classes" if short and different <= len(pairs) // 4 else "pairs"


_WORD_LABELS = ("labels", "tags", "tag", "ner_tags", "pos_tags", "ner", "pos", "upos")
_TEXT_LABELS = (
    "label", "labels", "class", "category", "sentiment", "intent", "stars", "rating", "topic",
)  # fmt: skip


def _are_labels(sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> bool:
    aligned = sum(len(s) == len(t) for s, t in zip(sources, targets, strict=True))
    words = {word for source in sources for word in source}
    labels = [word for target in targets for word in target]
    foreign = sum(label not in words for label in labels) >= 0.9 * len(labels)
    few = len(set(labels)) <= len(labels) // 4
    longer = any(len(target) > 1 for target in targets)
    return aligned >= 0.95 * len(sources) and longer and foreign and few


def _vocabulary(name: OwnTask, path: Path, sources: Sequence[str]) -> VocabularyKind:
    if name == "text":
        files = text_files(path) if path.is_dir() else [path]
        return "bpe" if sum(f.stat().st_size for f in files) > _SHORT_TEXT else "character"
    letters, words = sum(map(len, sources)), sum(len(s.split()) for s in sources)
    return "character" if words and letters > 15 * words else "word"  # Chinese has no spaces.

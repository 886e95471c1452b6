"""A look at the beginning of a person's data, before anything is learned from it."""

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from explorer.data.coding import Vocabularies
from explorer.data.guessing import LIMIT, guess_task
from explorer.data.own import learn_words
from explorer.data.pairs import CorpusError, Pair
from explorer.data.reading.documents import ROWS, text_files
from explorer.data.reading.encodings import Encoding, decoded, find_encoding, lines
from explorer.data.reading.examples import read_examples, say
from explorer.data.reading.tables import open_table
from explorer.data.vocabulary import Vocabulary, train_vocabulary
from explorer.messages.config import RunConfig
from explorer.messages.data_preview import DataPreview
from explorer.messages.task_config import TaskConfig

_ROWS = 8
_LONGEST = 300
_SENTENCE = 80


class Previewer:
    """Answers about data; while only the sentence changes, nothing is read again."""

    def __init__(self) -> None:
        self._asked: tuple[TaskConfig, bool, float] | None = None
        self._found = DataPreview(TaskConfig())
        self._words: Vocabulary | None = None

    def look(self, settings: TaskConfig, sentence: str, *, guess: bool) -> DataPreview:
        """What the data looks like under these settings; faults are told in the answer."""
        asked = (settings, guess, _changed(settings))
        if asked != self._asked:
            self._asked, self._words = asked, None
            self._found, self._words = look(settings, guess=guess)
        found = self._found
        text = sentence or found.sentence
        tokens = self._words.tokens(text) if self._words else ()
        return replace(found, sentence=text, tokens=tokens)


def _changed(settings: TaskConfig) -> float:
    path = Path(settings.file).expanduser()
    return path.stat().st_mtime if path.exists() else 0.0


def look(settings: TaskConfig, *, guess: bool) -> tuple[DataPreview, Vocabulary | None]:
    """The beginning of the data and a vocabulary learned from it."""
    found = DataPreview(settings)
    try:
        if guess:
            settings = guess_task(settings, LIMIT)
            found = DataPreview(settings)
        if settings.name == "text":
            return _text(settings)
        found = _table(settings)
        notes: list[str] = list(found.notes)
        pairs = read_examples(settings, settings.file, settings.target_file, notes, LIMIT)
        words = _words(settings, pairs)
    except CorpusError as error:
        return replace(found, error=str(error)), None
    found = replace(
        found, labels=_labels(settings, pairs), sentence=_one_line(pairs[0].source),
        vocabulary=len(words.source), notes=tuple(notes),
    )  # fmt: skip
    return _with_count(found, len(pairs)), words.source


def _words(settings: TaskConfig, pairs: list[Pair]) -> Vocabularies:
    architecture = "encoder-only" if settings.name in ("labels", "classes") else "encoder-decoder"
    config = RunConfig.model_construct(task=settings)
    shape = config.model.model_copy(update={"architecture": architecture})
    return learn_words(config.model_copy(update={"model": shape}), pairs, [])


def _table(settings: TaskConfig) -> DataPreview:
    path = Path(settings.file).expanduser()
    if settings.target_file:
        return _parallel(settings, path)
    table = open_table(path, settings, LIMIT)
    columns, rows = table.columns, islice(table.rows(), _ROWS)
    return DataPreview(
        settings, kind=table.kind, columns=columns.names, header=columns.header,
        source=columns.source, target=columns.target, unit="rows",
        rows=tuple(tuple(map(_short, cells)) for _, cells in rows),
        **_of_file(path, table.encoding),
    )  # fmt: skip


def _parallel(settings: TaskConfig, path: Path) -> DataPreview:
    target = Path(settings.target_file).expanduser()
    encodings = [find_encoding(file, settings.encoding, LIMIT) for file in (path, target)]
    both = zip(lines(path, encodings[0], LIMIT), lines(target, encodings[1], LIMIT), strict=False)
    rows = tuple((_short(a), _short(b)) for a, b in islice(both, _ROWS))
    about = _of_file(path, encodings[0])
    about["bytes"] += target.stat().st_size
    return DataPreview(
        settings, kind="two files", columns=(path.name, target.name), source=0, target=1,
        unit="rows", rows=rows, **about,
    )  # fmt: skip


def _of_file(path: Path, encoding: Encoding) -> dict[str, Any]:
    size = path.stat().st_size
    notes: list[str] = []
    say(notes, encoding.note(path))
    return {
        "encoding": encoding.name, "guessed": encoding.how == "guessed", "bytes": size,
        "whole": size <= LIMIT, "notes": tuple(notes),
    }  # fmt: skip


def _text(settings: TaskConfig) -> tuple[DataPreview, Vocabulary | None]:
    path = Path(settings.file).expanduser()
    found = DataPreview(settings, unit="characters")
    try:
        found, sample = _folder(settings, path) if path.is_dir() else _one_text(settings, path)
    except CorpusError as error:
        return replace(found, error=str(error)), None
    if not sample.strip():
        return replace(found, error=f"{path.name}: there is no text in it; choose another"), None
    words = train_vocabulary(
        sample.splitlines(keepends=True), settings.vocabulary, settings.vocabulary_size,
        min_count=settings.min_count, lowercase=settings.lowercase, lines=True,
    )  # fmt: skip
    shown = [line for line in sample.splitlines() if line.strip()][:_ROWS]
    found = replace(
        found, rows=tuple((_short(line),) for line in shown), sentence=_one_line(shown[0]),
        vocabulary=len(words),
    )  # fmt: skip
    return (found if found.count else _with_count(found, len(sample))), words


def _one_text(settings: TaskConfig, path: Path) -> tuple[DataPreview, str]:
    if any(suffix.lower() in ROWS for suffix in path.suffixes):
        table = open_table(path, settings, LIMIT)
        cells = [row[table.columns.source] for _, row in table.rows()]
        about = _of_file(path, table.encoding)
        found = DataPreview(
            settings, kind=table.kind, columns=table.columns.names, header=True,
            source=table.columns.source, unit="documents", **about,
        )  # fmt: skip
        return _with_count(found, len(cells)), "\n".join(cells)
    encoding = find_encoding(path, settings.encoding, LIMIT)
    about = _of_file(path, encoding)
    sample = "".join(decoded(path, encoding, LIMIT))
    return DataPreview(settings, kind="text", unit="characters", **about), sample


def _folder(settings: TaskConfig, path: Path) -> tuple[DataPreview, str]:
    files = text_files(path)
    if not files:
        raise CorpusError(f"{path.name} holds no files; choose a folder of texts")
    room, texts, encodings = LIMIT, list[str](), list[Encoding]()
    for file in files:
        try:
            encodings.append(find_encoding(file, settings.encoding, LIMIT))
        except CorpusError:
            continue  # No text: it will be left out.
        texts.append("".join(decoded(file, encodings[-1], room)))
        room -= len(texts[-1])
        if room <= 0:
            break
    if not texts:
        raise CorpusError(f"{path.name} holds no text files; choose a folder of texts")
    names = list(dict.fromkeys(e.name for e in encodings))
    found = DataPreview(
        settings, kind="folder", encoding=", ".join(names), unit="documents", count=len(files),
        guessed=any(e.how == "guessed" for e in encodings), whole=room > 0,
        bytes=sum(file.stat().st_size for file in files),
    )  # fmt: skip
    return found, "\n".join(texts)


def _with_count(found: DataPreview, seen: int) -> DataPreview:
    """How many there are, or would be if all of the file were as its beginning."""
    packed = found.settings.file.endswith(".gz")
    if found.whole and not packed:
        return replace(found, count=seen)
    read = LIMIT * (2 if found.settings.target_file else 1)
    times = 1 if packed else found.bytes / read
    return replace(found, count=round(seen * times), exact=False)


def _labels(settings: TaskConfig, pairs: list[Pair]) -> tuple[tuple[str, int], ...]:
    if settings.name == "classes":
        return tuple(Counter(pair.target for pair in pairs).most_common(50))
    if settings.name == "labels":
        return tuple(Counter(w for pair in pairs for w in pair.target.split()).most_common(50))
    return ()


def _short(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _one_line(text: str) -> str:
    return _short(" ".join(text.split()), _SENTENCE)

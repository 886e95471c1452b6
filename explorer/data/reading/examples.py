"""Tables and parallel files to examples: pairs, labelled words and labelled sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from explorer.data.pairs import CorpusError, Pair
from explorer.data.reading.encodings import find_encoding, lines
from explorer.data.reading.tables import Table, open_table
from explorer.messages.config import TaskConfig

Example = tuple[int, str, str]
"""A line in the file, what is read, and what is learned."""


@dataclass(slots=True)
class Faults:
    """Faulty lines, gathered so that a person can mend them all at once."""

    place: str
    found: dict[str, list[int]] = field(default_factory=dict)

    def add(self, line: int, what: str) -> None:
        """Remember a fault; the same words for the same kind of it."""
        self.found.setdefault(what, []).append(line)

    def check(self, remedy: str) -> None:
        """Raise `CorpusError` when there were any."""
        if self.found:
            told = "; ".join(f"{_lines(at)} {_said(what, at)}" for what, at in self.found.items())
            raise CorpusError(f"{self.place}: {told}; {remedy}")


def _lines(numbers: list[int]) -> str:
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers[:5]))}{more}"


def _said(what: str, numbers: list[int]) -> str:
    """A fault's words with their verb as one line or several ask for it."""
    verb, _, rest = what.partition(" ")
    return f"{verb if len(numbers) > 1 else {'lack': 'lacks', 'have': 'has'}[verb]} {rest}"


def read_examples(
    settings: TaskConfig, file: str, target_file: str, notes: list[str], limit: int | None = None
) -> list[Pair]:
    """All examples of a table, or of two files that go line by line.

    What a person should know of the reading is added to `notes`. Raises `CorpusError` that names
    the first faulty lines. With a `limit` only so many bytes of a file are read.
    """
    path = Path(file).expanduser()
    if target_file:
        target_path = Path(target_file).expanduser()
        return _parallel(settings, path, target_path, notes, limit)
    table = open_table(path, settings, limit)
    say(notes, table.encoding.note(path))
    faults = Faults(path.name)
    pairs = [p for e in _of_table(table, faults) if (p := _judged(settings, e, faults))]
    faults.check(_remedy(settings, table))
    if not pairs:
        raise CorpusError(f"{path.name} holds no pairs; {_remedy(settings, table)}")
    return pairs


def read_pairs(path: Path) -> list[Pair]:
    """All sentence pairs of a table; further columns are left aside. Raises `CorpusError`."""
    return read_examples(TaskConfig(name="pairs"), str(path), "", [])


def say(notes: list[str], note: str) -> None:
    """Add a note that is not empty and not there yet."""
    if note and note not in notes:
        notes.append(note)


def _of_table(table: Table, faults: Faults) -> Iterator[Example]:
    columns = table.columns
    for line, cells in table.rows():
        source, target = (
            cells[i].strip() if i < len(cells) else "" for i in (columns.source, columns.target)
        )
        if source and target:
            yield line, source, target
        else:
            either = columns.target if source or not columns.header else columns.source
            faults.add(line, f"lack {columns.called(either)}")


def _judged(settings: TaskConfig, example: Example, faults: Faults) -> Pair | None:
    """The example as a pair; labels must be as many as the words."""
    line, source, target = example
    if settings.name == "labels":
        words, labels = len(source.split()), len(target.split())
        if words != labels:
            faults.add(line, "have another number of labels than of words")
            return None
    return Pair(source, target)


def _remedy(settings: TaskConfig, table: Table) -> str:
    if table.columns.header:
        columns = table.columns
        return (
            f"each row must hold {columns.called(columns.source)} and "
            f"{columns.called(columns.target)} (task.source_column, task.target_column)"
            + (", a label for each word" if settings.name == "labels" else "")
        )
    between = "a tab" if table.separator == "\t" else f"“{table.separator}”"
    what = {"labels": "a label for each of its words", "classes": "its label"}
    return f"each line must hold a source, {between} and {what.get(settings.name, 'a target')}"


def _parallel(
    settings: TaskConfig, path: Path, target_path: Path, notes: list[str], limit: int | None
) -> list[Pair]:
    """Two files of which the lines with the same number belong together."""
    texts = []
    for file in (path, target_path):
        encoding = find_encoding(file, settings.encoding, limit)
        say(notes, encoding.note(file))
        texts.append(lines(file, encoding, limit))
    pairs: list[Pair] = []
    faults, blank = Faults(f"{path.name} and {target_path.name}"), []
    counts = [0, 0]
    for number, both in enumerate(zip_longest(*texts), 1):
        counts = [count + (text is not None) for count, text in zip(counts, both, strict=True)]
        source, target = ((text or "").strip() for text in both)
        if source and target:
            pair = _judged(settings, (number, source, target), faults)
            pairs += [pair] if pair else []
        elif source or target:
            blank.append(number)
    if counts[0] != counts[1] and limit is None:
        raise CorpusError(
            f"{path.name} has {counts[0]:,} lines, but {target_path.name} has {counts[1]:,}; line "
            "by line they must belong together (task.file, task.target_file)"
        )
    faults.check("the two files must hold as many labels as words on each line")
    if blank and limit is None:
        say(notes, f"Left out, being blank in one of the two files: {_lines(blank)}.")
    if not pairs:
        raise CorpusError(f"{path.name} and {target_path.name} hold no pairs")
    return pairs


def doubles_note(parts: dict[str, list[Pair]]) -> str:
    """A note when held-out sources, given in files of their own, are trained on as well."""
    train = {pair.source for pair in parts.get("training", [])}
    told = []
    for name, pairs in parts.items():
        again = sum(pair.source in train for pair in pairs) if name != "training" else 0
        if again:
            told.append(f"{again:,} of {len(pairs):,} {name} sources")
    return f"Also in the training file: {' and '.join(told)}." if told else ""

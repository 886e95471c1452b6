"""Running text: a file, a folder of files or the rows of a table, document by document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from explorer.data.pairs import CorpusError
from explorer.data.reading.encodings import Encoding, decoded, find_encoding, known
from explorer.data.reading.examples import say
from explorer.data.reading.tables import Table, open_table
from explorer.messages.config import TaskConfig

Told = list[str]
"""Notes for a person, gathered on the way."""
ROWS = (".jsonl", ".ndjson")


class Texts(Protocol):
    """Documents that can be read again and again."""

    @property
    def bytes(self) -> int:
        """Size on disk; 0 when unknown, as of packed files."""
        ...

    def documents(self) -> Iterator[Iterable[str]]:
        """Each document as pieces that are cut anywhere."""
        ...


@dataclass(frozen=True, slots=True)
class Files:
    """Each file is a document."""

    files: tuple[tuple[Path, Encoding], ...]

    @property
    def bytes(self) -> int:
        """Size on disk; 0 when a file is packed."""
        packed = any(path.suffix == ".gz" for path, _ in self.files)
        return 0 if packed else sum(path.stat().st_size for path, _ in self.files)

    def documents(self) -> Iterator[Iterable[str]]:
        """Each file's text."""
        return (decoded(path, encoding) for path, encoding in self.files)


@dataclass(frozen=True, slots=True)
class Rows:
    """Each row of a table is a document."""

    table: Table

    @property
    def bytes(self) -> int:
        """Size on disk; 0 when packed."""
        path = self.table.path
        return 0 if path.suffix == ".gz" else path.stat().st_size

    def documents(self) -> Iterator[Iterable[str]]:
        """Each row's text."""
        return ([cells[self.table.columns.source]] for _, cells in self.table.rows())


def open_texts(settings: TaskConfig, file: str, notes: Told) -> Texts:
    """The running text at a path; raises `CorpusError` for what is none.

    Files of a folder are taken in the order of their names, hidden ones and those that are no
    text left aside.
    """
    path = Path(file).expanduser()
    if path.is_dir():
        return _folder(settings, path, notes)
    if any(suffix.lower() in ROWS for suffix in path.suffixes):
        table = open_table(path, settings)
        say(notes, table.encoding.note(path))
        column = table.columns.called(table.columns.source)
        say(notes, f"Each row of {path.name} is a document: the text in {column}.")
        return Rows(table)
    encoding = find_encoding(path, settings.encoding)
    say(notes, encoding.note(path))
    return Files(((path, encoding),))


def text_files(folder: Path) -> list[Path]:
    """The files of a folder and of those in it, hidden ones left aside."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _folder(settings: TaskConfig, folder: Path, notes: Told) -> Files:
    files: list[tuple[Path, Encoding]] = []
    guessed: list[Path] = []
    left: list[Path] = []
    if settings.encoding:
        known(settings.encoding)
    for path in text_files(folder):
        try:
            encoding = find_encoding(path, settings.encoding)
        except CorpusError:
            left.append(path)
            continue
        files.append((path, encoding))
        guessed += [path] if encoding.how == "guessed" else []
    if not files:
        raise CorpusError(
            f"{folder.name} holds no text files; choose a folder of texts, or a single file"
        )
    if guessed:
        say(notes, _counted(guessed, "not UTF-8; their encoding was guessed (task.encoding)"))
    if left:
        say(notes, _counted(left, "no text and left out"))
    return Files(tuple(files))


def _counted(paths: list[Path], what: str) -> str:
    names = ", ".join(path.name for path in paths[:3]) + (" …" if len(paths) > 3 else "")
    return f"{len(paths):,} file{'s are' if len(paths) > 1 else ' is'} {what}: {names}."

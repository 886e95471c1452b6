"""Tables as rows of cells: TSV, CSV with any usual separator, and JSON Lines."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from explorer.data.pairs import CorpusError
from explorer.data.reading.columns import Columns, choose_columns, is_header
from explorer.data.reading.encodings import Encoding, find_encoding, lines
from explorer.messages.config import TaskConfig

TableKind = Literal["TSV", "CSV", "JSON Lines"]
Cells = list[str]
HEAD = 50
"""Rows from which separator, header and columns are judged."""
SEPARATORS = ",;\t|"
_LONGEST_CELL = 1 << 24
_JSON = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose form is known; `rows()` reads it from the start each time."""

    path: Path
    encoding: Encoding
    kind: TableKind
    separator: str
    columns: Columns
    limit: int | None = None

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Each row of data that is not blank, with its line in the file."""
        rows = _rows(self.path, self.encoding, self.kind, self.separator, self.limit)
        if self.kind == "JSON Lines":
            names = self.columns.names
            for line, item in rows:
                yield line, [_cell(item.get(name)) for name in names]
            return
        yield from islice(rows, int(self.columns.header), None)


def kind_of(path: Path, head: str) -> TableKind:
    """What a table's name says it is, or else its first line."""
    suffix = next((s.lower() for s in reversed(path.suffixes) if s.lower() != ".gz"), "")
    if suffix in _JSON or (suffix not in (".csv", ".tsv", ".tab") and _is_object(head)):
        return "JSON Lines"
    return "CSV" if suffix == ".csv" else "TSV"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def open_table(path: Path, settings: TaskConfig, limit: int | None = None) -> Table:
    """Find out a table's form from its first rows; a `limit` reads only so many bytes.

    Raises `CorpusError` for a file that cannot be read, or lacks a column that was asked for.
    """
    encoding = find_encoding(path, settings.encoding, limit)
    kind = kind_of(path, next(lines(path, encoding, limit), ""))
    separator = _separator(path, encoding, limit) if kind == "CSV" else "\t"
    rows = _rows(path, encoding, kind, separator, limit)
    head = [row for _, row in islice(rows, HEAD)]
    if kind == "JSON Lines":
        names = list(dict.fromkeys(key for item in head for key in item))
        header = True
    else:
        header = is_header(head, settings)
        width = max(map(len, head), default=0)
        names = [name.strip() for name in head[0]] if header else []
        names += [str(i + 1) for i in range(len(names), width)]
    columns = choose_columns(path.name, names, header, settings)
    return Table(path, encoding, kind, separator, columns, limit)


def _rows(
    path: Path, encoding: Encoding, kind: TableKind, separator: str, limit: int | None
) -> Iterator[tuple[int, Any]]:
    """Rows with their lines: objects of JSON Lines, lists of cells of the others."""
    text = lines(path, encoding, limit)
    whole = limit is None
    match kind:
        case "JSON Lines":
            return _objects(path, text, whole=whole)
        case "CSV":
            return _quoted(path, text, separator, whole=whole)
        case "TSV":
            return ((n, line.split("\t")) for n, line in enumerate(text, 1) if line.strip())


def _quoted(path: Path, text: Iterable[str], separator: str, *, whole: bool) -> Iterator[Any]:
    """Rows of CSV, where a cell in quotation marks may hold separators and newlines."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader((f"{line}\n" for line in text), delimiter=separator, strict=True)
    begun = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            if not whole and "end of data" in str(error):
                return  # Only the beginning was asked for, and it ends inside a cell.
            raise CorpusError(
                f"{path.name}, line {begun}: a cell's quotation marks do not match ({error}); "
                'write a mark inside a cell twice (""), or save the table as TSV, where they are '
                "letters like others"
            ) from None
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield begun, row
        begun = reader.line_num + 1


def _separator(path: Path, encoding: Encoding, limit: int | None) -> str:
    """The separator under which most of the first rows have the same number of cells, over one.

    Of several that fit equally the usual one; `csv.Sniffer` takes letters for separators.
    """

    def fit(separator: str) -> tuple[float, int]:
        rows = _quoted(path, lines(path, encoding, limit), separator, whole=False)
        try:
            widths = Counter(len(row) for _, row in islice(rows, HEAD))
        except CorpusError:
            return 0.0, 0
        width, count = widths.most_common(1)[0] if widths else (1, 1)
        share = count / max(1, widths.total())
        return (round(share, 1), -SEPARATORS.index(separator)) if width > 1 else (0.0, 0)

    best = max(SEPARATORS, key=fit)
    return best if fit(best)[0] > 0 else ","


def _objects(path: Path, text: Iterable[str], *, whole: bool) -> Iterator[Any]:
    """The objects of JSON Lines; those inside others get names with a dot (`translation.en`)."""
    waiting: tuple[int, str] | None = None
    for number, line in enumerate(text, 1):
        if waiting is not None:
            yield waiting[0], _object(path, *waiting)
        waiting = (number, line) if line.strip() else None
    if waiting is not None and (whole or _is_object(waiting[1])):
        yield waiting[0], _object(path, *waiting)


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(
            f"{path.name}, line {number} is no JSON ({error}); each line must hold one object, "
            'such as {"source": "…", "target": "…"}'
        ) from None
    if not isinstance(item, dict):
        raise CorpusError(
            f"{path.name}, line {number} holds no object but {type(item).__name__}; each line "
            'must hold one, such as {"source": "…", "target": "…"}'
        )
    return dict(_flat(item))


def _flat(item: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in item.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _cell(value: Any) -> str:
    """A JSON value as text; a list of words as words with spaces between."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(map(_cell, value))
        case _:
            return str(value)


def first_rows(table: Table, count: int) -> Sequence[Cells]:
    """The first rows of data."""
    return [cells for _, cells in islice(table.rows(), count)]

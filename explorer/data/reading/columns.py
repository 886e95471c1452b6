"""Which columns of a table are read and learned: by name, by number, or by what they are called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.data.pairs import CorpusError
from explorer.messages.config import TaskConfig

SOURCES = (
    "source", "src", "input", "text", "sentence", "question", "prompt", "tokens", "words",
    "document", "article", "review", "content", "premise",
)  # fmt: skip
TARGETS = (
    "target", "tgt", "trg", "output", "label", "labels", "tag", "tags", "ner_tags", "pos_tags",
    "class", "category", "sentiment", "answer", "completion", "translation", "summary", "intent",
    "response", "highlights", "stars", "rating",
)  # fmt: skip
LANGUAGES = (
    "english", "german", "french", "spanish", "italian", "chinese", "japanese", "russian",
    "portuguese", "dutch", "korean", "arabic", "polish", "turkish", "en", "de", "fr", "es", "it",
    "zh", "ja", "ru", "pt", "nl", "ko", "ar", "pl", "tr", "cs", "sv", "fi", "da", "hu", "ro", "uk",
    "el", "he", "hi", "vi", "id", "th",
)  # fmt: skip
ORDINALS = {0: "first", 1: "second", 2: "third"}
_NAME = re.compile(r"[^\W\d][\w .:/-]{0,39}")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Columns:
    """A table's columns, and which two of them matter, counted from 0."""

    names: tuple[str, ...]
    header: bool
    source: int
    target: int

    def called(self, index: int) -> str:
        """A column as a person knows it."""
        named = self.header and index < len(self.names)
        return f"“{self.names[index]}”" if named else f"a {ORDINALS.get(index, index + 1)} column"


def is_header(rows: Sequence[Sequence[str]], settings: TaskConfig) -> bool:
    """Whether the first row names the columns, judged from the first rows of the table.

    It does when a column was asked for by a name that stands in it, when it holds a name that is
    usual for columns and each cell could be one, or when a number is expected under a word.
    """
    if not rows:
        return False
    first, others = [cell.strip() for cell in rows[0]], rows[1:]
    asked = [c for c in (settings.source_column, settings.target_column) if c and not c.isdigit()]
    if asked:
        lowered = {name.lower() for name in first}
        return any(name.lower() in lowered for name in asked)
    if not others or len(set(first)) < len(first) or not all(map(_NAME.fullmatch, first)):
        return False
    repeated = any(
        cell.strip() == name for row in others for cell, name in zip(row, first, strict=False)
    )
    if repeated:
        return False
    known = sum(_rank(name, (*SOURCES, *TARGETS, *LANGUAGES)) is not None for name in first)
    return known * 2 >= min(len(first), 4) or _numbers_below(others, len(first))


def _numbers_below(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether some column holds nothing but numbers."""
    return len(rows) > 1 and any(
        all(len(row) > index and _NUMBER.fullmatch(row[index].strip()) for row in rows)
        for index in range(width)
    )


def choose_columns(place: str, names: Sequence[str], header: bool, settings: TaskConfig) -> Columns:
    """The two columns that matter; raises `CorpusError` naming those that there are."""
    source = _asked(place, "source_column", settings.source_column, names, header)
    target = _asked(place, "target_column", settings.target_column, names, header)
    guess = _usual(names, source, target) if header else (0, 1)
    if source is None:
        source = guess[0] if target != guess[0] else int(guess[0] == 0)
    if target is None:
        target = guess[1] if source != guess[1] else int(guess[1] == 0)
    return Columns(tuple(names), header, source, target)


def _asked(place: str, setting: str, asked: str, names: Sequence[str], header: bool) -> int | None:
    asked = asked.strip()
    if not asked:
        return None
    if header:
        lowered = [name.lower() for name in names]
        if asked in names:
            return list(names).index(asked)
        if asked.lower() in lowered:
            return lowered.index(asked.lower())
    if asked.isdigit() and 1 <= int(asked) <= max(len(names), 2):
        return int(asked) - 1
    there = ", ".join(names) if header else f"no names, but columns 1 to {len(names)}"
    raise CorpusError(f"task.{setting}: {place} has no column “{asked}”; it has {there}")


def _usual(names: Sequence[str], source: int | None, target: int | None) -> tuple[int, int]:
    """The columns by their names: those for sources, those for targets, else two languages."""
    first = _best(names, SOURCES, {target}) if source is None else source
    second = _best(names, TARGETS, {first, source}) if target is None else target
    for found in (i for i, name in enumerate(names) if _rank(name, LANGUAGES) is not None):
        if first is None and found != second:
            first = found
        elif second is None and found != first:
            second = found
    rest = [i for i in range(max(2, len(names))) if i not in (first, second)]
    if first is None:
        first = rest.pop(0)
    if second is None:
        second = next((i for i in rest if i > first), rest[0] if rest else 1)
    return first, second


def _best(names: Sequence[str], wanted: Sequence[str], taken: set[int | None]) -> int | None:
    ranks = {
        i: rank
        for i, name in enumerate(names)
        if i not in taken and (rank := _rank(name, wanted)) is not None
    }
    return min(ranks, key=lambda i: ranks[i]) if ranks else None


def _rank(name: str, wanted: Sequence[str]) -> int | None:
    """How early a name stands in a list; of `translation.en` the last part counts."""
    for part in (name.lower(), name.lower().rpartition(".")[2]):
        if part in wanted:
            return wanted.index(part)
    return None

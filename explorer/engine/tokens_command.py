"""How a sentence is cut, from the command line: by a model's vocabulary, or one of a file's."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.data.guessing import with_data
from explorer.data.own import learn_own_words
from explorer.data.vocabulary import Vocabulary
from explorer.engine.sentence_command import open_on
from explorer.messages.config import RunConfig
from explorer.messages.results import Token
from explorer.messages.settings import with_values
from explorer.runs.library import find_model
from explorer.subjects.outside.folder import outside_folder
from explorer.subjects.outside.hub import hub_name


@dataclass(frozen=True, slots=True)
class Cut:
    """A sentence in tokens, the size of the vocabulary, and what a person should know."""

    sentence: str
    tokens: tuple[Token, ...]
    vocabulary: int
    notes: tuple[str, ...] = ()

    def as_line(self) -> str:
        """The tokens with bars between."""
        return " | ".join(token.text for token in self.tokens)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        names = ("id", "text", "piece", "start", "end", "unknown")
        return {
            "sentence": self.sentence, "vocabulary": self.vocabulary,
            "tokens": [{name: getattr(token, name) for name in names} for token in self.tokens],
        }  # fmt: skip


def cut_sentence(words: str, sentence: str, values: Mapping[str, Any]) -> Cut:
    """Cut by the source vocabulary of a model, or by the one that a person's data would get.

    `values` are settings by path for the latter. Raises `CorpusError`, `ModelFileError` or
    `SettingsError` in words.
    """
    if outside_folder(words) or hub_name(words):
        return _cut_outside(words, sentence)
    if _is_data(words):
        config = with_values(with_data(RunConfig(), words), values)
        learned, notes = learn_own_words(config, lambda _doing, _done, _total: None)
        return _cut(learned.source, sentence, tuple(notes))
    return _cut(find_model(words).folder.vocabularies().source, sentence, ())


def _cut_outside(words: str, sentence: str) -> Cut:
    """As a model from outside reads it, special tokens included."""
    subject = open_on(words, "cpu")
    read = subject.source(sentence)
    return Cut(sentence, read.tokens, len(subject.coding.vocabularies.source), read.notes)


def _cut(vocabulary: Vocabulary, sentence: str, notes: tuple[str, ...]) -> Cut:
    return Cut(sentence, vocabulary.tokens(sentence), len(vocabulary), notes)


def _is_data(words: str) -> bool:
    """Whether a path is no run and no checkpoint."""
    path = Path(words.partition("|")[0].strip()).expanduser()
    if path.is_dir():
        return not any((path / name).exists() for name in ("run.toml", "model.safetensors"))
    return path.is_file() and path.suffix != ".safetensors" and path.name != "run.toml"

"""A model with its words: what inspection and decoding need to know of it."""

from dataclasses import dataclass, field

import torch

from explorer.data.vocabulary import END, START, Vocabulary
from explorer.messages.config import RunConfig
from explorer.messages.results import Token
from explorer.model.transformer import Transformer


class SentenceError(ValueError):
    """A sentence that cannot be looked at; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as the model reads it, special tokens included, and what had to be done to it."""

    tokens: tuple[Token, ...]
    notes: tuple[str, ...] = ()

    @property
    def ids(self) -> list[int]:
        """The ids, in order."""
        return [token.id for token in self.tokens]


@dataclass(slots=True)
class Subject:
    """The model that the worker holds; `step` says how far it has learned."""

    name: str
    origin: str
    config: RunConfig
    model: Transformer
    vocabulary: Vocabulary
    step: int = 0
    notes: tuple[str, ...] = field(default=())

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return next(self.model.parameters()).device

    def source(self, text: str) -> Sentence:
        """The source as the encoder reads it: tokens, then the end token.

        Raises `SentenceError` for a text without tokens.
        """
        tokens, notes = self._cut(text, room=1)
        if not tokens:
            raise SentenceError("There is nothing to look at yet: type a sentence.")
        return Sentence((*tokens, self.vocabulary.token(END)), notes)

    def target(self, text: str) -> Sentence:
        """The target as the decoder reads it: the start token, then tokens."""
        tokens, notes = self._cut(text, room=1)
        return Sentence((self.vocabulary.token(START), *tokens), notes)

    def _cut(self, text: str, room: int) -> tuple[tuple[Token, ...], tuple[str, ...]]:
        longest = self.config.model.max_length - room
        # Tokens are rarely longer than this: a pasted book is not tokenized to its end.
        tokens = self.vocabulary.tokens(text[: longest * 40])
        notes: list[str] = []
        if len(tokens) > longest or len(text) > longest * 40:
            notes.append(f"Cut to {min(len(tokens), longest)} tokens, the most this model reads.")
            tokens = tokens[:longest]
        unknown = list(dict.fromkeys(t.text for t in tokens if t.unknown))
        if unknown:
            shown = ", ".join(f"“{word}”" for word in unknown[:3]) + (" …" if unknown[3:] else "")
            notes.append(f"Not in the model's vocabulary, seen as <unk>: {shown}")
        return tokens, tuple(notes)

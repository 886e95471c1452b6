"""A model with its words: what inspection and decoding need to know of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from explorer.data.coding import Coding, Row, padded
from explorer.data.vocabulary import END, MASK, START
from explorer.messages.config import RunConfig
from explorer.messages.foreign import Foreign
from explorer.messages.results import SignalPicture, Token
from explorer.model.transformer import Transformer

_HIDDEN = re.compile(r"<mask>|_{2,}")
"""What a person writes for a word that an encoder shall guess."""


class SentenceError(ValueError):
    """A sentence that cannot be looked at; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text as the model reads it, special tokens included, and what had to be done to it.

    Of a picture or a sound, `frames` is what the model reads, one row a token. `places` are those
    that an encoder alone says something about.
    """

    tokens: tuple[Token, ...]
    notes: tuple[str, ...] = ()
    frames: Row | None = None
    picture: SignalPicture | None = None
    places: tuple[int, ...] = ()

    @property
    def ids(self) -> list[int]:
        """The ids, in order."""
        return [token.id for token in self.tokens]

    def as_input(self, device: torch.device) -> Tensor:
        """1×L ids or 1×L×F frames."""
        return padded([self.ids if self.frames is None else self.frames]).to(device)


@dataclass(slots=True)
class Subject:
    """The model that the worker holds; `step` says how far it has learned.

    `start` is the token that a decoder with an encoder reads first, `ends` are those that end a
    text: START and END of our own vocabularies, whatever they are in models from outside.
    """

    reads_pictures: ClassVar[bool] = False
    """Whether a sentence is the path of a picture."""
    name: str
    origin: str
    config: RunConfig
    model: Transformer
    coding: Coding
    step: int = 0
    notes: tuple[str, ...] = field(default=())
    start: int = START
    ends: frozenset[int] = field(default=frozenset({END}))

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return next(self.model.parameters()).device

    @property
    def foreign(self) -> Foreign | None:
        """What there is to know besides of a model that another library made."""
        return None

    @property
    def architecture(self) -> str:
        """Encoder, decoder, or both."""
        return self.config.model.architecture

    def source(self, text: str) -> Sentence:
        """What the encoder reads, or the prompt of a decoder alone.

        Raises `SentenceError` for a text without tokens, or one that describes no signal.
        """
        if self.coding.signal:
            return self._signal(text)
        special = 2 if self.architecture == "encoder-only" else 1
        tokens, notes = self._cut(text, special)
        if not tokens:
            raise SentenceError("There is nothing to look at yet: type a sentence.")
        if self.architecture == "encoder-decoder":
            return Sentence((*tokens, self._special(END)), notes)
        if self.architecture == "decoder-only":
            if self.coding.form == "text":
                return Sentence(tokens, notes)
            return Sentence((self._special(START), *tokens, self._special(END)), notes)
        whole = (self._special(START), *tokens, self._special(END))
        return Sentence(whole, notes, places=tuple(self._places(tokens)))

    def target(self, text: str) -> Sentence:
        """What the decoder reads: the start token, then tokens; of a decoder alone, tokens.

        Of an encoder alone, nothing.
        """
        if self.architecture == "encoder-only":
            return Sentence(())
        tokens, notes = self._cut(text, 1, target=True) if text else ((), ())
        if self.architecture == "encoder-decoder":
            return Sentence((self._special(START), *tokens), notes)
        return Sentence(tokens, notes)

    def _special(self, id: int) -> Token:
        return self.coding.vocabularies.target.token(id)

    def _places(self, tokens: Sequence[Token]) -> list[int]:
        hidden = [place + 1 for place, token in enumerate(tokens) if token.id == MASK]
        if self.coding.form == "text":
            return hidden or list(range(1, len(tokens) + 1))
        return self.coding.places_of([token.id for token in tokens])

    def _signal(self, text: str) -> Sentence:
        signal = self.coding.signal
        assert signal is not None
        try:
            row = self.coding.read([text])[0]
        except ValueError as error:
            raise SentenceError(str(error)) from None
        frames = self.coding.source_of(row)
        tokens = tuple(
            Token(-1, name, name, word=number) for number, name in enumerate(signal.names(text))
        )
        picture = signal.picture(text)
        places: tuple[int, ...] = ()
        if self.architecture == "encoder-only":
            tokens = (self._special(START), *tokens)
            nowhere = np.zeros((1, 4), np.int32)
            picture = replace(picture, boxes=np.concatenate([nowhere, picture.boxes]))
            places = tuple(self.coding.places_of(row))
        return Sentence(tokens[: len(frames)], (), frames, picture, places)

    def _cut(
        self, text: str, room: int, *, target: bool = False
    ) -> tuple[tuple[Token, ...], tuple[str, ...]]:
        longest = self.config.model.max_length - room
        # Tokens are rarely longer than this: a pasted book is not tokenized to its end.
        tokens = self._tokens(text[: longest * 40], target=target)
        notes: list[str] = []
        if len(tokens) > longest or len(text) > longest * 40:
            notes.append(f"Cut to {min(len(tokens), longest)} tokens, the most this model reads.")
            tokens = tokens[:longest]
        unknown = list(dict.fromkeys(t.text for t in tokens if t.unknown))
        if unknown:
            shown = ", ".join(f"“{word}”" for word in unknown[:3]) + (" …" if unknown[3:] else "")
            notes.append(f"Not in the model's vocabulary, seen as <unk>: {shown}")
        return tokens, tuple(notes)

    def _tokens(self, text: str, *, target: bool) -> tuple[Token, ...]:
        words = self.coding.vocabularies
        if self.architecture != "encoder-only" or self.coding.form != "text":
            return (words.target if target else words.source).tokens(text)
        tokens: list[Token] = []
        begun = 0
        for found in _HIDDEN.finditer(text):
            tokens += _moved(words.source.tokens(text[begun : found.start()]), begun)
            mask = words.source.token(MASK)
            tokens.append(replace(mask, start=found.start(), end=found.end()))
            begun = found.end()
        tokens += _moved(words.source.tokens(text[begun:]), begun)
        return tuple(tokens)


def _moved(tokens: Sequence[Token], by: int) -> list[Token]:
    return [replace(token, start=token.start + by, end=token.end + by) for token in tokens]


def make_model(coding: Coding) -> Transformer:
    """A model of the configured shape for these words, with weights drawn anew."""
    words = coding.vocabularies
    source_size = None if words.shared else len(words.source)
    return Transformer(
        coding.config.model, len(words.target), source_size, features=coding.features
    )

"""A model of `transformers` with its tokenizer, as inspection and decoding know a model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from explorer.data.coding import Coding
from explorer.messages.foreign import NO_STEP, Foreign
from explorer.messages.results import Token
from explorer.model.transformer import Transformer
from explorer.subjects.outside.chat import Places, Turn, note_of, turns_of, written_out
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.outside.words import HIDDEN, OutsideWords, sound
from explorer.subjects.subject import Sentence, SentenceError, Subject

PAIR = "|||"
"""What a person writes between the two sentences of a pair."""


@dataclass(frozen=True, slots=True)
class OutsideVocabularies:
    """What is read and what is said; mostly the same."""

    source: OutsideWords
    target: OutsideWords

    @property
    def shared(self) -> bool:
        """Whether both are one."""
        return self.source is self.target


@dataclass(frozen=True, slots=True)
class OutsideCoding:
    """In place of the coding of our own tasks: running text, and no signal."""

    vocabularies: OutsideVocabularies
    form: Literal["text"] = "text"
    signal: None = None


@dataclass(slots=True)
class OutsideSubject(Subject):
    """A subject whose model and words come from a folder of `transformers`."""

    @classmethod
    def of(
        cls, name: str, origin: str, config: Any, model: OutsideModel, words: OutsideVocabularies,
        *, start: int, ends: frozenset[int], notes: tuple[str, ...],
    ) -> "OutsideSubject":  # fmt: skip
        """Put together what `loading` has found; `explorer.subjects.protocol` says what counts."""
        return cls(
            name, origin, config, cast(Transformer, model), cast(Coding, OutsideCoding(words)),
            NO_STEP, notes, start, ends,
        )  # fmt: skip

    @property
    def foreign(self) -> Foreign:
        """How its attention is seen, and what it can do."""
        model = cast(OutsideModel, self.model)
        chats = bool(getattr(self._words.source.tokenizer, "chat_template", None))
        return Foreign("told" if model.told else "interface", model.says is not None, chats)

    @property
    def _words(self) -> OutsideVocabularies:
        return cast(OutsideVocabularies, self.coding.vocabularies)

    def source(self, text: str) -> Sentence:
        """What the encoder reads, or the prompt of a decoder alone.

        Raises `SentenceError` for a text without tokens.
        """
        text = sound(text)
        if not text.strip():
            raise SentenceError("There is nothing to look at yet: type a sentence.")
        if self.architecture == "decoder-only":
            turns = turns_of(text) if self.foreign.chats else None
            if turns:
                return self._checked(self._conversation(turns))
            tokens, notes = self._tokenize(text, self._words.source)
            return self._checked(Sentence(_without_end(tokens, self.ends), notes))
        if self.architecture == "encoder-decoder":
            return self._checked(Sentence(*self._tokenize(text, self._words.source)))
        tokens, notes = self._read_encoder(text)
        return self._checked(Sentence(tokens, notes, places=tuple(self._guessed(tokens))))

    def target(self, text: str) -> Sentence:
        """What the decoder reads: the start token, then tokens; of a decoder alone, tokens.

        Of an encoder alone, nothing.
        """
        if self.architecture == "encoder-only":
            return Sentence(())
        words = self._words.target
        first = words.token(self.start)
        tokens = words.written(text)
        if tokens is None and text:
            special = self.architecture == "encoder-decoder"
            tokens, notes = self._tokenize(sound(text), words, special=special)
            tokens = _without_end(tokens, self.ends)
        else:
            tokens, notes = tokens or (), ()
        longest = self.config.model.max_length
        if self.architecture == "decoder-only":
            return Sentence(tokens[:longest], notes)
        return Sentence((first, *tokens)[:longest], notes)

    def _conversation(self, turns: Sequence[Turn]) -> Sentence:
        """What the model reads of a conversation, as its template writes it."""
        written = written_out(self._words.source.tokenizer, turns)
        tokens, notes = self._tokenize(written, self._words.source, special=False)
        places = Places.of(written, turns)
        typed = (places.typed(token) for token in tokens)
        placed = zip(tokens, typed, strict=True)
        moved = tuple(replace(token, start=start, end=end) for token, (start, end) in placed)
        return Sentence(moved, (note_of(written), *notes))

    def _checked(self, sentence: Sentence) -> Sentence:
        if not sentence.tokens:
            raise SentenceError("There is nothing to look at yet: type a sentence.")
        return sentence

    def _tokenize(
        self, text: str, words: OutsideWords, second: str = "", *, special: bool = True
    ) -> tuple[tuple[Token, ...], tuple[str, ...]]:
        """The tokens of a text, or of a pair, and what had to be done to it."""
        longest = self.config.model.max_length
        most = longest * 40  # A pasted book is not tokenized to its end.
        notes: list[str] = []
        tokens = words.tokens(text[:most], second[:most], special=special)
        if len(tokens) > longest or len(text) > most or len(second) > most:
            if len(tokens) > longest:
                tokens = words.tokens(text[:most], second[:most], special=special, longest=longest)
            notes.append(f"Cut to {len(tokens):,} tokens, the most this model reads.")
        unknown = list(dict.fromkeys(t.text for t in tokens if t.unknown))
        if unknown:
            shown = ", ".join(f"“{word}”" for word in unknown[:3]) + (" …" if unknown[3:] else "")
            notes.append(f"Not in the model's vocabulary: {shown}")
        return tokens, tuple(notes)

    def _read_encoder(self, text: str) -> tuple[tuple[Token, ...], tuple[str, ...]]:
        """The sentence, or the pair, with what it hides as the tokenizer's own mask."""
        first, mark, second = text.partition(PAIR)
        words = self._words.source
        hidden, moves = self._hide(first, words)
        other, further = self._hide(second, words) if second.strip() else ("", [])
        tokens, notes = self._tokenize(hidden, words, other)
        if mark and len(hidden):
            further = [(place + len(hidden), by) for place, by in further]
            between = (len(hidden), len(mark))
            moves = [*moves, between, *further]
        return tuple(_moved_back(token, moves) for token in tokens), notes

    @staticmethod
    def _hide(text: str, words: OutsideWords) -> tuple[str, list[tuple[int, int]]]:
        """The text with the model's mask, and where, and by how much, places moved by it."""
        mask = words.tokenizer.mask_token
        if mask is None:
            return text, []
        parts: list[str] = []
        moves: list[tuple[int, int]] = []
        begun = length = 0
        for found in HIDDEN.finditer(text):
            parts += [text[begun : found.start()], mask]
            length += found.start() - begun + len(mask)
            moves.append((length, len(found[0]) - len(mask)))
            begun = found.end()
        return "".join([*parts, text[begun:]]), moves

    def _guessed(self, tokens: Sequence[Token]) -> list[int]:
        if cast(OutsideModel, self.model).says == "label of all":
            return [0]
        mask = self._words.source.mask
        hidden = [place for place, token in enumerate(tokens) if token.id == mask]
        return hidden or [place for place, token in enumerate(tokens) if not token.special]


def _moved_back(token: Token, moves: Sequence[tuple[int, int]]) -> Token:
    """The token with its places in the text as it was typed."""
    if not moves or (token.start == token.end == 0):
        return token
    start = token.start + sum(by for place, by in moves if place <= token.start)
    end = token.end + sum(by for place, by in moves if place <= token.end)
    return replace(token, start=start, end=max(start, end))


def _without_end(tokens: tuple[Token, ...], ends: frozenset[int]) -> tuple[Token, ...]:
    """Without the end token that some tokenizers put behind every text."""
    return tokens[:-1] if tokens and tokens[-1].id in ends and tokens[-1].special else tokens

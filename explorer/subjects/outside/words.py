"""A tokenizer of `transformers`: texts as tokens with their places, and back."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

from explorer.messages.results import Token
from explorer.subjects.outside.pieces import readable, words_of

HIDDEN = re.compile(r"<mask>|\[MASK\]|_{2,}")
"""What a person writes for a word that an encoder shall guess."""
_HALVES = re.compile("[\ud800-\udfff]")
_KEPT = 16


class OutsideWords:
    """What a model reads and says.

    With `spaces` a text keeps the space that it begins with, as continuations need it. What the
    model wrote is remembered, so that it is read back token for token.
    """

    def __init__(self, tokenizer: Any, *, size: int, target: bool = False) -> None:
        self.tokenizer = tokenizer
        self._size, self._target = size, target
        self._specials = frozenset(tokenizer.all_special_ids)
        self._made: dict[int, Token] = {}
        self._written: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        described = _described(tokenizer)
        self._bytewise = '"ByteLevel"' in described
        self._wordpiece = '"WordPiece"' in described or not described
        self.mask: int | None = tokenizer.mask_token_id

    def __len__(self) -> int:
        return self._size

    def token(self, id: int) -> Token:
        """A token by its id, without a place in any text; made once, as rivals come again."""
        found = self._made.get(id)
        if found is None:
            found = self._made[id] = self._make(id)
        return found

    def _make(self, id: int) -> Token:
        piece = self.tokenizer.convert_ids_to_tokens(id)
        if piece is None:  # Rows of the output layer beyond the vocabulary, to a round number.
            piece = f"‹{id}›"
        special = id in self._specials
        return Token(
            id, piece if special else self._readable(piece), piece, special=special,
            unknown=id == self.tokenizer.unk_token_id,
        )  # fmt: skip

    def _readable(self, piece: str) -> str:
        return readable(piece, bytewise=self._bytewise, wordpiece=self._wordpiece)

    def text(self, ids: Iterable[int]) -> str:
        """The text that tokens spell, without special ones."""
        kept = [id for id in ids if id not in self._specials or id == self.tokenizer.unk_token_id]
        text = self.tokenizer.decode(kept, clean_up_tokenization_spaces=False)
        self._written[text] = tuple(kept)
        while len(self._written) > _KEPT:
            self._written.popitem(last=False)
        return text

    def written(self, text: str) -> tuple[Token, ...] | None:
        """The tokens of a text that the model wrote, as it wrote them."""
        ids = self._written.get(text)
        if ids is None:
            return None
        return self._aligned(text, [self.token(id) for id in ids])

    def tokens(
        self, text: str, second: str = "", *, special: bool = True, longest: int | None = None
    ) -> tuple[Token, ...]:
        """A text, or a pair with the tokenizer's separators, as tokens with their places.

        The second text of a pair has its places behind `text` and what stood between: give both
        as they were written, `text` with the mark that divides them.
        """
        options: dict[str, Any] = {"add_special_tokens": special, "verbose": False}
        if longest is not None:
            options |= {"truncation": True, "max_length": longest}
        pair = [second] if second else []
        if not self.tokenizer.is_fast:
            return self._slowly(text, second, options)
        if self._target and not pair:
            found = self.tokenizer(text_target=text, return_offsets_mapping=True, **options)
        else:
            found = self.tokenizer(text, *pair, return_offsets_mapping=True, **options)
        return self._placed(found.encodings[0], [text, *pair])

    def _placed(self, encoding: Any, texts: Sequence[str]) -> tuple[Token, ...]:
        """The rows of an encoding as tokens; places and words of a second text follow the first."""
        tokens: list[Token] = []
        words, begun, word = {}, 0, 0
        for number, text in enumerate(texts):
            rows = [row for row, n in enumerate(encoding.sequence_ids) if n == number]
            spans = [self._span(text, encoding, row) for row in rows]
            found = words_of(text, spans)
            for row, (start, end), of in zip(rows, spans, found, strict=True):
                words[row] = (start + begun, end + begun, None if of is None else of + word)
            begun += len(text)
            word += 1 + max((of for of in found if of is not None), default=-1)
        whole = "".join(texts)
        for row, id in enumerate(encoding.ids):
            tokens.append(self._token_at(id, whole, *words.get(row, (0, 0, None))))
        return tuple(tokens)

    def _span(self, text: str, encoding: Any, row: int) -> tuple[int, int]:
        start, end = encoding.offsets[row]
        if self._readable(encoding.tokens[row]) == "␣":
            return start, start  # A space that was put in front has the next letter's place.
        return _trimmed(text, start, end)

    def _token_at(self, id: int, text: str, start: int, end: int, word: int | None) -> Token:
        token = self.token(id)
        said = text[start:end].strip() if token.unknown else ""
        return Token(
            id, said or token.text, token.piece, start, end, None if token.special
            and not token.unknown else word, token.special and not token.unknown, token.unknown,
        )  # fmt: skip

    def _slowly(self, text: str, second: str, options: dict[str, Any]) -> tuple[Token, ...]:
        """Of a tokenizer that knows no places, pieces are looked for in the text."""
        if self._target and not second:
            ids = self.tokenizer(text_target=text, **options)["input_ids"]
        else:
            ids = self.tokenizer(text, second or None, **options)["input_ids"]
        return self._aligned(text + second, [self.token(id) for id in ids])

    def _aligned(self, text: str, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """The same tokens with their places, as far as what they say stands in the text."""
        spans: list[tuple[int, int]] = []
        at = 0
        for token in tokens:
            start = -1 if token.special else text.find(token.text, at)
            if start < 0 or start - at > 2 + len(token.text):
                spans.append((at, at))
                continue
            at = start + len(token.text)
            spans.append((start, at))
        words = words_of(text, spans)
        rows = zip(tokens, spans, words, strict=True)
        return tuple(self._token_at(t.id, text, *span, word) for t, span, word in rows)


def _described(tokenizer: Any) -> str:
    """How a tokenizer works, as its file tells it; empty where it has no such file."""
    if not tokenizer.is_fast:
        return ""
    backend = tokenizer.backend_tokenizer
    parts = (backend.pre_tokenizer, backend.decoder, type(backend.model).__name__)
    return " ".join(f'"{name}"' for part in parts for name in re.findall(r"[A-Z]\w+", str(part)))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the space in front, which many tokenizers count to a piece."""
    bare = start
    while bare < end and text[bare].isspace():
        bare += 1
    return (start, start) if bare == end else (bare, end)


def sound(text: str) -> str:
    """The text with halves of surrogate pairs, which no encoding can hold, as U+FFFD."""
    return _HALVES.sub("\ufffd", text)

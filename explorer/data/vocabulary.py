"""Text to tokens and back, by words, characters or frequent pieces (through `tokenizers`)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tokenizers import Encoding as _Encoding
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from explorer.messages.config import VocabularyKind
from explorer.messages.results import Token

PAD, UNKNOWN, START, END, MASK = 0, 1, 2, 3, 4
SPECIAL = ("<pad>", "<unk>", "<s>", "</s>", "<mask>")
_NEEDED = SPECIAL[:4]
"""Those that every vocabulary has; the first ones that were made had no mask."""
SPACE = "▁"
"""Stands for the space before a word, so that text can be put together again exactly."""
_HALVES = re.compile("[\ud800-\udfff]")


class Vocabulary:
    """A trained tokenizer with four special tokens: padding, unknown, start and end."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        found = tuple(tokenizer.id_to_token(i) for i in range(len(_NEEDED)))
        if found != _NEEDED:
            raise ValueError(
                f"the tokenizer's first tokens are {', '.join(map(str, found))}, "
                f"not {', '.join(_NEEDED)}: it is not one of ours"
            )
        tokenizer.encode_special_tokens = True  # A typed "<pad>" is five letters, no padding.
        self._tokenizer = tokenizer
        self._specials = 5 if tokenizer.id_to_token(MASK) == SPECIAL[MASK] else 4
        self._starts = self._starting()

    def __len__(self) -> int:
        return self._tokenizer.get_vocab_size()

    def to_json(self) -> str:
        """The tokenizer as its file `tokenizer.json` holds it."""
        return self._tokenizer.to_str(pretty=True)

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read `tokenizer.json`; raises `ValueError` in words when it is not one of ours."""
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # The library raises bare Exception for every fault.
            raise ValueError(f"{path.name} cannot be read as a tokenizer: {error}") from None
        return cls(tokenizer)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without special tokens."""
        batch = self._tokenizer.encode_batch_fast(
            list(map(_sound, texts)), add_special_tokens=False
        )
        return [encoding.ids for encoding in batch]

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The text as tokens with their places in it, without special tokens."""
        encoding = self._tokenizer.encode(_sound(text), add_special_tokens=False)
        return tuple(_tokens(encoding, text))

    def token(self, id: int) -> Token:
        """A token by its id, without a place in any text."""
        piece = self._tokenizer.id_to_token(id) or SPECIAL[UNKNOWN]
        special = id < self._specials
        return Token(
            id, piece if special else _readable(piece), piece, special=special,
            unknown=id == UNKNOWN,
        )  # fmt: skip

    def _starting(self) -> frozenset[int] | None:
        """The tokens that begin a word; None when every character is a token of its own."""
        entries = self._tokenizer.get_vocab(with_added_tokens=False)
        found = frozenset(id for piece, id in entries.items() if piece.startswith(SPACE))
        return found or None

    def word_starts(self, ids: Sequence[int]) -> list[int]:
        """Places of the tokens with which words begin; of characters, all places."""
        if self._starts is None:
            return list(range(len(ids)))
        return [place for place, id in enumerate(ids) if place == 0 or id in self._starts]

    def text(self, ids: Iterable[int]) -> str:
        """The text that tokens spell; special tokens are left out, unknown ones stay visible."""
        kept = [i for i in ids if i not in (PAD, START, END)]
        return self._tokenizer.decode(kept, skip_special_tokens=False).strip()


def _sound(text: str) -> str:
    """The text with halves of surrogate pairs, which no encoding can hold, as U+FFFD."""
    return _HALVES.sub("\ufffd", text)


def _tokens(encoding: _Encoding, text: str) -> Iterator[Token]:
    rows = zip(encoding.ids, encoding.tokens, encoding.offsets, encoding.word_ids, strict=True)
    for id, piece, (start, end), word in rows:
        unknown = id == UNKNOWN
        shown = text[start:end].strip() or piece if unknown else _readable(piece)
        yield Token(id, shown, piece, start, end, word, unknown=unknown)


def _readable(piece: str) -> str:
    bare = piece.removeprefix(SPACE)
    return {"": "␣", " ": "␣", "\n": "↵", "\t": "⇥"}.get(bare, bare)


def train_vocabulary(texts: Iterable[str], kind: VocabularyKind, size: int) -> Vocabulary:
    """Learn a vocabulary of at most `size` entries, special tokens included, from texts."""
    tokenizer, trainer = _characters(size) if kind == "character" else _pieces(kind, size)
    tokenizer.train_from_iterator(texts, trainer)
    return Vocabulary(tokenizer)


def _characters(size: int) -> tuple[Tokenizer, trainers.Trainer]:
    tokenizer = Tokenizer(models.WordLevel(unk_token=SPECIAL[UNKNOWN]))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), _control_as_space()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"(?m)."), "isolated")
    tokenizer.decoder = decoders.Fuse()
    return tokenizer, _word_trainer(size)


def _pieces(kind: VocabularyKind, size: int) -> tuple[Tokenizer, trainers.Trainer]:
    """Words or BPE pieces: cut at spaces, and between letters and punctuation."""
    if kind == "word":
        tokenizer = Tokenizer(models.WordLevel(unk_token=SPECIAL[UNKNOWN]))
        trainer = _word_trainer(size)
    else:
        tokenizer = Tokenizer(models.BPE(unk_token=SPECIAL[UNKNOWN]))
        trainer = trainers.BpeTrainer(
            vocab_size=size, special_tokens=list(SPECIAL), limit_alphabet=256, show_progress=False
        )
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFC(), _control_as_space(),
        normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip(),
    ])  # fmt: skip
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always"),
        pre_tokenizers.Split(Regex(r"▁?[\p{P}\p{S}&&[^▁]]|▁?[^▁\p{P}\p{S}]+|▁"), "isolated"),
    ])  # fmt: skip
    tokenizer.decoder = decoders.Metaspace(replacement=SPACE, prepend_scheme="always")
    return tokenizer, trainer


def _word_trainer(size: int) -> trainers.Trainer:
    return trainers.WordLevelTrainer(
        vocab_size=size, special_tokens=list(SPECIAL), show_progress=False
    )


def _control_as_space() -> normalizers.Normalizer:
    return normalizers.Replace(Regex(r"\p{Cc}"), " ")

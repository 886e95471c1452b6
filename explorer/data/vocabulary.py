"""Text to tokens and back, by words, characters or frequent pieces (through `tokenizers`)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

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
MOST_LABELS = 200_000
_SIGNS = {"": "␣", " ": "␣", "\n": "↵", "\t": "⇥"}
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
        self._known: dict[int, Token] = {}
        self._specials = 5 if tokenizer.id_to_token(MASK) == SPECIAL[MASK] else 4
        self._starts = self._starting()
        words = isinstance(tokenizer.model, models.WordLevel)
        self._unknown_is_a_word = words and self._starts is not None
        self.characters = isinstance(tokenizer.pre_tokenizer, pre_tokenizers.Split)
        """Whether every character is a token of its own."""
        normalizer = tokenizer.normalizer
        self.keeps_lines = normalizer is not None and normalizer.normalize_str("\n") == "\n"
        """Whether it is one for running text, in which newlines are tokens."""

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
        known = self._known.get(id)
        if known is None:
            piece = self._tokenizer.id_to_token(id) or SPECIAL[UNKNOWN]
            special = id < self._specials
            known = self._known[id] = Token(
                id, piece if special else _readable(piece), piece, special=special,
                unknown=id == UNKNOWN,
            )  # fmt: skip
        return known

    def named(self, text: str) -> list[int]:
        """Ids of all tokens that are spelled so in the vocabulary, or read so by people."""
        entries = self._tokenizer.get_vocab()
        return sorted(id for piece, id in entries.items() if text in (piece, self.token(id).text))

    def _starting(self) -> frozenset[int] | None:
        """The tokens that begin a word; None when every character is a token of its own."""
        entries = self._tokenizer.get_vocab(with_added_tokens=False)
        found = {id for piece, id in entries.items() if piece.startswith(SPACE)}
        words = found - {entries.get(SPACE)}
        if words and isinstance(self._tokenizer.model, models.WordLevel):
            found.add(UNKNOWN)  # Of an unknown word nothing else is left.
        return frozenset(found) or None

    def word_starts(self, ids: Sequence[int]) -> list[int]:
        """Places of the tokens with which words begin; of characters, all places."""
        if self._starts is None:
            return list(range(len(ids)))
        return [place for place, id in enumerate(ids) if place == 0 or id in self._starts]

    def text(self, ids: Iterable[int]) -> str:
        """The text that tokens spell; special tokens are left out, unknown ones stay visible."""
        kept = [i for i in ids if i not in (PAD, START, END)]
        if self._unknown_is_a_word and UNKNOWN in kept:
            text = self._tokenizer.decoder.decode([self._spaced(i) for i in kept])
        else:
            text = self._tokenizer.decode(kept, skip_special_tokens=False)
        return text if self.keeps_lines else text.strip()

    def _spaced(self, id: int) -> str:
        """The token's piece; an unknown word has a space before it, as most words have."""
        return SPACE + SPECIAL[id] if id == UNKNOWN else self._tokenizer.id_to_token(id) or ""


def _sound(text: str) -> str:
    """The text with halves of surrogate pairs, which no encoding can hold, as U+FFFD."""
    return _HALVES.sub("\ufffd", text)


def _tokens(encoding: _Encoding, text: str) -> Iterator[Token]:
    rows = zip(encoding.ids, encoding.tokens, encoding.offsets, encoding.word_ids, strict=True)
    for id, piece, (start, end), word in rows:
        if piece.startswith(SPACE) and text[start:end].startswith("\n"):
            start += 1  # The space that a line begins with was put there, after the newline.
        unknown = id == UNKNOWN
        shown = text[start:end].strip() or piece if unknown else _readable(piece)
        yield Token(id, shown, piece, start, end, word, unknown=unknown)


def _readable(piece: str) -> str:
    bare = piece.removeprefix(SPACE)
    if len(bare) == 1 and not bare.isprintable() and bare not in _SIGNS:
        return f"U+{ord(bare):04X}"  # Joiners and marks of direction, which nobody sees.
    if len(bare) == 1 and unicodedata.category(bare) in ("Mn", "Mc", "Me"):
        selects = "\ufe00" <= bare <= "\ufe0f"  # Picks an emoji's look, and has none itself.
        return f"U+{ord(bare):04X}" if selects else f"◌{bare}"
    return _SIGNS.get(bare, bare)


def train_vocabulary(
    texts: Iterable[str], kind: VocabularyKind, size: int, *, min_count: int = 1,
    lowercase: bool = False, lines: bool = False, spaced: bool = False, mask: bool = False,
) -> Vocabulary:  # fmt: skip
    """Learn a vocabulary of at most `size` entries, special tokens included, from texts.

    Entries occur at least `min_count` times. With `lines`, for running text, newlines, tabs and
    every space are kept, and texts may be any number of whole lines; otherwise white space between
    words counts as one space. With `spaced`, for labelled words, only spaces divide words, and ids
    tell where each begins. With `mask` there is a token that hides others.
    """
    if spaced and kind != "bpe":
        tokenizer = _spaced(kind, lowercase)
    elif kind == "character":
        tokenizer = _characters(lowercase, lines)
    else:
        tokenizer = _pieces(kind, lowercase, lines)
    options: dict[str, Any] = {
        "vocab_size": size, "min_frequency": min_count, "show_progress": False,
        "special_tokens": _specials(mask),
    }  # fmt: skip
    trainer = trainers.WordLevelTrainer(**options)
    if kind == "bpe":  # Of scripts with thousands of signs, half of the pieces may be single ones.
        trainer = trainers.BpeTrainer(**options, limit_alphabet=max(256, size // 2))
    tokenizer.train_from_iterator(map(_sound, texts), trainer)
    return Vocabulary(tokenizer)


def character_vocabulary(
    counts: Mapping[str, int], size: int, *, min_count: int = 1, lowercase: bool = False,
    lines: bool = False, mask: bool = False,
) -> Vocabulary:  # fmt: skip
    """The vocabulary that `train_vocabulary` learns of characters, from how often each occurs."""
    tokenizer = _characters(lowercase, lines)
    assert tokenizer.normalizer is not None
    found: Counter[str] = Counter()
    for character, count in counts.items():
        for read in tokenizer.normalizer.normalize_str(_sound(character)):
            found[read] += count
    specials = _specials(mask)
    kept = sorted((c for c in found if found[c] >= min_count), key=lambda c: (-found[c], c))
    entries = {piece: id for id, piece in enumerate([*specials, *kept][:size])}
    tokenizer.model = models.WordLevel(entries, unk_token=SPECIAL[UNKNOWN])
    tokenizer.add_special_tokens(specials)
    return Vocabulary(tokenizer)


def label_vocabulary(labels: Iterable[str], *, whole: bool = False) -> Vocabulary:
    """Every label as a token, exactly as it is written; a text holds several, with spaces between.

    With `whole` a text is one label, spaces and all.
    """
    tokenizer = Tokenizer(models.WordLevel(unk_token=SPECIAL[UNKNOWN]))
    tokenizer.normalizer = normalizers.Strip()
    if not whole:
        tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.WordLevelTrainer(
        vocab_size=MOST_LABELS, special_tokens=_specials(mask=False), show_progress=False
    )
    tokenizer.train_from_iterator(map(_sound, labels), trainer)
    return Vocabulary(tokenizer)


def _specials(mask: bool) -> list[str]:
    return list(SPECIAL if mask else _NEEDED)


def _characters(lowercase: bool, lines: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(unk_token=SPECIAL[UNKNOWN]))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), *_lower(lowercase), _control_as_space(lines)]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"(?m)."), "isolated")
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


def _spaced(kind: VocabularyKind, lowercase: bool) -> Tokenizer:
    """Words as they stand between spaces, or their characters, each word's after a space."""
    tokenizer = Tokenizer(models.WordLevel(unk_token=SPECIAL[UNKNOWN]))
    tokenizer.normalizer = _tidy(lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if kind == "character":
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always"),
            pre_tokenizers.Split(Regex(r"(?m)."), "isolated"),
        ])  # fmt: skip
        tokenizer.decoder = _after_spaces()
    return tokenizer


def _tidy(lowercase: bool) -> normalizers.Normalizer:
    """One space between words, none around them."""
    return normalizers.Sequence([
        normalizers.NFC(), *_lower(lowercase), _control_as_space(lines=False),
        normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip(),
    ])  # fmt: skip


def _after_spaces() -> decoders.Decoder:
    return decoders.Metaspace(replacement=SPACE, prepend_scheme="always")


def _pieces(kind: VocabularyKind, lowercase: bool, lines: bool) -> Tokenizer:
    """Words or BPE pieces: cut at spaces, and between letters and punctuation."""
    unknown = SPECIAL[UNKNOWN]
    model = models.WordLevel(unk_token=unknown) if kind == "word" else models.BPE(unk_token=unknown)
    tokenizer = Tokenizer(model)
    if lines:
        _keep_lines(tokenizer, lowercase)
        return tokenizer
    tokenizer.normalizer = _tidy(lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always"),
        pre_tokenizers.Split(Regex(r"▁?[\p{P}\p{S}&&[^▁]]|▁?[^▁\p{P}\p{S}]+|▁"), "isolated"),
    ])  # fmt: skip
    tokenizer.decoder = _after_spaces()
    return tokenizer


def _keep_lines(tokenizer: Tokenizer, lowercase: bool) -> None:
    """Newlines and tabs are tokens; a line's first word is spelled as after a space.

    So a text is cut alike wherever between its lines it is divided.
    """
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFC(), *_lower(lowercase), _control_as_space(lines=True),
        normalizers.Replace(Regex(r"^(?=[^\n])"), " "),
    ])  # fmt: skip
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="never"),
        pre_tokenizers.Split(
            Regex(r"[\n\t]|▁?[\p{P}\p{S}&&[^▁]]|▁?[^▁\p{P}\p{S}\n\t]+|▁"), "isolated"
        ),
    ])  # fmt: skip
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace(SPACE, " "), decoders.Fuse(), decoders.Replace(Regex(r"^ "), ""),
    ])  # fmt: skip


def _lower(lowercase: bool) -> list[normalizers.Normalizer]:
    return [normalizers.Lowercase()] if lowercase else []


def _control_as_space(lines: bool) -> normalizers.Normalizer:
    kept = r"[\p{Cc}&&[^\n\t]]" if lines else r"\p{Cc}"
    return normalizers.Replace(Regex(kept), " ")

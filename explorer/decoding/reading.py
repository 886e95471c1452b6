"""The decoder's state for one source, read into token by token with all its attention recorded.

Axes: B row, H head, K key, T target position, V vocabulary.
"""

from collections.abc import Collection, Iterator, Sequence
from copy import copy

import torch
from torch import Tensor

from explorer.decoding.deciding import Attention, Outlook, outlook
from explorer.inspection.recording import as_floats, recording
from explorer.messages.decoding import DecodeStep, How
from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.tokens import SiteKind, Token
from explorer.model.cache import DecoderState
from explorer.subjects.subject import Sentence, SentenceError, Subject

_AT_ONCE = 128
"""Given tokens that are read in one pass: their attention is held whole for so long."""


def prefix_of(subject: Subject, source: Sentence) -> tuple[Token, ...]:
    """What the decoder reads before its first decision: the start token, or the prompt."""
    if subject.architecture == "encoder-only":
        return ()
    if subject.architecture == "decoder-only":
        return source.tokens
    return (subject.coding.vocabularies.target.token(subject.start),)


def room_for(subject: Subject, source: Sentence, config: DecodingConfig) -> int:
    """Tokens that can be written for a source, given ones included."""
    read = len(prefix_of(subject, source))
    return max(0, min(config.max_length, subject.config.model.max_length - read + 1))


class Reading:
    """A source that was read, and the texts that are being written for it, a row each.

    `read_BT` are the ids that the decoder has before it, the last of them not yet read.
    """

    def __init__(self, subject: Subject, source: Sentence) -> None:
        self.subject, self.words = subject, subject.coding.vocabularies.target
        subject.model.eval()
        sites = subject.model.sites()
        self._sites = [pair for pair in sites if pair[0].kind is not SiteKind.ENCODER]
        ids = [token.id for token in prefix_of(subject, source)]
        self.read_BT = torch.tensor([ids], device=subject.device)
        self._state = self._start(source)

    @torch.no_grad()
    def _start(self, source: Sentence) -> DecoderState:
        model = self.subject.model
        if self.subject.architecture == "decoder-only":
            return model.start_decoding(None, self.read_BT[:, :-1])
        return model.start_decoding(source.as_input(self.subject.device))

    def branch(self) -> "Reading":
        """The same texts, to be gone on with in another way; nothing is computed or copied."""
        other = copy(self)
        other._state = self._state.at(self._state.length)
        return other

    @torch.no_grad()
    def logits(self) -> tuple[Tensor, list[Attention]]:
        """B×V logits of the next token, and for each row what was looked at."""
        with recording(self._sites) as recorded:
            logits_BV = self.subject.model.decode_step(self.read_BT[:, -1], self._state)
        paid = {site: as_floats(weights[:, :, -1]) for site, weights in recorded.items()}
        rows = range(len(self.read_BT))
        return logits_BV, [{site: table[row] for site, table in paid.items()} for row in rows]

    def append(self, tokens_B: Sequence[int]) -> None:
        """Write one more token to each row."""
        more = torch.tensor(tokens_B, device=self.read_BT.device)[:, None]
        self.read_BT = torch.cat([self.read_BT, more], 1)

    def keep(self, rows: Sequence[int]) -> None:
        """Keep these rows, in this order; one may be there several times."""
        if list(rows) == list(range(len(self.read_BT))):
            return
        kept = torch.tensor(rows, device=self.read_BT.device)
        self.read_BT = self.read_BT[kept]
        self._state.keep(kept)

    @torch.no_grad()
    def read_given(self, given_BT: Tensor) -> None:
        """Take several tokens for each row as they are, without looking."""
        if not given_BT.shape[1]:
            return
        read_BT = torch.cat([self.read_BT, given_BT], 1)
        self.subject.model.read_on(
            torch.cat([self.read_BT[:, -1:], given_BT[:, :-1]], 1), self._state
        )
        self.read_BT = read_BT

    def given(
        self, ids: Sequence[int], came: Sequence[How], config: DecodingConfig,
        bans: Collection[int] = (), begun: int = 0,
    ) -> Iterator[DecodeStep]:  # fmt: skip
        """Tokens that are there already, in the one row, and what the model thinks of each.

        All are read in few passes; `came` says how each came, forced where it says nothing. The
        first one is number `begun` of the text.
        """
        for first in range(0, len(ids), _AT_ONCE):
            part = ids[first : first + _AT_ONCE]
            for place, (found, attention) in enumerate(self._pass(part, config, bans)):
                index = first + place
                how = came[index] if index < len(came) else "forced"
                yield found.decided(begun + index, part[place], how, attention)

    @torch.no_grad()
    def _pass(
        self, ids: Sequence[int], config: DecodingConfig, bans: Collection[int]
    ) -> Iterator[tuple[Outlook, Attention]]:
        begun = self.read_BT.shape[1]
        more = torch.tensor([ids], device=self.read_BT.device)
        self.read_BT = torch.cat([self.read_BT, more], 1)
        with recording(self._sites) as recorded:
            logits_TV = self.subject.model.read_each(self.read_BT[:, begun - 1 : -1], self._state)[
                0
            ]
        weights = {site: as_floats(table[0]) for site, table in recorded.items()}
        for place in range(len(ids)):
            seen = begun + place
            attention = {
                site: table[:, place].copy() if site.kind is SiteKind.CROSS
                else table[:, place, :seen].copy()
                for site, table in weights.items()
            }  # fmt: skip
            read_1T = self.read_BT[:, :seen]
            yield outlook(self.words, logits_TV[place, None], read_1T, config, bans), attention


def require_room(given: int, room: int) -> None:
    """Raises `SentenceError` where more tokens are given than can be written."""
    if given > room:
        raise SentenceError(
            f"The given beginning has {given} tokens, more than can be written here ({room}); "
            "make it shorter, or decoding.max_length larger."
        )


def require_choice(words: int, bans: Collection[int]) -> None:
    """Raises `SentenceError` where every token is banned."""
    if len(set(bans)) >= words:
        raise SentenceError("Every token is banned: nothing is left to write.")

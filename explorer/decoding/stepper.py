"""A text as it comes to be, a step at a time: written, searched for, or held to a reference."""

import time
from collections.abc import Iterator, Sequence

from explorer.decoding.beam import BeamSearch, beam_search
from explorer.decoding.reading import (
    Reading,
    prefix_of,
    require_choice,
    require_room,
    room_for,
)
from explorer.decoding.steps import decode_steps
from explorer.messages.decoding import DecodeStep, Decoding, Wish
from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.foreign import SAYS_NOTHING
from explorer.subjects.subject import Sentence, SentenceError, Subject

__all__ = ["Writing", "decode", "decode_steps", "ids_of", "prefix_of", "reference_ids"]
_UNBOUNDED = 65_536


class Writing:
    """One text; `advance` goes on by a token, or by a round of a beam search.

    Raises `SentenceError`, here or on the way, for a wish that the model cannot fulfil.
    """

    def __init__(self, subject: Subject, source: Sentence, source_text: str, wish: Wish) -> None:
        if subject.foreign is not None and not subject.foreign.guesses:
            raise SentenceError(SAYS_NOTHING)
        self._subject, self._source, self._text = subject, source, source_text
        self._wish, self._seconds = wish, 0.0
        self._config = wish.config or subject.config.decoding
        self._steps: list[DecodeStep] = []
        self._search: BeamSearch | None = None
        self._notes: tuple[str, ...] = ()
        self._slices = self._begin()

    def advance(self) -> bool:
        """One step more; whether there was one."""
        started = time.perf_counter()
        going = next(self._slices, None) is not None
        self._seconds += time.perf_counter() - started
        return going

    def run(self) -> Decoding:
        """The text when it is all there."""
        while self.advance():
            pass
        return self.so_far()

    def _begin(self) -> Iterator[bool]:
        wish, subject = self._wish, self._subject
        subject.model.eval()
        alone = subject.architecture == "encoder-only"
        if wish.reference is not None:
            if not alone:
                self._notes = subject.target(wish.reference).notes
            yield from self._gather(self._held(reference_ids(subject, wish.reference)))
            return
        prefix = (*wish.prefix, *ids_of(subject, wish.text))
        if self._config.method == "beam" and not alone:
            yield from self._searching(prefix)
            return
        yield from self._gather(decode_steps(
            subject, self._source, self._config, prefix, wish.came, wish.bans
        ))  # fmt: skip

    def _gather(self, steps: Iterator[DecodeStep]) -> Iterator[bool]:
        for step in steps:
            self._steps.append(step)
            yield True

    def _searching(self, prefix: Sequence[int]) -> Iterator[bool]:
        wish, subject = self._wish, self._subject
        require_choice(len(subject.coding.vocabularies.target), wish.bans)
        require_room(len(prefix), room_for(subject, self._source, self._config))
        self._search = beam_search(
            subject, self._source, self._config, prefix, wish.came, wish.bans, wish.seeds
        )
        for _ in self._search.rounds():
            yield True

    def _held(self, ids: Sequence[int]) -> Iterator[DecodeStep]:
        subject, config = self._subject, self._config
        if subject.architecture == "encoder-only":
            raise SentenceError(
                "An encoder alone writes no text that a reference could be held to."
            )
        unbounded = config.model_copy(update={"max_length": _UNBOUNDED})
        require_room(len(ids), room_for(subject, self._source, unbounded))
        return Reading(subject, self._source).given(ids, (), config)

    def so_far(self) -> Decoding:
        """What there is of the text; of a search, its best text as it stands."""
        subject, source, search = self._subject, self._source, self._search
        steps = tuple(self._steps) if search is None else search.steps()
        alone = subject.architecture == "encoder-only"
        finished = alone or (bool(steps) and steps[-1].token.id in subject.ends)
        text = subject.coding.vocabularies.target.text(step.token.id for step in steps)
        return Decoding(
            subject.name, subject.step, self._text, source.tokens, prefix_of(subject, source),
            steps, text, finished, 1000 * self._seconds, source.places, source.picture,
            best=search.hypotheses() if search else (), tree=search.tree() if search else (),
            reference=self._wish.reference is not None, notes=(*source.notes, *self._notes),
        )  # fmt: skip


def decode(
    subject: Subject, source: Sentence, source_text: str, config: DecodingConfig
) -> Decoding:
    """Write a whole text and keep every decision; of a beam search, the best text and the tree."""
    return Writing(subject, source, source_text, Wish(config)).run()


def ids_of(subject: Subject, text: str) -> tuple[int, ...]:
    """A target as ids, without the start token; what cannot be read whole is cut."""
    if not text:
        return ()
    if subject.architecture == "encoder-only":
        return tuple(subject.coding.say([text])[0])
    ids = subject.target(text).ids
    return tuple(ids[1:] if subject.architecture == "encoder-decoder" else ids)


def reference_ids(subject: Subject, text: str) -> tuple[int, ...]:
    """A whole target as ids: with the end token, where the model's texts have one."""
    ids = ids_of(subject, text)
    endless = subject.coding.form == "text" or subject.architecture == "encoder-only"
    return ids if endless or not subject.ends else (*ids, min(subject.ends))

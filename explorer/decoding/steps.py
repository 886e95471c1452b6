"""Decisions of a model, one after another, each recorded."""

from collections.abc import Collection, Iterator, Sequence

from explorer.decoding.beam import beam_search
from explorer.decoding.deciding import choose, outlook
from explorer.decoding.filling import filled
from explorer.decoding.reading import (
    Reading,
    require_choice,
    require_room,
    room_for,
)
from explorer.messages.decoding import DecodeStep, How
from explorer.messages.decoding_config import DecodingConfig
from explorer.subjects.subject import Sentence, Subject


def decode_steps(
    subject: Subject, source: Sentence, config: DecodingConfig, prefix: Sequence[int] = (),
    came: Sequence[How] = (), bans: Collection[int] = (),
) -> Iterator[DecodeStep]:  # fmt: skip
    """Decisions, each with its rivals and its attention, up to the end token.

    `prefix` are the ids of tokens that stand there already, forced or written before; they come
    first, as steps of their own, and `came` says of each how it came (forced where it says
    nothing). Tokens in `bans` are never chosen. An encoder alone decides once for each of the
    source's places; what is forced into hidden ones the others see. A beam search is over before
    its first step.
    Raises `SentenceError` where the prefix is too long, or everything is banned.
    """
    subject.model.eval()
    require_choice(len(subject.coding.vocabularies.target), bans)
    if subject.architecture == "encoder-only":
        return filled(subject, source, config, prefix, came, bans)
    room = room_for(subject, source, config)
    require_room(len(prefix), room)
    if config.method == "beam":
        return _searched(subject, source, config, prefix, came, bans)
    return _written(subject, source, config, prefix, came, bans, room)


def _written(
    subject: Subject, source: Sentence, config: DecodingConfig, prefix: Sequence[int],
    came: Sequence[How], bans: Collection[int], room: int,
) -> Iterator[DecodeStep]:  # fmt: skip
    reading = Reading(subject, source)
    yield from reading.given(prefix, came, config, bans)
    if prefix and prefix[-1] in subject.ends:
        return
    for index in range(len(prefix), room):
        logits_BV, paid = reading.logits()
        found = outlook(reading.words, logits_BV, reading.read_BT, config, bans)
        token, how = choose(found, 0, config, index)
        yield found.decided(index, token, how, paid[0])
        if token in subject.ends:
            return
        reading.append([token])


def _searched(
    subject: Subject, source: Sentence, config: DecodingConfig, prefix: Sequence[int],
    came: Sequence[How], bans: Collection[int],
) -> Iterator[DecodeStep]:  # fmt: skip
    yield from beam_search(subject, source, config, prefix, came, bans).run().steps()

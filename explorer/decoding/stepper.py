"""A text as the model writes it, one recorded decision at a time. Axes: V vocabulary."""

import time
from collections.abc import Iterator

import torch
from torch import Tensor

from explorer.data.vocabulary import END, START
from explorer.inspection.recording import as_floats, recording
from explorer.messages.config import DecodingConfig
from explorer.messages.results import Candidate, DecodeStep, Decoding, Floats, Site, SiteKind, Token
from explorer.model.cache import DecoderState
from explorer.subjects.subject import Sentence, Subject


def decode_steps(
    subject: Subject, source: Sentence, config: DecodingConfig
) -> Iterator[DecodeStep]:
    """Greedy decisions, each with its rivals and its attention, up to the end token.

    An encoder alone decides once for each of the source's places.
    """
    subject.model.eval()
    if subject.architecture == "encoder-only":
        yield from _label(subject, source, config.candidates)
        return
    prefix = prefix_of(subject, source)
    token = prefix[-1].id
    state = _start(subject, source, prefix)
    room = subject.config.model.max_length - len(prefix) + 1
    for index in range(min(config.max_length, room)):
        step = _decide(subject, state, token, index, config.candidates)
        yield step
        token = step.token.id
        if token == END:
            return


def prefix_of(subject: Subject, source: Sentence) -> tuple[Token, ...]:
    """What the decoder reads before its first decision: the start token, or the prompt."""
    if subject.architecture == "encoder-only":
        return ()
    if subject.architecture == "decoder-only":
        return source.tokens
    return (subject.coding.vocabularies.target.token(START),)


@torch.no_grad()
def _start(subject: Subject, source: Sentence, prefix: tuple[Token, ...]) -> DecoderState:
    read = torch.tensor([[token.id for token in prefix[:-1]]], device=subject.device)
    if subject.architecture == "decoder-only":
        return subject.model.start_decoding(None, read)
    return subject.model.start_decoding(source.as_input(subject.device))


@torch.no_grad()
def _decide(
    subject: Subject, state: DecoderState, token: int, index: int, count: int
) -> DecodeStep:
    sites = [pair for pair in subject.model.sites() if pair[0].kind is not SiteKind.ENCODER]
    with recording(sites) as recorded:
        logits_V = subject.model.decode_step(torch.tensor([token], device=subject.device), state)[0]
    attention = {site: as_floats(weights[0, :, -1]) for site, weights in recorded.items()}
    return _decision(subject, logits_V, index, count, attention)


@torch.no_grad()
def _label(subject: Subject, source: Sentence, count: int) -> Iterator[DecodeStep]:
    """One pass, then a decision for each place, with what its query looked at."""
    with recording(subject.model.sites()) as recorded:
        logits_LV = subject.model(source.as_input(subject.device), None)[0]
    for index, place in enumerate(source.places):
        attention = {site: as_floats(weights[0, :, place]) for site, weights in recorded.items()}
        yield _decision(subject, logits_LV[place], index, count, attention)


def _decision(
    subject: Subject, logits_V: Tensor, index: int, count: int, attention: dict[Site, Floats]
) -> DecodeStep:
    log_V = logits_V.float().log_softmax(-1)
    candidates = _candidates(subject, log_V, count)
    entropy = -(log_V.exp() * log_V).sum().item()
    return DecodeStep(
        index, candidates[0].token, log_V.max().item(), entropy, candidates, attention
    )


def _candidates(subject: Subject, log_V: Tensor, count: int) -> tuple[Candidate, ...]:
    best = log_V.topk(min(count, len(log_V)))
    rows = zip(best.indices.tolist(), best.values.exp().tolist(), strict=True)
    words = subject.coding.vocabularies.target
    return tuple(Candidate(words.token(id), p) for id, p in rows)


def decode(
    subject: Subject, source: Sentence, source_text: str, config: DecodingConfig
) -> Decoding:
    """Write a whole text and keep every decision."""
    started = time.perf_counter()
    steps = tuple(decode_steps(subject, source, config))
    alone = subject.architecture == "encoder-only"
    finished = alone or (bool(steps) and steps[-1].token.id == END)
    text = subject.coding.vocabularies.target.text(step.token.id for step in steps)
    return Decoding(
        subject.name, subject.step, source_text, source.tokens, prefix_of(subject, source),
        steps, text, finished, 1000 * (time.perf_counter() - started), source.places,
        source.picture,
    )  # fmt: skip

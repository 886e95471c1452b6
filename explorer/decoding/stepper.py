"""A text as the model writes it, one recorded decision at a time. Axes: V vocabulary."""

import time
from collections.abc import Iterator

import torch
from torch import Tensor

from explorer.data.vocabulary import END, START
from explorer.inspection.recording import as_floats, recording
from explorer.messages.config import DecodingConfig
from explorer.messages.results import Candidate, DecodeStep, Decoding, SiteKind
from explorer.model.transformer import DecoderState
from explorer.subjects.subject import Sentence, Subject


def decode_steps(
    subject: Subject, source: Sentence, config: DecodingConfig
) -> Iterator[DecodeStep]:
    """Greedy decisions, each with its rivals and its attention, up to the end token."""
    subject.model.eval()
    with torch.no_grad():
        state = subject.model.start_decoding(torch.tensor([source.ids], device=subject.device))
    longest = min(config.max_length, subject.config.model.max_length)
    token = START
    for index in range(longest):
        step = _decide(subject, state, token, index, config.candidates)
        yield step
        token = step.token.id
        if token == END:
            return


@torch.no_grad()
def _decide(
    subject: Subject, state: DecoderState, token: int, index: int, count: int
) -> DecodeStep:
    sites = [pair for pair in subject.model.sites() if pair[0].kind is not SiteKind.ENCODER]
    with recording(sites) as recorded:
        logits_V = subject.model.decode_step(torch.tensor([token], device=subject.device), state)[0]
    log_V = logits_V.float().log_softmax(-1)
    candidates = _candidates(subject, log_V, count)
    chosen = candidates[0]
    log_chosen = log_V.max().item()
    entropy = -(log_V.exp() * log_V).sum().item()
    attention = {site: as_floats(weights[0, :, -1]) for site, weights in recorded.items()}
    return DecodeStep(index, chosen.token, log_chosen, entropy, candidates, attention)


def _candidates(subject: Subject, log_V: Tensor, count: int) -> tuple[Candidate, ...]:
    best = log_V.topk(min(count, len(log_V)))
    rows = zip(best.indices.tolist(), best.values.exp().tolist(), strict=True)
    return tuple(Candidate(subject.vocabulary.token(id), p) for id, p in rows)


def decode(
    subject: Subject, source: Sentence, source_text: str, config: DecodingConfig
) -> Decoding:
    """Write a whole text and keep every decision."""
    started = time.perf_counter()
    steps = tuple(decode_steps(subject, source, config))
    finished = bool(steps) and steps[-1].token.id == END
    text = subject.vocabulary.text(step.token.id for step in steps)
    return Decoding(
        subject.name, subject.step, source_text, source.tokens, subject.vocabulary.token(START),
        steps, text, finished, 1000 * (time.perf_counter() - started),
    )  # fmt: skip

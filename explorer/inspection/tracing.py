"""One sentence, or a pair, through a model, with every head's attention."""

import time

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.inspection.recording import as_floats, recording
from explorer.messages.results import SiteKind, Trace
from explorer.subjects.subject import Sentence, Subject


@torch.no_grad()
def trace(
    subject: Subject, source: Sentence, target: Sentence, source_text: str, target_text: str,
    *, own_target: bool,
) -> Trace:  # fmt: skip
    """Run a pair and keep all weights, before dropout, exactly as the model used them.

    A decoder alone reads the target right after the source, an encoder alone the source only.
    """
    started = time.perf_counter()
    model = subject.model.eval()
    source, target = _as_read(subject, source, target)
    source_input = source.as_input(subject.device) if source.tokens else None
    target_input = target.as_input(subject.device) if target.tokens else None
    with recording(model.sites()) as recorded:
        model.hidden(source_input, target_input)
    weights = {site: as_floats(weights_BHQK[0]) for site, weights_BHQK in recorded.items()}
    return Trace(
        subject.name, subject.step, source_text, target_text, own_target,
        source.tokens, target.tokens, weights, source.notes + target.notes,
        1000 * (time.perf_counter() - started), source.picture, _allowed(subject, source, target),
    )  # fmt: skip


def _allowed(
    subject: Subject, source: Sentence, target: Sentence
) -> dict[SiteKind, NDArray[np.bool_]]:
    """Where self-attention may look: the pattern, and nothing ahead in a decoder."""
    found: dict[SiteKind, NDArray[np.bool_]] = {}
    read = ((SiteKind.ENCODER, source, False), (SiteKind.DECODER, target, True))
    for kind, sentence, causal in read:
        length = len(sentence.tokens)
        table = subject.model.allowed(length, causal=causal) if length else None
        if table is not None:
            found[kind] = table.cpu().numpy()
    return found


def _as_read(subject: Subject, source: Sentence, target: Sentence) -> tuple[Sentence, Sentence]:
    if subject.architecture != "decoder-only":
        return source, target
    whole = (source.tokens + target.tokens)[: subject.config.model.max_length]
    return Sentence(()), Sentence(whole, source.notes + target.notes)

"""One sentence, or a pair, through a model, with every head's attention."""

import math
import time
from collections import OrderedDict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.inspection.giving_back import give_back
from explorer.inspection.in_passing import HELD, InPassing, Told
from explorer.inspection.normalising import normalise, on_all_cores
from explorer.inspection.recording import as_it_is, recording
from explorer.inspection.working import heads_of, working
from explorer.messages.heads import DENSE, Floats, Heads, MadeWeights, Weights
from explorer.messages.results import Site, SiteKind, Trace
from explorer.subjects.subject import Sentence, SentenceError, Subject

_TOLD = 1 << 28
"""Weights up to which those of a family that tells them itself are kept: 1 GB."""
Allowed = dict[SiteKind, NDArray[np.bool_]]


@torch.no_grad()
def trace(
    subject: Subject, source: Sentence, target: Sentence, source_text: str, target_text: str,
    *, own_target: bool,
) -> Trace:  # fmt: skip
    """Run a pair and keep all weights, before dropout, exactly as the model used them.

    A decoder alone reads the target right after the source, an encoder alone the source only. Of
    a long text queries and keys are kept in place of the weights, and the model runs as ever.
    """
    started = time.perf_counter()
    subject.model.eval()
    source, target = as_read(subject, source, target)
    allowed = allowed_of(subject, source, target)
    told = getattr(subject.model, "told", False)  # Weights from outside, never made here.
    count = count_of(subject, len(source.tokens), len(target.tokens))
    if told and count > _TOLD:
        raise SentenceError(
            f"This model's family tells its attention only whole, which for this text is "
            f"{4 * count / 1e9:.1f} GB; type a shorter one"
        )
    if told or count <= DENSE:
        weights, heads = _dense(subject, source, target, allowed)
    elif worked_with(subject, len(source.tokens), len(target.tokens)) <= HELD:
        weights, heads = _made(subject, source, target, allowed)
    else:
        weights, heads = _made_in_passing(subject, source, target, allowed)
    return Trace(
        subject.name, subject.step, source_text, target_text, own_target,
        source.tokens, target.tokens, weights, source.notes + target.notes,
        1000 * (time.perf_counter() - started), source.picture, allowed, heads,
    )  # fmt: skip


def count_of(subject: Subject, source: int, target: int) -> int:
    """How many weights all sites have together."""
    lengths = _lengths(source, target)
    sites = subject.model.sites()
    return sum(math.prod(lengths[site.kind]) * layer.heads for site, layer in sites)


def worked_with(subject: Subject, source: int, target: int) -> int:
    """Bytes of all queries, keys and values in float32, about."""
    lengths, width = _lengths(source, target), subject.config.model.width
    each = (lengths[site.kind] for site, _ in subject.model.sites())
    return 4 * width * sum(queries + 2 * keys for queries, keys in each)


def _lengths(source: int, target: int) -> dict[SiteKind, tuple[int, int]]:
    """Queries and keys of each kind."""
    return {
        SiteKind.ENCODER: (source, source), SiteKind.DECODER: (target, target),
        SiteKind.CROSS: (target, source),
    }  # fmt: skip


def _dense(
    subject: Subject, source: Sentence, target: Sentence, allowed: Allowed
) -> tuple[dict[Site, Weights], dict[Site, Heads]]:
    with recording(subject.model.sites()) as recorded, working(subject.model.sites()) as seen:
        _run(subject, source, target)
    weights: dict[Site, Weights] = {}
    heads: dict[Site, Heads] = {}
    for site, attention in subject.model.sites():
        if site not in recorded:
            continue
        weights_HQK = recorded.pop(site)[0]
        weights[site] = as_it_is(weights_HQK)  # Made for this pass, and read only from now on.
        if seen[site].parts:  # Some models from outside tell their weights and nothing else.
            told = allowed.get(site.kind), _slopes(subject, site), weights_HQK
            heads[site] = heads_of(attention, seen[site], *told)
    return weights, heads


def _made(
    subject: Subject, source: Sentence, target: Sentence, allowed: Allowed
) -> tuple[dict[Site, Weights], dict[Site, Heads]]:
    with working(subject.model.sites()) as seen:
        _run(subject, source, target)

    heads: dict[Site, Heads] = {}
    for site, attention in subject.model.sites():
        if seen[site].parts:
            told = allowed.get(site.kind), _slopes(subject, site)
            heads[site] = heads_of(attention, seen[site], *told, normalise=False)
            seen[site].parts.clear()  # What was copied need not be kept twice.
    give_back()
    overviews = on_all_cores(normalise, list(heads.values()))
    give_back()
    made = zip(heads.items(), overviews, strict=True)
    maps: OrderedDict[tuple[int, int], Floats] = OrderedDict()
    return {site: MadeWeights(found, overview, maps) for (site, found), overview in made}, heads


def _made_in_passing(
    subject: Subject, source: Sentence, target: Sentence, allowed: Allowed
) -> tuple[dict[Site, Weights], dict[Site, Heads]]:
    def told(site: Site) -> Told:
        return allowed.get(site.kind), _slopes(subject, site)

    passing = InPassing(dict(subject.model.sites()), told)
    passing.watch(lambda: _run(subject, source, target))
    give_back()
    return passing.weights, passing.heads


def _slopes(subject: Subject, site: Site) -> Tensor | None:
    return subject.model.slopes_H if site.kind is not SiteKind.CROSS else None


def _run(subject: Subject, source: Sentence, target: Sentence) -> None:
    source_input = source.as_input(subject.device) if source.tokens else None
    target_input = target.as_input(subject.device) if target.tokens else None
    subject.model.hidden(source_input, target_input)


def allowed_of(subject: Subject, source: Sentence, target: Sentence) -> Allowed:
    """Where self-attention may look: the pattern, and nothing ahead in a decoder."""
    found: Allowed = {}
    read = ((SiteKind.ENCODER, source, False), (SiteKind.DECODER, target, True))
    for kind, sentence, causal in read:
        length = len(sentence.tokens)
        table = subject.model.allowed(length, causal=causal) if length else None
        if table is not None:
            found[kind] = table.cpu().numpy()
    return found


def as_read(subject: Subject, source: Sentence, target: Sentence) -> tuple[Sentence, Sentence]:
    """What encoder and decoder read: of a decoder alone the target follows the source."""
    if subject.architecture != "decoder-only":
        return source, target
    whole = (source.tokens + target.tokens)[: subject.config.model.max_length]
    return Sentence(()), Sentence(whole, source.notes + target.notes)

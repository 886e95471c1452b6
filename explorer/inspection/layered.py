"""A trace's attention as a graph of levels: each token takes from the tokens one level down.

An encoder of n layers has n + 1 levels, and so has a decoder's self-attention. With
cross-attention a decoder's layer is two levels: what self-attention leaves, then what
cross-attention adds from the encoder's last level.

Axes: Q query position, K key position.
"""

from dataclasses import dataclass

import numpy as np

from explorer.messages.flow import FlowChoice, FlowStep, Side
from explorer.messages.heads import Floats
from explorer.messages.results import Site, SiteKind, Trace


@dataclass(frozen=True, slots=True)
class Layered:
    """Whose tokens stand at each level, and what each level takes from those below it.

    `origin` is the level of the keys, the last one that of the queries.
    """

    levels: tuple[Side, ...]
    steps: tuple[FlowStep, ...]
    origin: int = 0


def mean_weights(trace: Trace, site: Site, choice: FlowChoice) -> Floats:
    """Q×K: the mean over the chosen heads of a site, or over all where none is chosen."""
    weights = trace.weights[site]
    chosen = [head for other, head in choice.heads if other == site] or list(range(len(weights)))
    total_QK = np.zeros(weights.shape[1:], np.float32)
    for head in chosen:
        total_QK += weights[head]
    return (total_QK / len(chosen)).astype(np.float32)


def with_residual(weights_QQ: Floats, choice: FlowChoice) -> Floats:
    """½A + ½I where the residual counts, else A."""
    if not choice.residual:
        return weights_QQ
    return np.float32(0.5) * (weights_QQ + np.eye(len(weights_QQ), dtype=np.float32))


def layered(trace: Trace, choice: FlowChoice) -> Layered:
    """The graph up to the chosen layer, steps from the top down."""
    if choice.kind is SiteKind.CROSS:
        return _with_cross(trace, choice)
    side: Side = "source" if choice.kind is SiteKind.ENCODER else "target"
    steps = [_self_step(trace, choice, Site(choice.kind, n), n) for n in range(choice.layer + 1)]
    return Layered((side,) * (choice.layer + 2), tuple(reversed(steps)))


def _self_step(trace: Trace, choice: FlowChoice, site: Site, lower: int) -> FlowStep:
    weights_QQ = with_residual(mean_weights(trace, site, choice), choice)
    return FlowStep(lower + 1, lower, weights_QQ)


def _with_cross(trace: Trace, choice: FlowChoice) -> Layered:
    encoder = sum(site.kind is SiteKind.ENCODER for site in trace.weights)
    steps = [_self_step(trace, choice, Site(SiteKind.ENCODER, n), n) for n in range(encoder)]
    level = encoder + 1  # What the decoder reads.
    for layer in range(choice.layer + 1):
        steps.append(_self_step(trace, choice, Site(SiteKind.DECODER, layer), level))
        steps += _cross_steps(trace, choice, Site(SiteKind.CROSS, layer), level + 1, encoder)
        level += 2
    sides: tuple[Side, ...] = ("source",) * (encoder + 1) + ("target",) * (level - encoder)
    return Layered(sides, tuple(reversed(steps)))


def _cross_steps(
    trace: Trace, choice: FlowChoice, site: Site, lower: int, memory: int
) -> list[FlowStep]:
    """From the level after cross-attention: to the encoder, and straight down by the residual."""
    weights_QK = mean_weights(trace, site, choice)
    if not choice.residual:
        return [FlowStep(lower + 1, memory, weights_QK)]
    half = np.float32(0.5)
    stay_QQ = half * np.eye(len(weights_QK), dtype=np.float32)
    return [FlowStep(lower + 1, lower, stay_QQ), FlowStep(lower + 1, memory, half * weights_QK)]

"""A choice of flow answered for a trace, in slices."""

import time
from collections.abc import Generator

import numpy as np

from explorer.inspection.flow import flow_rows
from explorer.inspection.layered import Layered, layered
from explorer.inspection.rollout import rollout
from explorer.inspection.weighting import value_weighted
from explorer.messages.flow import (
    LONGEST_FLOW,
    LONGEST_ROLLOUT,
    FlowChoice,
    FlowMaps,
    FlowStep,
    Side,
)
from explorer.messages.heads import Floats
from explorer.messages.results import Site, SiteKind, Trace
from explorer.subjects.subject import SentenceError

Slices = Generator[tuple[int, int], None, tuple[FlowMaps, Layered | None]]
"""Gives how much is done of how much; returns the answer, and the graph of a maximum flow."""


def flow_of(trace: Trace, choice: FlowChoice) -> Slices:
    """Answer; raises `SentenceError` in words for what there is not and for too long texts."""
    started = time.perf_counter()
    require(trace, choice)
    graph: Layered | None = None
    if choice.method == "value":
        yield 0, 1
        map_QK = weighted(trace, choice)
        levels, steps = _one_layer(choice.kind), (FlowStep(1, 0, map_QK),)
    else:
        graph = layered(trace, choice)
        levels, steps = graph.levels, graph.steps
        map_QK = rollout(graph) if choice.method == "rollout" else (yield from _flows(graph))
    found = FlowMaps(
        trace.model, trace.step, trace.source_text, trace.target_text, choice,
        trace.queries(choice.kind), trace.keys(choice.kind), map_QK, levels, steps,
        1000 * (time.perf_counter() - started),
    )  # fmt: skip
    return found, graph


def _one_layer(kind: SiteKind) -> tuple[Side, Side]:
    below: Side = "target" if kind is SiteKind.DECODER else "source"
    return below, "source" if kind is SiteKind.ENCODER else "target"


def _flows(graph: Layered) -> Generator[tuple[int, int], None, Floats]:
    rows: list[Floats] = []
    total = graph.steps[0].weights_QK.shape[0]
    for row in flow_rows(graph):
        rows.append(row)
        yield len(rows), total
    return np.stack(rows)


def weighted(trace: Trace, choice: FlowChoice) -> Floats:
    """Q×K: ‖α·v·W_O‖ of the chosen heads of the layer, each by itself, and their mean."""
    site = Site(choice.kind, choice.layer)
    chosen = [head for other, head in choice.heads if other == site]
    heads, weights = trace.heads.get(site), trace.weights[site]
    if heads is None:
        raise SentenceError("This model does not tell the values that its heads move.")
    chosen = chosen or list(range(len(weights)))
    total_QK = np.zeros(weights.shape[1:], np.float32)
    for head in chosen:
        total_QK += value_weighted(heads, head, weights[head])
    if not choice.normalise:
        return total_QK / np.float32(len(chosen))
    sums_Q1 = total_QK.sum(axis=1, keepdims=True)
    return np.divide(total_QK, sums_Q1, out=np.zeros_like(total_QK), where=sums_Q1 > 0)


def require(trace: Trace, choice: FlowChoice) -> None:
    """Refuse layers that there are not, and texts that would take too long."""
    site = Site(choice.kind, choice.layer)
    if site not in trace.weights:
        raise SentenceError(f"This model has no {choice.kind} attention in layer {site.layer + 1}.")
    if choice.method == "value":
        return
    longest = max(len(trace.source), len(trace.target))
    most = LONGEST_FLOW if choice.method == "flow" else LONGEST_ROLLOUT
    if longest > most:
        name = "Attention flow" if choice.method == "flow" else "Rollout"
        instead = ", or look at the rollout" if choice.method == "flow" else ""
        raise SentenceError(
            f"{name} is computed for up to {most:,} tokens; here are {longest:,}. Take a shorter "
            f"text{instead}."
        )

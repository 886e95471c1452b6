"""Rollout, maximum flow and value-weighting against independent computations."""

from itertools import product

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.inspection import tracing
from explorer.inspection.flow import Network
from explorer.inspection.flow_answer import flow_of
from explorer.inspection.layered import Layered, layered
from explorer.inspection.weighting import value_weighted
from explorer.messages.flow import (
    LONGEST_FLOW,
    LONGEST_ROLLOUT,
    FlowChoice,
    FlowMaps,
    Method,
    carried,
)
from explorer.messages.results import Site, SiteKind, Trace
from explorer.subjects.subject import SentenceError
from tests.inspection.hand import hand_trace, one_hot, random_weights
from tests.subject import small_subject

SELF = (SiteKind.ENCODER, SiteKind.DECODER)


def stacked(layers: int, source: int = 4, target: int = 3, seed: int = 0, heads: int = 2) -> Trace:
    """An encoder–decoder's trace with random weights in every layer."""
    weights = {}
    for n in range(layers):
        weights[Site(SiteKind.ENCODER, n)] = random_weights(heads, source, source, seed + n)
        weights[Site(SiteKind.DECODER, n)] = random_weights(
            heads, target, target, seed + 50 + n, causal=True
        )
        weights[Site(SiteKind.CROSS, n)] = random_weights(heads, target, source, seed + 90 + n)
    weights = dict(sorted(weights.items(), key=lambda pair: list(SiteKind).index(pair[0].kind)))
    letters = "abcdefghijklmnopqrstuvwxyz" * 50
    return hand_trace(weights, letters[:source], letters[:target])


def answer(trace: Trace, choice: FlowChoice) -> FlowMaps:
    slices = flow_of(trace, choice)
    while True:
        try:
            next(slices)
        except StopIteration as end:
            return end.value[0]


def mean(trace: Trace, kind: SiteKind, layer: int) -> np.ndarray:
    weights = trace.weights[Site(kind, layer)]
    return np.mean([weights[head] for head in range(len(weights))], axis=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 8), st.integers(0, 99), st.booleans())
def test_that_rollout_is_the_product_of_the_layers(
    layers: int, length: int, seed: int, residual: bool
) -> None:
    trace = stacked(layers, length, length, seed)
    for kind in SELF:
        product_ = np.eye(length)
        for n in range(layers):
            step = mean(trace, kind, n)
            product_ = ((step + np.eye(length)) / 2 if residual else step) @ product_
        found = answer(trace, FlowChoice("rollout", kind, layers - 1, residual))
        np.testing.assert_allclose(found.map_QK, product_, atol=1e-5)
        np.testing.assert_allclose(found.map_QK.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("residual", [True, False])
def test_that_rollout_across_is_decoder_times_cross_times_encoder(residual: bool) -> None:
    """Followed from the inputs up, as what each residual stream holds of every source token."""
    trace, layers = stacked(3), 3
    mix = 0.5 if residual else 0.0
    memory = np.eye(4)
    for n in range(layers):
        memory = (1 - mix) * mean(trace, SiteKind.ENCODER, n) @ memory + mix * memory
    held = np.zeros((3, 4))
    for n in range(layers):
        held = (1 - mix) * mean(trace, SiteKind.DECODER, n) @ held + mix * held
        held = (1 - mix) * mean(trace, SiteKind.CROSS, n) @ memory + mix * held
    found = answer(trace, FlowChoice("rollout", SiteKind.CROSS, layers - 1, residual))
    np.testing.assert_allclose(found.map_QK, held, atol=1e-5)
    assert (found.map_QK.sum(axis=1) <= 1 + 1e-5).all()


def test_that_rollout_stops_at_the_chosen_layer() -> None:
    trace = stacked(3)
    found = answer(trace, FlowChoice("rollout", SiteKind.ENCODER, 0, residual=False))
    np.testing.assert_allclose(found.map_QK, mean(trace, SiteKind.ENCODER, 0), atol=1e-6)


def test_that_chosen_heads_alone_are_averaged_where_there_are_any() -> None:
    trace = stacked(2)
    heads = ((Site(SiteKind.ENCODER, 1), 1),)
    found = answer(trace, FlowChoice("rollout", SiteKind.ENCODER, 1, False, heads))
    first, second = mean(trace, SiteKind.ENCODER, 0), trace.weights[Site(SiteKind.ENCODER, 1)][1]
    np.testing.assert_allclose(found.map_QK, second @ first, atol=1e-6)


def test_that_shifts_add_up() -> None:
    """Two layers that each look one back look two back together."""
    back = one_hot([0, 0, 1, 2, 3], 5)
    sites = {Site(SiteKind.DECODER, n): back for n in range(2)}
    trace = hand_trace(sites, target="abcde")
    found = answer(trace, FlowChoice("rollout", SiteKind.DECODER, 1, residual=False))
    assert found.map_QK.argmax(axis=1).tolist() == [0, 0, 0, 1, 2]


def as_networkx(graph: Layered) -> networkx.DiGraph:
    made = networkx.DiGraph()
    for step in graph.steps:
        for (q, k), weight in np.ndenumerate(step.weights_QK):
            made.add_edge((step.upper, q), (step.lower, k), capacity=float(weight))
    return made


@pytest.mark.parametrize("kind", list(SiteKind))
@pytest.mark.parametrize("residual", [True, False])
def test_that_flow_is_the_maximum_flow_of_the_graph(kind: SiteKind, residual: bool) -> None:
    trace = stacked(2, seed=3)
    choice = FlowChoice("flow", kind, 1, residual)
    found, graph = answer(trace, choice), layered(trace, choice)
    other, top = as_networkx(graph), len(graph.levels) - 1
    for query, key in product(range(found.map_QK.shape[0]), range(found.map_QK.shape[1])):
        expected = networkx.maximum_flow_value(other, (top, query), (graph.origin, key))
        assert found.map_QK[query, key] == pytest.approx(expected, abs=1e-6)


def test_that_flow_is_the_smallest_cut() -> None:
    """Every way to part the nodes into two sides, of which the cheapest bounds the flow."""
    trace = stacked(2, source=3, seed=5)
    choice = FlowChoice("flow", SiteKind.ENCODER, 1, True)
    found, graph = answer(trace, choice), layered(trace, choice)
    nodes = [(level, n) for level in range(3) for n in range(3)]
    for query, key in product(range(3), range(3)):
        inner = [node for node in nodes if node not in ((2, query), (0, key))]
        cuts = []
        for sides in product((False, True), repeat=len(inner)):
            near = {node for node, side in zip(inner, sides, strict=True) if side} | {(2, query)}
            cuts.append(sum(
                float(weight)
                for step in graph.steps
                for (q, k), weight in np.ndenumerate(step.weights_QK)
                if (step.upper, q) in near and (step.lower, k) not in near
            ))  # fmt: skip
        assert found.map_QK[query, key] == pytest.approx(min(cuts), abs=1e-6)


def test_that_a_path_carries_its_flow_and_keeps_it_at_every_token() -> None:
    trace = stacked(3, seed=8)
    choice = FlowChoice("flow", SiteKind.CROSS, 2, True)
    found, graph = answer(trace, choice), layered(trace, choice)
    value, amounts = Network(graph).path(2, 1)
    assert value == pytest.approx(float(found.map_QK[2, 1]), abs=1e-6)
    into: dict[tuple[int, int], float] = {}
    out: dict[tuple[int, int], float] = {}
    for step, amount_QK in zip(graph.steps, amounts, strict=True):
        assert (amount_QK <= step.weights_QK + 1e-6).all()
        for (q, k), amount in np.ndenumerate(amount_QK):
            out[step.upper, q] = out.get((step.upper, q), 0) + float(amount)
            into[step.lower, k] = into.get((step.lower, k), 0) + float(amount)
    top = len(graph.levels) - 1
    for node in set(into) | set(out):
        if node not in ((top, 2), (0, 1)):
            assert into.get(node, 0) == pytest.approx(out.get(node, 0), abs=1e-6)
    assert out[top, 2] == pytest.approx(value, abs=1e-6)
    assert into[0, 1] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("kind", list(SiteKind))
def test_that_the_lines_of_a_query_end_in_its_row_of_the_map(kind: SiteKind) -> None:
    found = answer(stacked(3, seed=2), FlowChoice("rollout", kind, 2, True))
    for query in range(len(found.queries)):
        arrived = sum(
            amount_QK.sum(axis=0)
            for step, amount_QK in zip(found.steps, carried(found, query), strict=True)
            if step.lower == 0
        )
        np.testing.assert_allclose(arrived, found.map_QK[query], atol=1e-5)


class TestValueWeighted:
    def test_that_it_is_the_length_of_what_each_key_adds(self):
        """Against the vectors themselves, through the model's own output layer."""
        subject = small_subject()
        sentences = subject.source("3 1 4 1 5"), subject.target("5 1 4")
        trace = tracing.trace(subject, *sentences, "", "", own_target=False)
        for site, attention in subject.model.sites():
            heads = trace.heads[site]
            width = heads.value_HKD.shape[2]
            weight = attention.output.weight.detach().numpy()
            for head in range(attention.heads):
                through = weight[:, head * width : (head + 1) * width]
                moved_QKM = trace.weights[site][head][..., None] * (
                    heads.value_HKD[head] @ through.T
                )
                expected = np.linalg.norm(moved_QKM, axis=2)
                np.testing.assert_allclose(value_weighted(heads, head), expected, atol=1e-4)

    def test_that_rows_add_up_to_one_when_asked(self):
        trace = self._trace()
        choice = FlowChoice("value", SiteKind.ENCODER, 0, heads=((Site(SiteKind.ENCODER, 0), 1),))
        np.testing.assert_allclose(answer(trace, choice).map_QK.sum(axis=1), 1, atol=1e-5)

    def test_that_without_it_lengths_stay_as_they_are(self):
        trace, site = self._trace(), Site(SiteKind.CROSS, 1)
        choice = FlowChoice("value", SiteKind.CROSS, 1, heads=((site, 0),), normalise=False)
        expected = value_weighted(trace.heads[site], 0)
        np.testing.assert_allclose(answer(trace, choice).map_QK, expected, atol=1e-5)

    @staticmethod
    def _trace() -> Trace:
        subject = small_subject()
        sentences = subject.source("3 1 4 1 5"), subject.target("5 1 4")
        return tracing.trace(subject, *sentences, "", "", own_target=False)


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "most"), [("flow", LONGEST_FLOW), ("rollout", LONGEST_ROLLOUT)]
    )
    def test_that_longer_texts_are_refused_in_words(self, method: Method, most: int):
        length = most + 1
        site, weights = Site(SiteKind.ENCODER, 0), np.zeros((1, length, length), np.float32)
        trace = hand_trace({site: weights}, "a" * length)
        with pytest.raises(SentenceError, match=f"{most:,} tokens; here are {length:,}"):
            answer(trace, FlowChoice(method))

    def test_that_a_layer_that_there_is_not_is_refused(self):
        with pytest.raises(SentenceError, match="no decoder attention in layer 3"):
            answer(stacked(2), FlowChoice("rollout", SiteKind.DECODER, 2))


def test_that_an_encoder_alone_and_a_decoder_alone_have_flow() -> None:
    for kind, sides in ((SiteKind.ENCODER, ("abc", "")), (SiteKind.DECODER, ("", "abc"))):
        weights = random_weights(2, 3, 3, 0, causal=kind is SiteKind.DECODER)
        trace = hand_trace({Site(kind, 0): weights, Site(kind, 1): weights}, *sides)
        for method in ("rollout", "flow"):
            found = answer(trace, FlowChoice(method, kind, 1))
            assert found.map_QK.shape == (3, 3) and len(found.queries) == len(found.keys) == 3

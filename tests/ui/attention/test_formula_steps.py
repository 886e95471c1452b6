"""Every number of the formula agrees with a computation of its own and with the model."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.inspection.tracing import trace as trace_of
from explorer.messages.results import Trace
from explorer.messages.shown import Reading, Shown
from explorer.ui.attention.formula_steps import Steps, steps, strongest_pair
from tests.small import small_config
from tests.subject import small_subject
from tests.ui.attention.worked import DECODER, ENCODER, by_hand, in_pieces, made, worked

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "causal": {"model.architecture": "decoder-only"},
    "ALiBi": {"model.positions": "alibi"},
    "rotary": {"model.positions": "rotary"},
    "capped": {"model.score_cap": 5.0},
    "sink": {"model.sink": "learned"},
    "normed": {"model.query_key_norm": True},
    "shared keys": {"model.key_value_heads": 1},
    "window": {"model.pattern": "window", "model.window": 2},
    "all": {"model.positions": "alibi", "model.score_cap": 4.0, "model.sink": "zero"},
}


def pair(trace: Trace, query: int, key: int, head: int = 0) -> Steps:
    found = steps(trace, next(iter(trace.weights)), head, query, key)
    assert found is not None
    return found


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def test_that_every_line_is_what_the_paper_says():
    trace = worked(4, 6, site=DECODER, width=16)
    heads = trace.heads[DECODER]
    q, keys, values = heads.query_HQD[1, 2], heads.key_HKD[1], heads.value_HKD[1]
    found = pair(trace, 2, 3, head=1)
    dots = keys.astype(float) @ q.astype(float)
    assert found.width == 16
    assert np.allclose(found.product_D, q.astype(float) * keys[3])
    assert found.dot == pytest.approx(found.product_D.sum()) == pytest.approx(dots[3])
    assert found.scaled == pytest.approx(dots[3] / 4) == pytest.approx(found.score)
    assert found.normaliser == pytest.approx(math.log(np.exp(dots / 4).sum()))
    assert np.allclose(found.weight_K, softmax(dots / 4))
    assert np.allclose(found.mixed_D, softmax(dots / 4) @ values)
    assert np.allclose(found.part_D, softmax(dots / 4)[3] * values[3])
    assert set(found.checks) == {
        "dot", "scaled", "capped", "score", "normaliser", "weight", "mixed",
    }  # fmt: skip
    assert all(one.agrees and one.difference < 1e-4 for one in found.checks.values())


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 999), queries=st.integers(1, 5), more=st.integers(0, 4),
    slope=st.sampled_from([0.0, 0.3]), sink=st.sampled_from([None, 0.0, 1.5]),
    cap=st.sampled_from([0.0, 3.0]), causal=st.booleans(),
)  # fmt: skip
def test_that_all_variants_agree_with_the_weights_made_word_for_word(
    seed: int, queries: int, more: int, slope: float, sink: float | None, cap: float, causal: bool
):
    keys = queries + more
    allowed = np.tril(np.ones((queries, keys), bool), more) if causal else None
    trace = worked(
        queries, keys, seed=seed, site=DECODER, slope=slope, sink=sink, cap=cap, allowed=allowed
    )
    for query in range(queries):
        for key in range(keys):
            found = pair(trace, query, key, head=1)
            assert found.weight == pytest.approx(
                float(trace.weights[DECODER][1][query, key]), abs=1e-6
            )
            assert all(one.agrees for one in found.checks.values()), found.checks
            assert found.open == (allowed is None or bool(allowed[query, key]))
            assert ("dot" in found.checks) == found.open


@pytest.mark.parametrize("name", VARIANTS)
def test_that_every_line_agrees_with_a_real_model_of_each_kind(name: str):
    values = {"model.encoder_layers": 1, "model.decoder_layers": 1, "model.tie_embeddings": False}
    subject = small_subject(3, small_config({**values, **VARIANTS[name]}))
    source, target = subject.source("1 2 3 4"), subject.target("4 3 2 1")
    trace = trace_of(subject, source, target, "1 2 3 4", "4 3 2 1", own_target=False)
    seen = 0
    for site, weights in trace.weights.items():
        for query in range(weights.shape[1]):
            for key in range(weights.shape[2]):
                found = steps(trace, site, 1, query, key)
                assert found is not None
                assert all(one.agrees for one in found.checks.values()), (site, found.checks)
                assert found.checks["weight"].difference < 1e-5
                seen += len(found.checks)
    assert seen > 100


def test_that_a_wrong_weight_is_noticed():
    trace = worked(4, 4)
    wrong = np.array(trace.weights[ENCODER])
    wrong[0, 1, 2] += 0.01
    found = pair(replace(trace, weights={ENCODER: wrong}), 1, 2)
    assert not found.checks["weight"].agrees
    assert not found.checks["score"].agrees and not found.checks["dot"].agrees
    right = pair(replace(trace, weights={ENCODER: wrong}), 0, 2)
    assert all(one.agrees for one in right.checks.values())


def test_that_a_closed_row_leaves_all_to_the_sink():
    found = pair(worked(1, 3, site=DECODER, allowed=np.zeros((1, 3), bool), sink=0.0), 0, 1)
    assert not found.nowhere and found.weight == 0 and found.checks["weight"].agrees


def test_that_a_row_that_may_look_nowhere_is_spread_evenly():
    allowed = np.ones((3, 4), bool)
    allowed[1] = False
    found = pair(worked(3, 4, site=DECODER, allowed=allowed), 1, 2)
    assert found.nowhere and found.weight == 0.25
    assert found.checks["weight"].agrees and "dot" not in found.checks


def test_that_a_trace_without_queries_and_keys_has_no_steps():
    assert steps(by_hand(np.eye(3)), ENCODER, 0, 1, 1) is None


def test_that_a_weight_too_small_for_a_float_is_held_against_nothing():
    trace = worked(2, 2)
    heads = trace.heads[ENCODER]
    far = replace(heads, query_HQD=np.asarray(heads.query_HQD) * 200)
    weights = np.stack([np.eye(2, dtype=np.float32)] * 2)
    found = steps(
        replace(trace, weights={ENCODER: weights}, heads={ENCODER: far}), ENCODER, 0, 0, 1
    )
    assert found is not None and "dot" not in found.checks


class TestStrongestPair:
    def test_that_it_is_the_largest_cell_row_or_column(self):
        map_ = np.array([[0.1, 0.5, 0.4], [0.9, 0.05, 0.05], [0.2, 0.2, 0.6]])
        shown = Shown(by_hand(map_))
        assert strongest_pair(shown, ENCODER, 0, None, None) == (1, 0)
        assert strongest_pair(shown, ENCODER, 0, 2, None) == (2, 2)
        assert strongest_pair(shown, ENCODER, 0, None, 1) == (0, 1)
        assert strongest_pair(shown, ENCODER, 0, 2, 0) == (2, 0)
        assert strongest_pair(shown, ENCODER, 0, 7, 9) == (1, 0)

    def test_that_made_weights_give_the_same(self):
        dense = worked(30, 30)
        for head in (0, 1):
            wanted = strongest_pair(Shown(dense), ENCODER, head, None, None)
            assert strongest_pair(Shown(made(dense)), ENCODER, head, None, None) == wanted

    def test_that_made_weights_read_as_words_give_a_pair_of_words(self):
        dense = worked(7, 7, tokens=in_pieces())
        shown = Shown(made(dense), Reading(words=True, hide_special=True))
        found = strongest_pair(shown, ENCODER, 0, None, None)
        assert found is not None and found[0] < 3 and found[1] < 3

    def test_that_no_tokens_have_no_pair(self):
        trace = worked(2, 2, tokens=in_pieces()[:1] + in_pieces()[-1:])
        assert (
            strongest_pair(Shown(trace, Reading(hide_special=True)), ENCODER, 0, None, None) is None
        )

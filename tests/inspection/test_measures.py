"""Measures of heads on attention with known answers, and against slow independent computations."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from explorer.inspection import tracing
from explorer.inspection.measures import Tally, measure_heads
from explorer.messages.heads import Floats, MadeWeights, Overview
from explorer.messages.measures import COLUMN, MEASURES, HeadMeasures
from explorer.messages.results import Site, SiteKind, Trace
from explorer.subjects.opening import open_subject
from tests.inspection.hand import (
    CROSS,
    DECODER,
    ENCODER,
    even,
    hand_trace,
    heads_with,
    one_hot,
    random_weights,
)
from tests.subject import small_subject


def of(found: HeadMeasures, key: str, site: Site = ENCODER, head: int = 0) -> float:
    return found.value(site, head, key)


def encoder(text: str, *maps) -> HeadMeasures:
    return measure_heads(hand_trace({ENCODER: np.concatenate(maps)}, text))


def decoder(text: str, *maps) -> HeadMeasures:
    return measure_heads(hand_trace({DECODER: np.concatenate(maps)}, target=text))


class TestKnownAnswers:
    def test_that_even_attention_has_the_largest_entropy_and_no_role_but_broad(self):
        found = encoder("abcde", even(5, 5))
        assert of(found, "entropy") == pytest.approx(math.log(5), abs=1e-6)
        assert of(found, "evenness") == pytest.approx(1, abs=1e-6)
        assert of(found, "peak") == pytest.approx(0.2, abs=1e-6)
        assert of(found, "distance") == pytest.approx(1.6, abs=1e-6)
        assert of(found, "previous") == of(found, "next") == pytest.approx(0.2, abs=1e-6)
        assert found.label(ENCODER, 0).role == "broad"

    def test_that_causal_even_attention_is_judged_by_what_is_open(self):
        found = decoder("abcde", even(5, 5, causal=True))
        assert of(found, "entropy", DECODER) == pytest.approx(
            np.log([1, 2, 3, 4, 5]).mean(), abs=1e-6
        )
        assert of(found, "evenness", DECODER) == pytest.approx(1, abs=1e-6)
        assert found.label(DECODER, 0).role == "broad"

    @pytest.mark.parametrize(
        ("key", "rows"),
        [
            ("previous", [0, 0, 1, 2, 3, 4]), ("same", [0, 1, 2, 3, 4, 5]),
            ("next", [1, 2, 3, 4, 5, 5]), ("first", [0] * 6), ("last", [5] * 6),
        ],
    )  # fmt: skip
    def test_that_a_head_that_looks_at_one_place_is_named_for_it(self, key: str, rows: list[int]):
        found = encoder("abcdef", one_hot(rows, 6))
        assert of(found, key) == pytest.approx(1)
        assert of(found, "entropy") == pytest.approx(0, abs=1e-6)
        assert (found.label(ENCODER, 0).role, found.label(ENCODER, 0).confidence) == (key, 1)

    def test_that_distance_counts_tokens(self):
        assert of(encoder("abcd", one_hot([0, 0, 0, 0], 4)), "distance") == pytest.approx(1.5)

    def test_that_the_forced_first_row_of_a_decoder_is_no_merit(self):
        """Its first query looks at the first token because nothing else is open."""
        found = decoder("abcd", one_hot([0, 1, 2, 3], 4))
        assert of(found, "first", DECODER) == 0
        assert of(found, "same", DECODER) == 1
        assert found.queries_NM[0, COLUMN["same"]] == 3

    def test_that_an_induction_head_looks_after_the_earlier_occurrence(self):
        #        a  b  c  a  b  c  a
        rows = [[0, 0, 0, 1, 2, 3, 1]]
        found = decoder("abcabca", one_hot(rows[0], 7))
        # Of the last a, both b follow an a; of c at 5 the key 3 follows the c at 2.
        assert of(found, "induction", DECODER) == 1
        assert found.label(DECODER, 0).role == "induction"
        assert found.queries_NM[0, COLUMN["induction"]] == 4

    def test_that_a_duplicate_head_looks_at_the_same_token_elsewhere(self):
        found = decoder("abcabca", one_hot([0, 0, 0, 0, 1, 2, 3], 7))
        assert of(found, "duplicate", DECODER) == 1
        assert found.label(DECODER, 0).role == "duplicate"

    def test_that_without_repeated_tokens_nothing_is_said_of_induction(self):
        found = decoder("abcdefg", one_hot([0, 0, 1, 2, 3, 4, 5], 7))
        assert math.isnan(of(found, "induction", DECODER))
        assert math.isnan(of(found, "duplicate", DECODER))

    def test_that_one_repetition_is_too_little_for_a_role(self):
        found = decoder("abcda", one_hot([0, 0, 0, 0, 1], 5))
        assert of(found, "induction", DECODER) == 1
        assert found.label(DECODER, 0).role == "first"

    def test_that_cross_attention_is_measured_along_both_diagonals(self):
        in_order, reversed_ = one_hot([0, 1, 2, 3], 4), one_hot([2, 1, 0, 3], 4)
        found = measure_heads(
            hand_trace({CROSS: np.concatenate([in_order, reversed_])}, "abc$", "^xyz")
        )
        assert (of(found, "diagonal", CROSS, 0), of(found, "antidiagonal", CROSS, 1)) == (1, 1)
        roles = [found.label(CROSS, head).role for head in (0, 1)]
        assert roles == ["diagonal", "antidiagonal"]

    def test_that_unlike_lengths_are_aligned_by_the_nearest_word(self):
        found = measure_heads(hand_trace({CROSS: one_hot([0, 0, 1, 1, 2], 3)}, "ab$", "^wxyz"))
        # Four words w x y z beside two: w and x beside a, y and z beside b.
        assert of(found, "diagonal", CROSS) == 1

    def test_that_what_makes_no_sense_across_is_not_a_number(self):
        found = measure_heads(hand_trace({CROSS: even(4, 4)}, "abc$", "^xyz"))
        for measure in MEASURES:
            if SiteKind.CROSS not in measure.kinds:
                assert math.isnan(of(found, measure.key, CROSS)), measure.key

    def test_that_a_pattern_closes_cells_for_every_measure(self):
        """Each query may look at itself and at its neighbours; even attention is still even."""
        apart = abs(np.subtract.outer(np.arange(6), np.arange(6)))
        open_QK = apart <= 1
        weights = (open_QK / open_QK.sum(axis=1, keepdims=True)).astype(np.float32)[None]
        found = measure_heads(
            hand_trace({ENCODER: weights}, "abcdef", allowed={SiteKind.ENCODER: open_QK})
        )
        assert of(found, "evenness") == pytest.approx(1, abs=1e-6)
        assert of(found, "first") == pytest.approx((1 / 2 + 1 / 3) / 2)
        assert found.label(ENCODER, 0).role == "broad"

    def test_that_a_share_that_chance_gives_is_no_merit(self):
        """Between itself and the token before, an even head pays each one half."""
        apart = np.subtract.outer(np.arange(8), np.arange(8))
        open_QK = (apart == 0) | (apart == 1)
        weights = (open_QK / open_QK.sum(axis=1, keepdims=True)).astype(np.float32)[None]
        trace = hand_trace(
            {DECODER: weights}, target="abcdefgh", allowed={SiteKind.DECODER: open_QK}
        )
        found = measure_heads(trace)
        assert of(found, "previous", DECODER) == pytest.approx(0.5)
        assert found.label(DECODER, 0).role == "broad"

    def test_that_confidence_is_the_way_from_chance_to_certainty(self):
        """0.7 on the token before; even attention over four keys would pay it a fourth."""
        weights = np.full((1, 4, 4), 0.5 / 3, np.float32)
        weights[0, [1, 2, 3], [0, 1, 2]] = 0.7
        weights[0, 1:][weights[0, 1:] < 0.5] = 0.1
        found = encoder("abcd", weights)
        label = found.label(ENCODER, 0)
        assert label.role == "previous"
        assert label.confidence == pytest.approx((0.7 - 0.25) / 0.75, abs=1e-6)

    def test_that_a_text_too_short_gets_no_role(self):
        assert encoder("ab", one_hot([0, 0], 2)).label(ENCODER, 0).role == ""
        assert decoder("abc", one_hot([0, 0, 0], 3)).label(DECODER, 0).role == ""

    def test_that_a_row_that_may_look_nowhere_is_left_out(self):
        open_QK = np.ones((4, 4), bool)
        open_QK[1] = False
        weights = one_hot([0, 0, 0, 0], 4)
        weights[0, 1] = 0.25
        found = measure_heads(
            hand_trace({ENCODER: weights}, "abcd", allowed={SiteKind.ENCODER: open_QK})
        )
        assert of(found, "entropy") == pytest.approx(0, abs=1e-6)
        assert found.queries_NM[0, COLUMN["entropy"]] == 3

    def test_that_what_a_sink_took_counts_as_one_key_more(self):
        found = encoder("abc", np.full((1, 3, 3), 0.25, np.float32))
        assert of(found, "entropy") == pytest.approx(math.log(4), abs=1e-6)

    def test_that_weights_that_are_no_numbers_get_no_role(self):
        found = encoder("abcd", np.full((1, 4, 4), np.nan, np.float32))
        assert found.label(ENCODER, 0).role == ""


class TestSample:
    def test_that_a_sample_is_the_mean_over_all_queries(self):
        one, other = random_weights(2, 4, 4, 0), random_weights(2, 7, 7, 1)
        traces = [hand_trace({ENCODER: one}, "abcd"), hand_trace({ENCODER: other}, "abcdefg")]
        found = sample_of(traces)
        expected = [
            np.mean([row.max() for weights in (one, other) for row in weights[head]])
            for head in (0, 1)
        ]
        assert found.values_NM[:, COLUMN["peak"]] == pytest.approx(expected, abs=1e-6)
        assert (found.examples, found.source_text) == (2, "")

    def test_that_a_head_that_never_changes_has_no_content_part(self):
        assert self._variability(even(5, 5), even(5, 5)) == pytest.approx(0, abs=1e-6)

    def test_that_opposite_heads_are_half_content(self):
        """Two one-hot maps that never agree: each is half away from their mean."""
        first, second = one_hot([0, 1, 2], 3), one_hot([1, 2, 0], 3)
        assert self._variability(first, second) == pytest.approx(0.5)

    def test_that_one_sentence_says_nothing_of_it(self):
        assert math.isnan(of(encoder("abc", even(3, 3)), "variability"))

    @staticmethod
    def _variability(*maps: Floats) -> float:
        traces = [hand_trace({ENCODER: one}, "abcde"[: one.shape[1]]) for one in maps]
        return of(sample_of(traces), "variability")


def sample_of(traces: Sequence[Trace]) -> HeadMeasures:
    tally = Tally()
    for trace in traces:
        list(tally.add(trace))
    return tally.result(traces[0], sample=True)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 12), st.integers(0, 1000), st.booleans(),
    st.text("abc", min_size=12, max_size=12),
)  # fmt: skip
def test_that_measures_agree_with_a_slow_computation(
    length: int, seed: int, causal: bool, text: str
) -> None:
    site = DECODER if causal else ENCODER
    weights = random_weights(3, length, length, seed, causal=causal)
    text = text[:length]
    source, target = ("", text) if causal else (text, "")
    found = measure_heads(hand_trace({site: weights}, source, target))
    for head, map_QK in enumerate(weights.astype(np.float64)):
        expected = _slow(map_QK, text, causal)
        for key, value in expected.items():
            assert of(found, key, site, head) == pytest.approx(value, abs=1e-5, nan_ok=True), key
    shares = [COLUMN[m.key] for m in MEASURES if m.share and m.key != "positional"]
    values = found.values_NM[:, shares]
    assert ((values >= -1e-6) & (values <= 1 + 1e-6) | np.isnan(values)).all()
    assert (found.values_NM[:, COLUMN["entropy"]] <= math.log(length) + 1e-5).all()


def _slow(map_QK: np.ndarray, text: str, causal: bool) -> dict[str, float]:
    """The same figures, one query at a time, with SciPy's entropy."""
    length = len(text)
    open_ = [[k for k in range(length) if not causal or k <= q] for q in range(length)]
    kept: dict[str, list[float]] = {
        key: [] for key in ("first", "previous", "same", "duplicate", "induction", "peak")
    }
    for q, keys in enumerate(open_):
        if len(keys) < 2:
            continue
        wanted = {
            "first": [0], "previous": [q - 1], "same": [q],
            "duplicate": [k for k in keys if k != q and text[k] == text[q]],
            "induction": [k for k in keys if 1 <= k < q and text[k - 1] == text[q]],
        }  # fmt: skip
        kept["peak"].append(max(map_QK[q]))
        for key, columns in wanted.items():
            columns = [k for k in columns if k in keys]
            if columns:
                kept[key].append(sum(map_QK[q, k] for k in columns))
    found = {key: float(np.mean(values)) if values else math.nan for key, values in kept.items()}
    found["entropy"] = float(np.mean([scipy_entropy(row) for row in map_QK]))
    found["distance"] = float(
        np.mean([sum(w * abs(q - k) for k, w in enumerate(row)) for q, row in enumerate(map_QK)])
    )
    return found


class TestModels:
    def test_that_the_trained_reverser_has_heads_that_align_backwards(self):
        subject = open_subject("reverse", torch.device("cpu"))
        text, answer = "7 3 9 1 5 2 8 4", "4 8 2 5 1 9 3 7"
        sentences = subject.source(text), subject.target(answer)
        found = measure_heads(tracing.trace(subject, *sentences, text, answer, own_target=False))
        cross = [found.label(*head).role for head in found.heads if head[0].kind is SiteKind.CROSS]
        assert cross.count("antidiagonal") == 3
        assert max(found.values_NM[:, COLUMN["antidiagonal"]][-4:]) > 0.75
        assert np.nanmax(found.values_NM[:, COLUMN["diagonal"]]) < 0.1

    def test_that_long_maps_are_measured_a_head_at_a_time_alike(self):
        subject = small_subject()
        sentences = subject.source("3 1 4 1 5 9"), subject.target("9 5 1")
        trace = tracing.trace(subject, *sentences, "", "", own_target=False)
        whole = measure_heads(trace)
        nothing = Overview(np.zeros((0, 0, 0), np.float32), np.zeros((0, 0, 0), np.float32))
        made = {site: MadeWeights(heads, nothing) for site, heads in trace.heads.items()}
        found = measure_heads(replace(trace, weights=made))
        assert found.heads == whole.heads
        np.testing.assert_allclose(found.values_NM, whole.values_NM, atol=2e-4)

    def test_that_what_is_moved_is_weight_times_length(self):
        heads = heads_with(np.zeros((1, 4, 4), np.float32), moved=3.0)
        trace = hand_trace({ENCODER: even(4, 4)}, "abcd", heads={ENCODER: heads})
        assert of(measure_heads(trace), "moved") == pytest.approx(3)

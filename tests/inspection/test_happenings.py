"""The detector on made curves of known kind, on noise, and on heads made by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.inspection.happenings import happenings, jumps, noise_of, turns
from explorer.inspection.head_history import history_of
from explorer.inspection.measures import measure_heads
from explorer.messages.happenings import BECAME, HeadHistory, in_words
from explorer.messages.measures import COLUMN, MEASURES
from explorer.messages.results import Measurement, Site, SiteKind
from tests.inspection.test_timeline import asked, kept_steps, subject_of, whole_timeline

STEPS = np.arange(0, 400, 10)
FIRST, SECOND = (Site(SiteKind.DECODER, 0), 0), (Site(SiteKind.DECODER, 0), 1)


def curve(*parts: tuple[int, float]) -> np.ndarray:
    """Levels, each for so many steps."""
    return np.concatenate([np.full(count, level) for count, level in parts])


def history(
    values: dict[str, np.ndarray], overlap: np.ndarray | None = None, queries: float = 12
) -> HeadHistory:
    """Two heads, of which the first has the given measures; chance is a tenth."""
    table = np.full((len(STEPS), 2, len(MEASURES)), np.nan)
    counts = np.zeros((2, len(MEASURES)))
    for key, values_S in values.items():
        table[:, 0, COLUMN[key]] = values_S
        counts[0, COLUMN[key]] = queries
    chance = np.where(counts > 0, 0.1, np.nan)
    shared = np.full((len(STEPS), 1), np.nan) if overlap is None else overlap[:, None]
    return HeadHistory(STEPS, (FIRST, SECOND), table, chance, counts, ((0, 1),), shared)


def figures(accuracies: np.ndarray, losses: np.ndarray | None = None) -> list[Measurement]:
    losses = np.full(len(accuracies), 1.0) if losses is None else losses
    return [
        Measurement(100 * n, float(loss), float("nan"), 50, float(accuracy))
        for n, (accuracy, loss) in enumerate(zip(accuracies, losses, strict=True))
    ]


@pytest.mark.parametrize("role", ["previous", "induction", "first", "duplicate", "same"])
def test_that_a_step_up_marks_the_role_at_its_step(role: str) -> None:
    found = happenings(history({role: curve((25, 0.1), (15, 0.9))}))
    assert [(mark.kind, mark.measure, mark.step) for mark in found] == [("became", role, 250)]
    mark = found[0]
    assert mark.heads == (FIRST,) and mark.threshold == BECAME.over
    assert mark.before == pytest.approx(0) and mark.value == pytest.approx(0.8 / 0.9)
    assert mark.sure_at == 270
    assert "decoder layer 1 head 1" in in_words(mark) and role in in_words(mark)


def test_that_what_ends_is_marked_too_and_what_always_was_is_not() -> None:
    ended = happenings(history({"previous": curve((10, 0.1), (15, 0.9), (15, 0.1))}))
    assert [(mark.kind, mark.step) for mark in ended] == [("became", 100), ("ceased", 250)]
    assert not happenings(history({"previous": curve((40, 0.9))}))
    fell = happenings(history({"previous": curve((20, 0.9), (20, 0.1))}))
    assert not [mark for mark in fell if mark.kind == "became"]


def test_that_a_slow_rise_is_marked_once_where_it_crosses() -> None:
    found = happenings(history({"induction": np.linspace(0.1, 0.98, 40)}))
    assert len(found) == 1 and found[0].kind == "became"
    confidence = (np.linspace(0.1, 0.98, 40) - 0.1) / 0.9
    assert found[0].step == STEPS[np.argmax(confidence >= BECAME.over)]


def test_that_a_spike_marks_nothing() -> None:
    values = curve((20, 0.1), (2, 0.95), (18, 0.1))
    assert not happenings(history({"previous": values}))


def test_that_of_two_roles_only_the_leading_one_is_marked() -> None:
    up, higher = curve((20, 0.1), (20, 0.6)), curve((20, 0.1), (20, 0.9))
    found = happenings(history({"first": up, "previous": higher}))
    assert [mark.measure for mark in found] == ["previous"]


def test_that_nothing_is_said_of_what_was_not_measured() -> None:
    up = curve((20, 0.1), (20, 0.9))
    assert not happenings(history({"previous": up}, queries=2)), "on two queries nothing rests"
    gaps = up.copy()
    gaps[20:38] = np.nan
    assert not happenings(history({"previous": gaps})), "two measured steps are not enough"
    gaps[::2] = up[::2]
    marked = happenings(history({"previous": gaps}))
    assert [mark.step for mark in marked] == [200]
    for mark in marked:
        assert np.isfinite(gaps[STEPS.tolist().index(mark.step)])
    assert not happenings(None) and not happenings(history({}))


def test_that_heads_become_alike_and_part() -> None:
    overlap = curve((10, 0.3), (15, 0.97), (15, 0.4))
    found = happenings(history({}, overlap))
    assert [(mark.kind, mark.step) for mark in found] == [("alike", 100), ("apart", 250)]
    assert found[0].heads == (FIRST, SECOND)
    assert not happenings(history({}, curve((20, 0.99), (20, 0.98)))), "alike from the start"


def test_that_a_head_dies_when_it_moves_a_tenth_of_what_it_did() -> None:
    moved = np.concatenate([np.linspace(1, 5, 20), curve((20, 0.2))])
    found = happenings(history({"moved": moved}))
    assert [(mark.kind, mark.step) for mark in found] == [("died", 200)]
    assert found[0].value == pytest.approx(0.04) and found[0].threshold == 0.1
    assert not happenings(history({"moved": np.linspace(0, 5, 40)}))
    assert not happenings(history({"moved": np.zeros(40)})), "what never lived cannot die"


def test_that_a_jump_of_accuracy_is_marked_at_its_step_and_a_slope_is_not() -> None:
    found = happenings(None, figures(curve((12, 0.1), (12, 0.8))))
    assert [(mark.kind, mark.measure, mark.step) for mark in found] == [
        ("jumped", "accuracy", 1200)
    ]
    assert (found[0].before, found[0].value) == (pytest.approx(0.1), pytest.approx(0.8))
    assert not happenings(None, figures(np.linspace(0.1, 0.9, 40)))
    assert not happenings(None, figures(np.full(30, np.nan)))
    losses = curve((12, 3.0), (12, 1.0))
    fell = happenings(None, figures(np.full(24, np.nan), losses))
    assert [(mark.kind, mark.step) for mark in fell] == [("fell", 1200)]
    assert (fell[0].before, fell[0].value) == (pytest.approx(3), pytest.approx(1))


@given(
    level=st.floats(0, 1), seed=st.integers(0, 10**6), count=st.integers(3, 200),
    width=st.floats(0, (BECAME.over - BECAME.under) * 0.999),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_that_noise_within_the_thresholds_marks_nothing_wherever_it_lies(
    level: float, seed: int, count: int, width: float
) -> None:
    values = level + width * np.random.default_rng(seed).random(count)
    assert not turns(values, BECAME)


@given(seed=st.integers(0, 10**6), spread=st.floats(0.01, 1), kind=st.sampled_from("un"))
@example(seed=742990, spread=0.3125, kind="u")
@settings(max_examples=300, deadline=None)
def test_that_noise_of_any_size_marks_nothing(seed: int, spread: float, kind: str) -> None:
    chance = np.random.default_rng(seed)
    noise = chance.random(40) if kind == "u" else chance.normal(size=40)
    values = np.clip(0.35 + spread * (noise - 0.5 * (kind == "u")), 0, 1)
    assert not turns(values, BECAME)
    assert not jumps(values, 0.2)


@given(
    at=st.integers(6, 30), seed=st.integers(0, 10**6), noise=st.floats(0, 0.04),
    low=st.floats(0.1, 0.2), high=st.floats(0.65, 0.95),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_that_a_change_is_found_through_small_noise(
    at: int, seed: int, noise: float, low: float, high: float
) -> None:
    values = curve((at, low), (40 - at, high))
    values += np.random.default_rng(seed).uniform(-noise, noise, 40)
    found = happenings(history({"previous": values}))
    assert [(mark.kind, mark.step) for mark in found] == [("became", 10 * at)]


def test_that_noise_is_that_of_the_curve_and_not_of_its_slope_or_its_jump() -> None:
    assert noise_of(np.linspace(0, 3, 50)) == pytest.approx(0, abs=1e-12)
    assert noise_of(curve((20, 0.0), (20, 5.0))) == 0
    normal = np.random.default_rng(5).normal(size=4000)
    assert noise_of(normal) == pytest.approx(1, rel=0.06)


def test_that_the_history_is_every_step_measured_alone(tmp_path: Path) -> None:
    subject = subject_of({"model.architecture": "encoder-decoder"})
    kept = kept_steps(subject, tmp_path, 4)
    found = whole_timeline(subject, kept, asked(subject, "3 1 4 1 3", "3 1 4 1 3"))
    measured = history_of([found])
    for place in range(4):
        alone = measure_heads(found.trace(place))
        assert alone.heads == measured.heads
        theirs = alone.values_NM
        columns = [n for n, m in enumerate(MEASURES) if m.key not in ("moved", "positional")]
        np.testing.assert_allclose(
            measured.values_SNM[place][:, columns], theirs[:, columns], rtol=1e-5, atol=1e-6
        )
    twice = history_of([found, found])
    np.testing.assert_allclose(twice.values_SNM, measured.values_SNM, rtol=1e-9)
    for pair, (one, other) in enumerate(measured.pairs):
        (site, head), (_, another) = measured.heads[one], measured.heads[other]
        a, b = found.weights[site][:, head], found.weights[site][:, another]
        if site.kind is SiteKind.DECODER:  # Its first query has no choice.
            a, b = a[:, 1:], b[:, 1:]
        shared = np.minimum(a, b).sum(axis=2).mean(axis=1)
        np.testing.assert_allclose(measured.overlap_SP[:, pair], shared, rtol=1e-5)

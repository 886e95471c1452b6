"""Drawing tokens: the right distribution, the same text for a seed, and filters that only cut."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from explorer.data.vocabulary import END
from explorer.decoding import filters
from explorer.decoding.sampling import drawn, luck
from explorer.decoding.stepper import decode_steps
from explorer.messages.config import DecodingConfig
from tests.subject import small_subject

DRAWS = 10_000
scores = st.lists(st.floats(-8, 8, width=32), min_size=2, max_size=40)


def sample(**values: object) -> DecodingConfig:
    return DecodingConfig.model_validate({"method": "sample", "max_length": 12, **values})


@pytest.mark.parametrize("over", ["seeds", "draws"])
def test_that_tokens_are_drawn_by_their_probability(over: str) -> None:
    torch.manual_seed(5)
    chances = torch.randn(9).mul(1.5).softmax(-1)
    numbers = [luck(n, 0) if over == "seeds" else luck(0, n) for n in range(DRAWS)]
    counts = np.bincount([drawn(chances, number) for number in numbers], minlength=9)
    expected = chances.double().numpy() / chances.double().sum().item() * DRAWS
    assert stats.chisquare(counts, expected).pvalue > 0.01


def test_that_a_step_of_a_model_is_drawn_from_what_it_says() -> None:
    subject = small_subject(1)
    source = subject.source("3 1 4")
    config = sample(temperature=1.5, top_k=6, candidates=100)
    counts: dict[int, int] = {}
    first = next(decode_steps(subject, source, config))
    for seed in range(400):
        step = next(decode_steps(subject, source, config.model_copy(update={"seed": seed})))
        counts[step.token.id] = counts.get(step.token.id, 0) + 1
    open_to = {c.token.id: c.final for c in first.candidates if c.final}
    assert len(open_to) == 6 and set(counts) <= set(open_to)
    found = [counts.get(id, 0) for id in open_to]
    expected = np.array(list(open_to.values()))
    assert stats.chisquare(found, expected / expected.sum() * 400).pvalue > 0.01


def test_that_the_same_seed_gives_the_same_text_and_others_give_others() -> None:
    subject = small_subject(1)
    source = subject.source("3 1 4")

    def ids(seed: int) -> tuple[int, ...]:
        config = sample(seed=seed, temperature=2.0)
        return tuple(step.token.id for step in decode_steps(subject, source, config))

    assert ids(7) == ids(7)
    assert len({ids(seed) for seed in range(20)}) > 10


@pytest.mark.parametrize("method", ["greedy", "sample"])
@pytest.mark.parametrize("seed", range(4))
def test_that_a_forced_beginning_goes_on_as_the_uncut_text_does(method: str, seed: int) -> None:
    subject = small_subject(seed)
    source = subject.source("3 1 4")
    config = DecodingConfig.model_validate({
        "method": method, "max_length": 12, "seed": 3, "temperature": 1.5,
        "repetition_penalty": 1.3,
    })  # fmt: skip
    whole = list(decode_steps(subject, source, config))
    ids = [step.token.id for step in whole]
    for cut in range(len(ids) + 1):
        again = list(decode_steps(subject, source, config, ids[:cut]))
        assert [step.token.id for step in again] == ids
        assert [step.how for step in again[:cut]] == ["forced"] * cut
        for old, new in zip(whole, again, strict=True):
            assert new.index == old.index and new.rank == old.rank
            assert new.log_probability == pytest.approx(old.log_probability, abs=1e-5)
            assert new.final == pytest.approx(old.final, abs=1e-5)
            assert new.attention.keys() == old.attention.keys()
            for site, paid in old.attention.items():
                np.testing.assert_allclose(new.attention[site], paid, atol=1e-5)


def test_that_a_banned_token_is_never_written() -> None:
    subject = small_subject(2)
    source = subject.source("3 1 4")
    for method in ("greedy", "sample", "beam"):
        config = DecodingConfig.model_validate({"method": method, "max_length": 8})
        bans = [END]
        for _ in range(3):
            steps = list(decode_steps(subject, source, config, bans=bans))
            assert len(steps) == 8 and not {step.token.id for step in steps} & set(bans)
            assert all(c.final == 0 for s in steps for c in s.candidates if c.token.id in bans)
            bans.append(steps[0].token.id)


@given(scores, st.integers(1, 50))
def test_that_top_k_keeps_the_best_and_their_equals(values: list[float], count: int) -> None:
    table = torch.tensor([values])
    kept = {n for n, s in enumerate(filters.top_k(table, count)[0].tolist()) if s > filters.CUT}
    last = sorted(values, reverse=True)[min(count, len(values)) - 1]
    assert kept == {n for n, value in enumerate(values) if value >= last}


@given(scores, st.floats(0.05, 0.99))
def test_that_top_p_is_the_smallest_best_part_that_reaches_p(values: list[float], p: float) -> None:
    table = torch.tensor([values], dtype=torch.float64)
    left = filters.top_p(table, p)[0] > filters.CUT
    chances = table.softmax(-1)[0]
    kept = chances[left]
    assert kept.sum() >= p - 1e-9
    assert kept.sum() - kept.min() <= p + 1e-9
    assert left.all() or kept.min() >= chances[~left].max()


@given(scores, st.floats(0.01, 1))
def test_that_min_p_keeps_what_is_near_the_best(values: list[float], share: float) -> None:
    table = torch.tensor([values], dtype=torch.float64)
    left = filters.min_p(table, share)[0] > filters.CUT
    chances = table.softmax(-1)[0]
    assert left[chances.argmax()]
    for chance, kept in zip(chances.tolist(), left.tolist(), strict=True):
        if abs(chance - share * chances.max().item()) > 1e-12:
            assert kept == (chance > share * chances.max().item())


@given(scores, st.floats(0.05, 0.99))
def test_that_typical_keeps_the_least_odd_that_reach_the_mass(
    values: list[float], mass: float
) -> None:
    table = torch.tensor([values], dtype=torch.float64)
    left = filters.typical(table, mass)[0] > filters.CUT
    log = table.log_softmax(-1)[0]
    odd = (-log + (log.exp() * log).sum()).abs()
    assert log.exp()[left].sum() >= mass - 1e-9
    assert left.all() or odd[left].max() <= odd[~left].min() + 1e-12


@given(scores, st.floats(0.5, 3), st.data())
def test_that_the_penalty_moves_written_tokens_only(
    values: list[float], penalty: float, data: st.DataObject
) -> None:
    places = st.integers(0, len(values) - 1)
    written = data.draw(st.lists(places, min_size=1, max_size=5))
    table = torch.tensor([values], dtype=torch.float64)
    found = filters.penalised(table, torch.tensor([written]), penalty)[0].tolist()
    for place, (old, new) in enumerate(zip(table[0].tolist(), found, strict=True)):
        moved = old * penalty if old < 0 else old / penalty
        assert new == (moved if place in written else old)


@given(scores, st.data())
def test_that_no_filter_leaves_nothing_or_changes_what_it_keeps(
    values: list[float], data: st.DataObject
) -> None:
    share = st.floats(0.05, 1)
    config = sample(
        top_k=data.draw(st.integers(0, 10)), top_p=data.draw(share), min_p=data.draw(share),
        typical=data.draw(share), temperature=data.draw(st.floats(0.1, 5)),
    )  # fmt: skip
    table = torch.tensor([values])
    found = filters.truncated(table, config)[0]
    left = found > filters.CUT
    assert left.any()
    assert torch.equal(found[left], (table[0] / config.temperature)[left])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20).filter(any), st.floats(0, 1))
def test_that_a_token_without_probability_is_never_drawn(chances: list[float], at: float) -> None:
    assert chances[drawn(torch.tensor(chances, dtype=torch.float64), at)] > 0

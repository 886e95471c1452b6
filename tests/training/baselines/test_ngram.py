"""The n-gram model against NLTK's and against its definition, term by term."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.training.baselines.grams import Counts
from explorer.training.baselines.ngram import NGram, choose_order, estimated_discounts

SHAKESPEARE = Path(__file__).parents[4] / "shared" / "data" / "tinyshakespeare" / "input.txt"
ROWS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=9), min_size=1, max_size=8)


def arrays(rows: Sequence[Sequence[int]]) -> list[np.ndarray]:
    return [np.array(row, np.int64) for row in rows]


@pytest.mark.parametrize("order", [2, 3, 4])
def test_that_probabilities_are_those_of_nltk(order: int) -> None:
    from nltk.lm import KneserNeyInterpolated
    from nltk.util import everygrams

    chance = np.random.default_rng(0)
    text = chance.integers(0, 6, 400)
    text = np.concatenate([text, text[:7]])  # Something stands before its first grams too.
    held = chance.integers(0, 6, 200)
    theirs = KneserNeyInterpolated(order, discount=0.1)
    words = [str(token) for token in text]
    theirs.fit([list(everygrams(words, max_len=order))], sorted(set(words)))
    expected = [
        theirs.score(str(token), [str(t) for t in held[max(0, i - order + 1) : i]])
        for i, token in enumerate(held)
    ]
    discounts = [(0.0, 0.0, 0.0), *[(0.1, 0.1, 0.1)] * (order - 1)]  # Theirs has none for words.
    found, _ = NGram(Counts([text], 6, lead=False), order, discounts).foreseen([held])
    np.testing.assert_allclose(found, expected, atol=1e-12)


class ByDefinition:
    """Modified Kneser–Ney in plain Python, with one mark before each row."""

    def __init__(self, rows: list[list[int]], vocabulary: int, order: int) -> None:
        self.vocabulary, self.order = vocabulary, order
        rows = [[vocabulary, *row] for row in rows]
        raw: Counter[tuple[int, ...]] = Counter()
        before: dict[tuple[int, ...], set[int]] = defaultdict(set)
        for row in rows:
            for end in range(1, len(row)):
                for length in range(1, min(order + 1, end + 1) + 1):
                    gram = tuple(row[end - length + 1 : end + 1])
                    raw[gram] += 1
                    if length > 1:
                        before[gram[1:]].add(gram[0])
        self.counts: dict[int, dict[tuple[int, ...], int]] = {}
        for length in range(1, order + 1):
            grams = [gram for gram in raw if len(gram) == length]
            led = {g: raw[g] if length == order or g[0] == vocabulary else len(before[g])
                   for g in grams}  # fmt: skip
            self.counts[length] = led
        self.discounts = {
            length: (0.0, *estimated_discounts(np.array([0, *counts.values()])))
            for length, counts in self.counts.items()
        }

    def p(self, context: tuple[int, ...], token: int) -> float:
        length = len(context) + 1
        counts = {g: n for g, n in self.counts[length].items() if g[:-1] == context}
        lower = self.p(context[1:], token) if context else 1 / self.vocabulary
        total = sum(counts.values())
        if not total:
            return lower
        taken = {g: min(n, self.discounts[length][min(n, 3)]) for g, n in counts.items()}
        gram = (*context, token)
        share = sum(taken.values()) / total
        return (counts.get(gram, 0) - taken.get(gram, 0)) / total + share * lower


@given(ROWS, ROWS, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_that_probabilities_and_guesses_follow_the_definition(
    rows: list[list[int]], held: list[list[int]], order: int
) -> None:
    plain = ByDefinition(rows, 4, order)
    model = NGram(Counts(arrays(rows), 4, lead=True), order)
    found, right = model.foreseen(arrays(held))
    place = 0
    for row in held:
        marked = [4, *row]
        for end in range(1, len(marked)):
            context = tuple(marked[max(0, end - order + 1) : end])
            every = [plain.p(context, token) for token in range(4)]
            assert math.isclose(sum(every), 1, abs_tol=1e-9)
            assert math.isclose(found[place], every[marked[end]], abs_tol=1e-12)
            if right[place]:
                assert math.isclose(every[marked[end]], max(every), abs_tol=1e-12)
            else:
                assert sorted(every)[-2] >= every[marked[end]] - 1e-12
            place += 1
    assert place == len(found)


def test_that_what_stands_before_a_window_is_not_known() -> None:
    text = np.tile([0, 1, 2, 3], 50)
    model = NGram(Counts([text], 4, lead=False), 3)
    whole, _ = model.foreseen([text[:8]], skip=1)
    parts, _ = model.foreseen([text[:4], text[4:8]], skip=1)
    assert len(whole) == 7 and len(parts) == 6
    assert whole[4] > parts[3]  # The second token of the second window knows one token, not two.


def test_that_the_order_is_the_one_that_explains_what_was_kept_back() -> None:
    chance = np.random.default_rng(0)
    rows = [chance.integers(0, 5, 3000) for _ in range(2)]
    for row in rows:  # Each token follows from the two before it, most of the time.
        for place in range(2, len(row)):
            if chance.random() < 0.9:
                row[place] = (row[place - 1] + 2 * row[place - 2]) % 5
    assert choose_order(Counts(rows[:1], 5, lead=False), rows[1:], 6) == 3


@cache
def shakespeare() -> tuple[np.ndarray, int]:
    text = SHAKESPEARE.read_text(encoding="utf-8")
    kinds, ids = np.unique(list(text), return_inverse=True)
    return ids, len(kinds)


@pytest.mark.slow
@pytest.mark.skipif(not SHAKESPEARE.exists(), reason="needs ../shared/data/tinyshakespeare")
def test_that_shakespeare_costs_what_good_compression_costs() -> None:
    """PPM packs it at about 2.2 bits a character; single characters cost 4.8."""
    ids, kinds = shakespeare()
    cut = int(0.9 * len(ids))
    counts = Counts([ids[:cut]], kinds, lead=False)
    assert NGram(counts, 1).score([ids[cut:]]).loss == pytest.approx(3.347, abs=0.01)
    assert NGram(counts, 7).score([ids[cut:]]).loss == pytest.approx(1.517, abs=0.01)

"""Each list's answer, found again by code that knows nothing of how it was made."""

import re
from collections import Counter
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest

from explorer.data.pairs import Pair
from explorer.data.tasks import TASKS
from explorer.messages.config import TaskConfig

FORMS = (
    "%d %B %Y", "%B %d, %Y", "%d/%m/%Y", "%d.%m.%Y", "%a %d %b %y", "%d %b %Y", "%b %d %Y",
    "%A, %d %B %Y", "%d of %B %Y", "%d-%m-%Y", "%d/%m/%y",
)  # fmt: skip


def examples(task: str, count: int = 600, **settings: int) -> list[Pair]:
    chance = np.random.default_rng(5)
    chosen: dict[str, int] = {"min_length": 2, "max_length": 6, "symbols": 12, **settings}
    config = TaskConfig.model_validate({"name": "copy", **chosen})
    return [TASKS[task].example(chance, config) for _ in range(count)]


def read_date(written: str) -> tuple[str, str]:
    """The form that a date is written in, and the day in ISO form."""
    bare = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", written)
    for form in FORMS:
        try:
            day = datetime.strptime(bare, form)
        except ValueError:
            continue
        if "%y" in form and day.year >= 2050:  # Python turns over at 69, we at 50.
            day = datetime.strptime(bare[:-2] + f"19{day.year % 100}", form.replace("%y", "%Y"))
        return form, day.date().isoformat()
    raise AssertionError(f"cannot read {written!r}")


def test_that_a_copy_is_the_same_list() -> None:
    assert all(pair.source == pair.target for pair in examples("copy"))


def test_that_a_reversed_list_read_backwards_is_the_source() -> None:
    for pair in examples("reverse"):
        assert list(reversed(pair.target.split(" "))) == pair.source.split(" ")


def test_that_a_sorted_list_rises_and_holds_the_same_items() -> None:
    for pair in examples("sort"):
        items = [int(item, 36) for item in pair.target.split(" ")]
        assert all(a <= b for a, b in pairwise(items))
        assert sorted(items) == sorted(int(item, 36) for item in pair.source.split(" "))


def test_that_a_shifted_list_has_every_item_one_place_earlier() -> None:
    for pair in examples("shift"):
        source, target = pair.source.split(" "), pair.target.split(" ")
        assert [target[i - 1] for i in range(len(source))] == source


@pytest.mark.parametrize("task", ["copy", "reverse", "sort", "shift"])
def test_that_lists_keep_to_their_lengths_and_symbols(task: str) -> None:
    lists = [pair.source.split(" ") for pair in examples(task)]
    assert {len(items) for items in lists} == {2, 3, 4, 5, 6}
    assert {item for items in lists for item in items} == set("0123456789ab")


def test_that_a_repetition_goes_on_as_the_first_time() -> None:
    for pair in examples("repeat"):
        whole = pair.source.split(" ") + pair.target.split(" ")
        half = len(whole) // 2
        assert whole[:half] == whole[half:] and len(set(whole)) == half
        assert half < len(pair.source.split(" ")) < 2 * half


def test_that_each_token_of_a_continued_list_is_what_followed_the_one_before_earlier() -> None:
    for pair in examples("induction"):
        *given, cue = pair.source.split(" ")
        assert len(set(given)) == len(given) and given[-1] == "."
        for item, due in pairwise([cue, *pair.target.split(" ")]):
            assert given[given.index(item) + 1] == due
        assert pair.target.endswith(".")


def test_that_no_place_tells_where_a_list_goes_on() -> None:
    lists = examples("induction", 6000, min_length=6, max_length=6)
    places = Counter(pair.source.split(" ").index(pair.source[-1]) for pair in lists)
    assert set(places) == {0, 1, 2, 3, 4}
    assert all(1050 < count < 1350 for count in places.values())


def test_that_the_recalled_value_is_the_asked_key_s() -> None:
    places: Counter[int] = Counter()
    for pair in examples("recall"):
        *pairs, mark, asked = pair.source.split(" ")
        keys = [key for key, _ in pairs]
        assert mark == "?" and len(set(keys)) == len(keys)
        assert dict(pairs)[asked] == pair.target  # type: ignore[arg-type]
        places[keys.index(asked)] += 1
    assert max(places.values()) < 250  # Not always the first.


def test_that_sums_are_right_and_of_every_length() -> None:
    lengths: Counter[tuple[int, int]] = Counter()
    for pair in examples("addition", max_length=3, min_length=1):
        match = re.fullmatch(r"(0|[1-9]\d*)\+(0|[1-9]\d*)", pair.source)
        assert match and sum(map(int, match.groups())) == int(pair.target)
        lengths[len(match[1]), len(match[2])] += 1
    assert set(lengths) == {(a, b) for a in (1, 2, 3) for b in (1, 2, 3)}


def test_that_sums_on_a_clock_are_remainders() -> None:
    seen: set[int] = set()
    for pair in examples("modular", modulus=13):
        first, second = map(int, pair.source.split(" + "))
        assert int(pair.target) == (first + second) % 13
        seen |= {first, second}
    assert seen == set(range(13))


def test_that_parity_counts_the_ones_so_far() -> None:
    for pair in examples("parity"):
        bits = pair.source.split(" ")
        odd = [str(bits[: i + 1].count("1") % 2) for i in range(len(bits))]
        assert " ".join(odd) == pair.target


def test_that_a_count_is_that_of_the_asked_item() -> None:
    for pair in examples("counting"):
        items, asked = pair.source.split(" ? ")
        assert items.split(" ").count(asked) == int(pair.target)
        assert 2 <= len(items.split(" ")) <= 6


def test_that_the_most_frequent_item_leads_alone() -> None:
    margins: Counter[int] = Counter()
    for pair in examples("majority", symbols=3):
        (first, most), *others = Counter(pair.source.split(" ")).most_common()
        assert first == pair.target and all(count < most for _, count in others)
        margins[most - max((count for _, count in others), default=0)] += 1
    assert margins[1] > 150  # Close ones are not rare.


def test_that_balanced_brackets_vanish_when_their_pairs_are_taken_out() -> None:
    kept: Counter[bool] = Counter()
    for pair in examples("brackets", max_length=12):
        left, before = pair.source.replace(" ", ""), ""
        while left != before:
            before, left = left, re.sub(r"\(\)|\[\]|\{\}", "", left)
        assert pair.target == ("broken" if left else "balanced"), pair
        text = pair.source
        if left:
            kept[all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))] += 1
    assert kept[True] > 60  # Counting alone does not tell.


def test_that_the_needle_follows_its_mark() -> None:
    places: set[int] = set()
    for pair in examples("needle", min_length=20, max_length=20):
        items = pair.source.split(" ")
        assert items.count("!") == 1 and items[items.index("!") + 1] == pair.target
        places.add(items.index("!"))
    assert places == set(range(20))


def test_that_dates_are_read_right_and_in_every_form() -> None:
    seen: set[str] = set()
    for pair in examples("dates"):
        form, day = read_date(pair.source)
        assert day == pair.target, pair
        seen.add(form)
    assert seen == set(FORMS)


def test_that_the_day_of_the_week_is_the_right_one() -> None:
    named = [
        pair for pair in examples("dates") if re.match(r"[A-Za-z]+,? \d+ [A-Za-z]", pair.source)
    ]
    assert len(named) > 20
    for pair in named:
        weekday = datetime.fromisoformat(pair.target).strftime("%A")
        assert pair.source[:3].lower() == weekday[:3].lower()

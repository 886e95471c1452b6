"""Each task's examples, checked by code that knows nothing of how they were made."""

import re
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest

from explorer.data.pairs import Pair
from explorer.data.tasks import TASKS
from explorer.data.vocabulary import UNKNOWN, train_vocabulary
from explorer.messages.config import TaskConfig

FORMS = (
    "%d %B %Y", "%B %d, %Y", "%d/%m/%Y", "%d.%m.%Y", "%a %d %b %y", "%d %b %Y", "%b %d %Y",
    "%A, %d %B %Y", "%d of %B %Y", "%d-%m-%Y", "%d/%m/%y",
)  # fmt: skip


def examples(task: str, count: int = 400) -> list[Pair]:
    chance = np.random.default_rng(5)
    config = TaskConfig(name="copy", min_length=2, max_length=6, symbols=12)
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


@pytest.mark.parametrize("task", ["copy", "reverse", "sort"])
def test_that_lists_keep_to_their_lengths_and_symbols(task: str) -> None:
    lists = [pair.source.split(" ") for pair in examples(task)]
    assert {len(items) for items in lists} == {2, 3, 4, 5, 6}
    assert {item for items in lists for item in items} == set("0123456789ab")


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


@pytest.mark.parametrize("task", sorted(TASKS))
def test_that_the_vocabulary_knows_every_example(task: str) -> None:
    kind = "character" if task == "dates" else "word"
    config = TaskConfig(name="copy", min_length=2, max_length=6, symbols=12)
    vocabulary = train_vocabulary(TASKS[task].words(config), kind, 200)
    texts = [text for pair in examples(task) for text in (pair.source, pair.target)]
    assert all(UNKNOWN not in row for row in vocabulary.ids(texts))
    assert [vocabulary.text(row) for row in vocabulary.ids(texts)] == texts

"""Dates as people write them to ISO dates."""

import datetime
from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.messages.config import TaskConfig

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST, LAST = datetime.date(1950, 1, 1).toordinal(), datetime.date(2049, 12, 31).toordinal()


class Dates:
    """`24 July 2004`, `July 24, 2004`, `24/07/2004`, `Sat 24 Jul 04` → `2004-07-24`."""

    name: ClassVar[str] = "dates"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A day between 1950 and 2049 in one of the usual ways of writing."""
        day = datetime.date.fromordinal(int(chance.integers(FIRST, LAST + 1)))
        written = _WRITTEN[int(chance.integers(len(_WRITTEN)))](day)
        if chance.random() < 0.1:
            written = written.lower()
        return Pair(written, day.isoformat())

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every character that dates are made of."""
        names = " ".join(MONTHS + DAYS)
        return [names, names.lower(), "0123456789 ,./-stndrdth"]


def _ordinal(day: int) -> str:
    if 11 <= day <= 13:
        return f"{day}th"
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th') }"


# Two-digit years mean 1950 to 2049; numbers alone stand in the order day, month, year.
_WRITTEN = (
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{DAYS[d.weekday()][:3]} {d.day} {MONTHS[d.month - 1][:3]} {d.year % 100:02}",
    lambda d: f"{d.day} {MONTHS[d.month - 1][:3]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3]} {d.day} {d.year}",
    lambda d: f"{DAYS[d.weekday()]}, {d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {_ordinal(d.day)}, {d.year}",
    lambda d: f"{_ordinal(d.day)} of {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day:02}-{d.month:02}-{d.year}",
    lambda d: f"{d.day:02}/{d.month:02}/{d.year % 100:02}",
)

"""Summaries by key facts: each word looks at the fact that matters and skips the padding."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig

NAMES = ("Adams", "Baker", "Clark", "Evans", "Hughes", "Morris", "Parker", "Turner")
TOWNS = ("Bath", "Derby", "Exeter", "Leeds", "Oxford", "York")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DEEDS = (
    "opened a library", "opened a school", "opened a bakery", "bought a house", "bought a boat",
    "bought a farm", "won a race", "won a prize", "lost a ring", "lost a dog", "found a ring",
    "found a coin", "sold a farm", "sold a painting",
)  # fmt: skip
_WHOLE = (
    "On {day}, {name} {deed} in {town}.",
    "In {town}, {name} {deed} on {day}.",
    "{name} {deed} in {town} on {day}.",
    "{name} {deed} on {day} in {town}.",
    "It was {name} who {deed} in {town} on {day}.",
    "{town} was where {name} {deed} on {day}.",
)
_WHAT = ("{name} {deed}.", "It was {name} who {deed}.", "Here is how {name} {deed}.")
_WHERE = (
    "It happened in {town} on {day}.", "It happened on {day} in {town}.",
    "The day was {day} and the town was {town}.", "The town was {town} and the day was {day}.",
)  # fmt: skip
_PADDING = (
    "Good morning to all our readers.", "The weather stayed mild.", "Nobody had expected it.",
    "Many people came to watch.", "{name} could not come.", "{name} laughed and went home.",
    "A plan like this had failed in {town}.", "{town} had no such luck.",
    "It had rained since {day}.", "More news will follow on {day}.", "{name} {deed} last year.",
    "In {town}, nobody {deed}.", "{name} never {deed}.",
)  # fmt: skip


class Summary:
    """A report with much around it → `Adams opened a library in Bath on Monday.`"""

    name: ClassVar[str] = "summary"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """An event told in one sentence or in two, among sentences that do not matter."""
        draw = Drawing(chance)
        facts = {
            "name": draw.one(NAMES), "deed": draw.one(DEEDS), "town": draw.one(TOWNS),
            "day": draw.one(DAYS),
        }  # fmt: skip
        forms = [draw.one(_WHOLE)] if draw.often(0.5) else [draw.one(_WHAT), draw.one(_WHERE)]
        told = [form.format_map(facts) for form in forms]
        for _ in range(draw.between(1, 3)):
            told.insert(draw.below(len(told) + 1), _padding(draw))
        return Pair(" ".join(told), "{name} {deed} in {town} on {day}.".format_map(facts))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every word once."""
        yield " ".join([*NAMES, *TOWNS, *DAYS, *DEEDS])
        yield from (form.format(name="", deed="", town="", day="") for form in _FORMS)
        yield from (f"{town}, {day}, {day}." for town, day in zip(TOWNS * 2, DAYS, strict=False))


_FORMS = (*_WHOLE, *_WHAT, *_WHERE, *_PADDING)


def _padding(draw: Drawing) -> str:
    return draw.one(_PADDING).format(
        name=draw.one(NAMES), deed=draw.one(DEEDS), town=draw.one(TOWNS), day=draw.one(DAYS)
    )

"""Who did what to whom: each word looks at the verb, and at its voice, to know its part."""

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig

LABELS = ("agent", "patient", "recipient", "verb", "time", "place", "other")
LIVING = (
    "dog", "cat", "girl", "boy", "teacher", "doctor", "farmer", "king", "fox", "horse", "baker",
    "sailor",
)  # fmt: skip
THINGS = ("book", "ring", "letter", "apple", "lamp", "coat", "cake", "map")
ADJECTIVES = ("old", "young", "small", "tall", "brown", "quiet")
_OF_THINGS = ("old", "small", "brown", "heavy", "new")
_PLAIN = {
    "chase": ("chased", "chased"), "follow": ("followed", "followed"),
    "help": ("helped", "helped"), "push": ("pushed", "pushed"), "watch": ("watched", "watched"),
    "find": ("found", "found"), "see": ("saw", "seen"), "know": ("knew", "known"),
}  # fmt: skip
_GIVING = {
    "give": ("gave", "given"), "send": ("sent", "sent"), "offer": ("offered", "offered"),
    "sell": ("sold", "sold"), "show": ("showed", "shown"), "lend": ("lent", "lent"),
}  # fmt: skip
TIMES = ("yesterday", "today", "last week", "on Monday")
PLACES = ("in the garden", "near the river", "at school", "behind the house")

# A form says where the parts stand, of the verb its base, past or participle (done); a thing is
# the patient of giving. Any other word stands for itself.
_FORMS = tuple((kind, form.split()) for kind, form in (
    (_PLAIN, "agent past patient"),
    (_PLAIN, "patient was done by agent"),
    (_PLAIN, "patient was done"),
    (_PLAIN, "it was patient that agent past"),
    (_PLAIN, "it was agent that past patient"),
    (_PLAIN, "who:patient did agent base"),
    (_PLAIN, "who:agent past patient"),
    (_GIVING, "agent past recipient thing"),
    (_GIVING, "agent past thing to recipient"),
    (_GIVING, "recipient was done thing by agent"),
    (_GIVING, "recipient was done thing"),
    (_GIVING, "thing was done to recipient by agent"),
    (_GIVING, "thing was done to recipient"),
    (_GIVING, "it was thing that agent past to recipient"),
    (_GIVING, "who:recipient did agent base thing to"),
    (_GIVING, "who:agent past thing to recipient"),
))  # fmt: skip
Piece = tuple[str, str]
"""Words and the one label that they all have."""


class Roles:
    """`the cat was chased by the dog` → `patient patient other verb other agent agent`."""

    name: ClassVar[str] = "roles"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A sentence in one of many forms, and the part that each of its words plays."""
        draw = Drawing(chance)
        pieces = _around(_sentence(draw), draw)
        words = [(word, label) for text, label in pieces for word in text.split()]
        return Pair(" ".join(word for word, _ in words), " ".join(label for _, label in words))

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every word and every label once."""
        verbs = [verb for kind in (_PLAIN, _GIVING) for forms in kind.values() for verb in forms]
        yield " ".join([*LIVING, *THINGS, *ADJECTIVES, *_OF_THINGS, *TIMES, *PLACES, *LABELS])
        yield " ".join([*_PLAIN, *_GIVING, *verbs, "the a an was by to it that who did"])


def _sentence(draw: Drawing) -> list[Piece]:
    kinds, form = draw.one(_FORMS)
    base = draw.one(tuple(kinds))
    past, done = kinds[base]
    names = draw.some(LIVING, 3)
    pieces: list[Piece] = []
    for slot in form:
        match slot:
            case "agent" | "patient" | "recipient":
                pieces.append((_phrase(draw, names.pop(), ADJECTIVES), slot))
            case "thing":
                pieces.append((_phrase(draw, draw.one(THINGS), _OF_THINGS), "patient"))
            case "base" | "past" | "done":
                pieces.append(({"base": base, "past": past, "done": done}[slot], "verb"))
            case _:
                word, _, label = slot.partition(":")
                pieces.append((word, label or "other"))
    return pieces


def _phrase(draw: Drawing, noun: str, adjectives: tuple[str, ...]) -> str:
    phrase = f"{draw.one(adjectives)} {noun}" if draw.often(0.4) else noun
    if draw.often(0.6):
        return f"the {phrase}"
    return f"an {phrase}" if phrase[0] in "aeiou" else f"a {phrase}"


def _around(pieces: list[Piece], draw: Drawing) -> list[Piece]:
    """Half of the sentences also say when or where, before or behind."""
    if draw.often(0.5):
        return pieces
    label = draw.one(("time", "place"))
    said = (draw.one(TIMES if label == "time" else PLACES), label)
    asks = pieces[0][0] == "who"
    return [said, *pieces] if draw.often(0.5) and not asks else [*pieces, said]

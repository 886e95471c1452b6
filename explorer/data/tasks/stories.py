"""Questions on short stories of merchants: who is where, who has what, where is what.

After the tasks of bAbI (Weston et al., 2015) with one and two supporting facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig

PEOPLE = ("Anna", "Ben", "Carla", "David", "Emma", "Felix")
PLACES = ("Rome", "Paris", "Cairo", "Delhi", "Lima", "Oslo")
THINGS = ("bread", "salt", "silk", "tea", "gold")
GOES = ("reached", "visited", "entered")
TAKES = ("took", "bought")
LEAVES = ("left", "sold")
FEWEST, MOST = 1, 5
"""Sentences of a story."""


@dataclass(slots=True)
class _World:
    """Who is where, and who holds what, so far as it was told."""

    draw: Drawing
    people: list[str]
    place: dict[str, str] = field(default_factory=dict[str, str])
    holder: dict[str, str] = field(default_factory=dict[str, str])
    thing_place: dict[str, str] = field(default_factory=dict[str, str])
    told: list[str] = field(default_factory=list[str])

    def go_on(self) -> None:
        """One more sentence: somebody moves, takes a thing or leaves it somewhere."""
        person, draw = self.draw.one(self.people), self.draw
        held = [thing for thing, holder in self.holder.items() if holder == person]
        way = draw.below(3)
        if person not in self.place or way == 0:
            self._move(person)
        elif held and way == 1:
            self._leave(person, draw.one(held))
        else:
            self._take(person)

    def _move(self, person: str) -> None:
        place = self.draw.one([p for p in PLACES if p != self.place.get(person)])
        self.place[person] = place
        self.told.append(f"{person} {self.draw.one(GOES)} {place}.")

    def _leave(self, person: str, thing: str) -> None:
        self.thing_place[thing] = here = self.place[person]
        del self.holder[thing]
        self.told.append(f"{person} {self.draw.one(LEAVES)} {thing} in {here}.")

    def _take(self, person: str) -> None:
        here = self.place[person]
        near = [t for t in THINGS if t not in self.holder and self.thing_place.get(t, here) == here]
        if not near:
            self._move(person)
        else:
            self.holder[thing := self.draw.one(near)] = person
            self.told.append(f"{person} {self.draw.one(TAKES)} {thing}.")

    def questions(self) -> list[tuple[str, str]]:
        """The questions of one kind that the story answers, with their answers."""
        where = [(f"Where is {p}?", f"{p} {place}") for p, place in self.place.items()]
        who = [(f"Who has {t}?", f"{t} {holder}") for t, holder in self.holder.items()]
        held = [(t, f"{holder} {self.place[holder]}") for t, holder in self.holder.items()]
        left = [(t, place) for t, place in self.thing_place.items() if t not in self.holder]
        things = [(f"Where is {t}?", f"{t} {end}") for t, end in held + left]
        return self.draw.one([kind for kind in (where, who, things) if kind])


class Stories:
    """`Anna reached Rome. Anna took salt. Where is salt?` → `salt Anna Rome`.

    The answer is a chain: each word is found by the one before it, so that every step of the way
    can be seen.
    """

    name: ClassVar[str] = "stories"

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """Two or three people, what they do, and one of the questions that this answers."""
        draw = Drawing(chance)
        world = _World(draw, draw.some(PEOPLE, draw.between(2, 3)))
        for _ in range(draw.between(FEWEST, MOST)):
            world.go_on()
        question, answer = draw.one(world.questions())
        return Pair(" ".join([*world.told, question]), answer)

    def words(self, config: TaskConfig) -> Iterable[str]:
        """Every word once."""
        return [
            " ".join([*PEOPLE, *PLACES, *THINGS, *GOES, *TAKES, *LEAVES, "in"]),
            "Where is Anna? Who has salt?", "Anna left salt.",
        ]  # fmt: skip

"""Repeating the newest question while training, within a small share of the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from explorer.messages.commands import Decode, Inspect

Question = Inspect | Decode


@dataclass(slots=True)
class _Followed:
    question: Question
    cost: float = 0.0
    answered: float = 0.0


class Following:
    """Decides when the sentences on screen are worth another look at the growing model.

    A question is asked again once `1 / share` times its own cost has passed, and at most `rate`
    times a second, so that following costs training at most `share` of its time.
    """

    def __init__(
        self, share: float = 0.03, rate: float = 12.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self._share, self._gap, self._clock = share, 1 / rate, clock
        self._followed: dict[type[Question], _Followed] = {}

    def answered(self, question: Question, started: float) -> None:
        """Note that a question was answered, begun at `started` on this clock."""
        now = self._clock()
        self._followed[type(question)] = _Followed(question, now - started, now)

    def forget(self) -> None:
        """Follow nothing: another model is here."""
        self._followed.clear()

    def drop(self, question: Question) -> None:
        """Follow questions of this kind no more."""
        self._followed.pop(type(question), None)

    def due(self) -> Question | None:
        """The question that has waited longest past its time, if any."""
        now = self._clock()
        total = sum(f.cost for f in self._followed.values())
        gap = max(self._gap, total / self._share)
        waiting = [f for f in self._followed.values() if now - f.answered >= gap]
        return min(waiting, key=lambda f: f.answered).question if waiting else None

    def questions(self) -> list[Question]:
        """All that is followed."""
        return [followed.question for followed in self._followed.values()]

    def now(self) -> float:
        """The clock's time."""
        return self._clock()

"""When a question is worth asking again, on a clock that the test turns by hand."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.following import Following
from explorer.messages.commands import Decode, Inspect

SHARE, RATE = 0.05, 10.0


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class Desk:
    """Training on the hand-driven clock: short steps, and questions whenever they are due."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.following = Following(SHARE, RATE, self.clock)
        self.answers: list[tuple[float, Inspect | Decode]] = []

    def answer(self, question: Inspect | Decode, cost: float) -> None:
        started = self.following.now()
        self.clock.time += cost
        self.following.answered(question, started)
        self.answers.append((self.clock.time, question))

    def train(self, seconds: float, costs: dict[type, float], step: float = 0.001) -> float:
        """Train for some seconds of the clock; how many of them went to questions."""
        end, spent = self.clock.time + seconds, 0.0
        while self.clock.time < end:
            due = self.following.due()
            if due is None:
                self.clock.time += step
            else:
                self.answer(due, costs[type(due)])
                spent += costs[type(due)]
        return spent


def test_that_nothing_is_due_before_anything_was_asked() -> None:
    assert Desk().following.due() is None


def test_that_a_cheap_question_comes_back_at_most_so_often() -> None:
    desk = Desk()
    desk.answer(Inspect("a"), 0.0001)
    desk.train(10.0, {Inspect: 0.0001})
    assert 90 <= len(desk.answers) <= 10 * RATE + 1
    times = [time for time, _ in desk.answers]
    assert min(b - a for a, b in itertools.pairwise(times)) >= 1 / RATE - 1e-9


@given(inspect=st.floats(0.001, 0.5), decode=st.floats(0.001, 0.5))
def test_that_questions_take_their_share_of_time_and_no_more(inspect: float, decode: float) -> None:
    desk = Desk()
    costs: dict[type, float] = {Inspect: inspect, Decode: decode}
    desk.answer(Inspect("a"), inspect)
    desk.answer(Decode("a"), decode)
    seconds = 40 * (inspect + decode) / SHARE
    spent = desk.train(seconds, costs, step=0.01)
    assert spent <= 1.05 * SHARE * seconds + inspect + decode


def test_that_both_questions_get_their_turn() -> None:
    desk = Desk()
    desk.answer(Inspect("a"), 0.01)
    desk.answer(Decode("a"), 0.02)
    desk.train(20.0, {Inspect: 0.01, Decode: 0.02})
    asked = [type(question) for _, question in desk.answers]
    assert abs(asked.count(Inspect) - asked.count(Decode)) <= 1 and len(asked) > 10


def test_that_a_newer_question_takes_the_place_of_its_elder() -> None:
    desk = Desk()
    desk.answer(Inspect("a", request=1), 0.001)
    desk.answer(Inspect("b", request=2), 0.001)
    desk.clock.time += 1.0
    assert desk.following.due() == Inspect("b", request=2)
    assert desk.following.questions() == [Inspect("b", request=2)]


def test_that_what_is_forgotten_is_not_asked_again() -> None:
    desk = Desk()
    desk.answer(Inspect("a"), 0.001)
    desk.following.forget()
    desk.clock.time += 10.0
    assert desk.following.due() is None and desk.following.questions() == []

"""What is known of the open run's past: the kept steps, and one sentence at them; knows no Qt.

Axes: S step that is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.messages.commands import Travel
from explorer.messages.decoding import Decoding
from explorer.messages.measures import MEASURES, Measure
from explorer.messages.results import Site, Trace
from explorer.messages.travel import Moments, Travelled, TravelPart, TravelWritten
from explorer.ui.travel.glimpse import Glimpse
from explorer.ui.widgets.head_selection import HeadSelection

Doubles = NDArray[np.float64]
_SPREAD = 0.12
"""Least change of a share over training at which it is worth a curve."""
_SHARPNESS = ("evenness", "peak")


@dataclass(frozen=True, slots=True)
class Course:
    """A figure between 0 and 1 at the steps that are there."""

    key: str
    title: str
    steps_S: Doubles
    values_S: Doubles


class Voyage:
    """Takes in what the worker tells, and knows what is to be asked."""

    def __init__(self) -> None:
        self.openings = 0
        """Models that were opened so far."""
        self.folder = ""
        self.kept: tuple[int, ...] = ()
        self.newest = 0
        """The step of the model of now."""
        self.sentence: tuple[str, str] | None = None
        """The source and the target, empty where the model writes its own, that travel."""
        self.total = 0
        self.whole = False
        self.refused = ""
        self.milliseconds = 0.0
        self._seen: tuple[str, str] | None = None
        self._request = 0
        self._there: dict[int, Glimpse] = {}
        self._written: dict[int, Decoding] = {}

    def opened(self, step: int) -> None:
        """Another model is here."""
        self.openings += 1
        self.kept, self.folder, self.newest = (), "", step
        self._seen = None
        self.forget()

    def forget(self) -> None:
        """Nothing of the sentence is known any more."""
        self.sentence = None
        self.total, self.whole, self.refused = 0, False, ""
        self._there.clear()
        self._written.clear()

    @property
    def travels(self) -> bool:
        """Whether there is a past to go to."""
        return len(self.kept) > 1

    @property
    def done(self) -> int:
        """Steps at which the sentence is known."""
        return len(self._there)

    # What is asked

    def look(self, trace: Trace) -> None:
        """This sentence is on screen."""
        self._seen = trace.source_text, "" if trace.own_target else trace.target_text

    def wanted(self) -> Travel | None:
        """The command to send for the sentence on screen, if it is not on its way already."""
        if not self.travels or self._seen is None or self._seen == self.sentence:
            return None
        self.forget()
        self.sentence = self._seen
        self._request += 1
        return Travel(*self._seen, self._request)

    def ended(self) -> Travel | None:
        """The command by which the worker looks after the sentence no more, if it does."""
        if self.sentence is None:
            return None
        self.forget()
        self._request += 1
        return Travel("", "", self._request)

    # What is told

    def take_moments(self, told: Moments) -> None:
        """These steps are kept by now."""
        self.folder, self.kept = told.folder, told.steps
        self._there = {step: seen for step, seen in self._there.items() if step in told.steps}

    def take_part(self, part: TravelPart) -> bool:
        """Some steps of the sentence; whether they are of what was asked for last."""
        if part.request != self._request or self.sentence is None:
            return False
        measures = part.measures or (None,) * len(part.timeline.steps_S)
        for place, step in enumerate(part.timeline.steps_S.tolist()):
            self._there[step] = Glimpse(step, part.timeline, place, measures[place])
        self.total, self.whole = part.total, False
        return True

    def take_written(self, told: TravelWritten) -> bool:
        """What some steps wrote; whether it is of what was asked for last."""
        if told.request != self._request or self.sentence is None:
            return False
        self._written |= {decoding.step: decoding for decoding in told.decodings}
        return True

    def take_end(self, told: Travelled) -> bool:
        """The sentence is known at all steps, or cannot be."""
        if told.request != self._request or self.sentence is None:
            return False
        self.whole, self.refused, self.milliseconds = True, told.refused, told.milliseconds
        return True

    # What is known

    def nearest(self, step: float) -> int:
        """The kept step closest to this one; raises `ValueError` where there is none."""
        return min(self.kept, key=lambda kept: abs(kept - step))

    def glimpse(self, step: int) -> Glimpse:
        """What can be shown at once of a kept step: of the closest that is there."""
        written = self._written.get(step)
        if not self._there:
            return Glimpse(step, written=written)
        found = self._there[min(self._there, key=lambda there: (abs(there - step), there))]
        return found if written is None else replace(found, written=written)

    def wrote(self, step: int | None) -> Decoding | None:
        """What the weights of a kept step wrote by themselves; None: not known, or of now."""
        return None if step is None else self._written.get(step)

    def traces(self) -> tuple[Trace, ...]:
        """The sentence's attention at all steps that are there, rising."""
        found = (self._there[step].trace for step in sorted(self._there))
        return tuple(trace for trace in found if trace is not None)

    def chance(self) -> Course | None:
        """The probability that the model gave the sentence's tokens, their geometric mean."""
        steps = sorted(self._there)
        losses = [self._loss(step) for step in steps]
        if not steps or not np.isfinite(losses).any():
            return None
        return Course("chance", "probability", np.array(steps, float), np.exp(-np.array(losses)))

    def _loss(self, step: int) -> float:
        seen = self._there[step]
        assert seen.timeline is not None
        return float(seen.timeline.loss_S[seen.place])

    def drawn(self, chosen: HeadSelection | None) -> list[Course]:
        """The curves of the bar: the sentence's, and those of the chosen head."""
        chance = self.chance()
        found = [] if chance is None else [chance]
        if chosen is not None and chosen.site is not None:
            found += self.courses(chosen.site, chosen.head)
        return found

    def courses(self, site: Site, head: int, most: int = 2) -> list[Course]:
        """The shares of a head that changed most in training: at what it looks, then how sharp."""
        steps = [step for step in sorted(self._there) if self._there[step].measures is not None]
        found = [self._course(measure, steps, site, head) for measure in MEASURES if measure.share]
        moved = [course for course in found if _moved(course.values_S) >= _SPREAD]
        order = sorted(moved, key=lambda c: (c.key in _SHARPNESS, -_moved(c.values_S)))
        return order[:most]

    def _course(self, measure: Measure, steps: Sequence[int], site: Site, head: int) -> Course:
        tables = [self._there[step].measures for step in steps]
        values = [t.value(site, head, measure.key) for t in tables if t is not None]
        return Course(measure.key, measure.title, np.array(steps, float), np.array(values, float))


def _moved(values_S: Doubles) -> float:
    known = values_S[np.isfinite(values_S)]
    return float(np.ptp(known)) if len(known) > 1 else 0.0

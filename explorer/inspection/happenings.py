"""The detector of what happened in a training; its rule stands in words in the messages.

A curve is marked where it goes from one level to another, by a trigger with two thresholds
(Schmitt, 1938): after it was below the lower one, it has to be at the upper one or above for some
steps in a row. So noise smaller than the space between them marks nothing, wherever the curve
lies; and a change has to exceed the curve's own noise several times, so that larger noise does not
either.

Axes: S kept step (only those that were measured, inside of functions), N head, P pair, M measure.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.inspection.labels import SHARES
from explorer.messages.happenings import (
    BECAME,
    BECAME_ALIKE,
    DEAD,
    DIED,
    FALL,
    HOLD,
    JUMP,
    NOISE,
    Doubles,
    Happening,
    HeadHistory,
    Threshold,
)
from explorer.messages.measures import COLUMN, FEWEST
from explorer.messages.results import Measurement


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of level in a curve: places in it, and the levels before and after."""

    place: int
    sure: int
    before: float
    after: float
    rising: bool


def happenings(
    history: HeadHistory | None, measurements: Sequence[Measurement] = ()
) -> tuple[Happening, ...]:
    """All that happened, by step; of heads where they were measured, of figures likewise."""
    found = list(_of_figures(measurements))
    if history is not None and len(history.steps_S):
        found += [*_roles(history), *_likeness(history), *_deaths(history)]
    return tuple(sorted(found, key=lambda mark: (mark.step, mark.kind, mark.measure)))


def noise_of(values_S: Doubles) -> float:
    """The spread σ of a curve about its course, from its second differences (√6 σ).

    A level or a slope makes none, a bend hardly any, and jumps make little: of the deviations from
    their median, the median (0.6745 σ of normal noise) or the upper quartile (1.1503 σ), whichever
    says more.
    """
    if len(values_S) < 4:
        return 0.0
    differences = np.diff(values_S, n=2)
    middle, upper = np.quantile(np.abs(differences - np.median(differences)), [0.5, 0.75])
    return float(max(middle / 0.6745, upper / 1.1503)) / math.sqrt(6)


def turns(values_S: Doubles, threshold: Threshold, hold: int = HOLD) -> list[Turn]:
    """Where a curve without gaps rises to a threshold, and where it falls below the other."""
    needed = NOISE * noise_of(values_S)
    found: list[Turn] = []
    state: bool | None = None
    level = float("nan")
    for place in range(len(values_S) - hold + 1):
        window = values_S[place : place + hold]
        now = _state(window, threshold)
        if now is None:
            continue
        mean = float(window.mean())
        if state is None or now is state:
            state, level = now, mean
        elif abs(mean - level) >= needed:
            found.append(Turn(place, place + hold - 1, level, mean, now))
            state, level = now, mean
    return found


def _state(window: Doubles, threshold: Threshold) -> bool | None:
    """Above for sure, below for sure, or neither."""
    if (window >= threshold.over).all():
        return True
    return False if (window < threshold.under).all() else None


def jumps(values_S: Doubles, least: float, hold: int = HOLD) -> list[Turn]:
    """Where the median of some values exceeds that of those before by `least`, at its steepest.

    Each of them must exceed each of those before, by half of that.
    """
    needed = max(least, NOISE * noise_of(values_S))
    risen = [
        (rise, values_S[place] - values_S[place - 1], place)
        for place in range(hold, len(values_S) - hold + 1)
        if (rise := _rise(values_S[place - hold : place], values_S[place : place + hold], least))
        >= needed
    ]
    found: list[Turn] = []
    for rise, _, place in sorted(risen, reverse=True):
        if all(abs(place - other.place) >= 2 * hold for other in found):
            before = float(np.median(values_S[place - hold : place]))
            found.append(Turn(place, place + hold - 1, before, before + rise, True))
    return sorted(found, key=lambda turn: turn.place)


def _rise(before: Doubles, after: Doubles, least: float) -> float:
    apart = after.min() - before.max() >= least / 2
    return float(np.median(after) - np.median(before)) if apart else 0.0


# Heads


def _roles(history: HeadHistory) -> Iterator[Happening]:
    confidence_SNR = _confidences(history)
    best_SN = np.nan_to_num(confidence_SNR, nan=-np.inf).argmax(axis=2)
    for row, head in enumerate(history.heads):
        held: set[str] = set()
        for number, key in enumerate(SHARES):
            for mark in _curve(history, confidence_SNR[:, row, number], BECAME):
                leads = (best_SN[mark.places, row] == number).all()
                if mark.turn.rising and leads:
                    held.add(key)
                    yield mark.told("became", key, BECAME.over, head)
                elif not mark.turn.rising and key in held:
                    held.discard(key)
                    yield mark.told("ceased", key, BECAME.under, head)


def _confidences(history: HeadHistory) -> Doubles:
    """S×N×R: how far beyond chance each role's share is; NaN where too little was measured."""
    columns = [COLUMN[key] for key in SHARES]
    values_SNR, chance_NR = history.values_SNM[..., columns], history.chance_NM[:, columns]
    known_NR = (history.queries_NM[:, columns] >= FEWEST) & (chance_NR < 1)
    over = np.divide(
        values_SNR - chance_NR, 1 - chance_NR, out=np.full(values_SNR.shape, np.nan),
        where=np.broadcast_to(known_NR, values_SNR.shape),
    )  # fmt: skip
    return np.minimum(over, 1.0)


def _likeness(history: HeadHistory) -> Iterator[Happening]:
    for column, pair in enumerate(history.pairs):
        heads = tuple(history.heads[row] for row in pair)
        for mark in _curve(history, history.overlap_SP[:, column], BECAME_ALIKE):
            if mark.turn.rising:
                yield mark.told("alike", "overlap", BECAME_ALIKE.over, *heads)
            else:
                yield mark.told("apart", "overlap", BECAME_ALIKE.under, *heads)


def _deaths(history: HeadHistory) -> Iterator[Happening]:
    """By how little of the most that a head ever moved it moves now."""
    moved_SN = history.values_SNM[..., COLUMN["moved"]]
    for row, head in enumerate(history.heads):
        most_S = np.fmax.accumulate(moved_SN[:, row])
        with np.errstate(invalid="ignore", divide="ignore"):
            share_S = np.where(most_S > 0, moved_SN[:, row] / most_S, np.nan)
        for mark in _curve(history, 1 - share_S, DIED):
            kind = "died" if mark.turn.rising else "revived"
            yield mark.flipped().told(kind, "moved", DEAD, head)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A turn with the kept steps that it stands on."""

    turn: Turn
    places: list[int]
    step: int
    sure_at: int

    def flipped(self) -> "_Mark":
        """The same of 1 − the curve."""
        turn = self.turn
        other = Turn(turn.place, turn.sure, 1 - turn.before, 1 - turn.after, not turn.rising)
        return _Mark(other, self.places, self.step, self.sure_at)

    def told(self, kind: str, measure: str, threshold: float, *heads: tuple) -> Happening:
        """As a message."""
        turn = self.turn
        return Happening(
            self.step, kind, measure, turn.after, turn.before, threshold, self.sure_at, heads
        )


def _curve(history: HeadHistory, values_S: Doubles, threshold: Threshold) -> Iterator[_Mark]:
    """Turns of a curve over the kept steps at which it was measured."""
    known = np.flatnonzero(np.isfinite(values_S))
    for turn in turns(values_S[known], threshold):
        places = known[turn.place : turn.sure + 1].tolist()
        yield _Mark(turn, places, int(history.steps_S[places[0]]), int(history.steps_S[places[-1]]))


# Figures on held-out data


def _of_figures(measurements: Sequence[Measurement]) -> Iterator[Happening]:
    for name, title in (("accuracy", "accuracy"), ("exact_match", "exact match")):
        yield from _jumps_of(measurements, name, title, "jumped", JUMP, 1)
    yield from _jumps_of(measurements, "loss", "validation loss", "fell", FALL, -1)


def _jumps_of(
    measurements: Sequence[Measurement], name: str, title: str, kind: str, least: float, sign: int
) -> Iterator[Happening]:
    known = [found for found in measurements if np.isfinite(getattr(found, name))]
    values_S = np.array([sign * getattr(found, name) for found in known], np.float64)
    for turn in jumps(values_S, least):
        yield Happening(
            known[turn.place].step, kind, title, sign * turn.after, sign * turn.before, least,
            known[turn.sure].step,
        )  # fmt: skip

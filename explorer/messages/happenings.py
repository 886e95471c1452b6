"""What happened in a training, found by measurement: the rule in words, and its marks.

Axes: S kept step, N head, P pair of heads, M measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.messages.measures import SURE
from explorer.messages.results import Site

Head = tuple[Site, int]
Doubles = NDArray[np.float64]

HOLD = 3
"""Kept steps in a row that must agree before anything is marked."""
NOISE = 7.0
"""How many times the noise of its own curve a change must be."""
JUMP = 0.2
"""Least rise of accuracy or exact match that is a jump."""
FALL = 0.5
"""Least fall of the validation loss, in nats a token, that is marked."""
ALIKE = 0.9
"""Overlap from which two heads are alike."""
DEAD = 0.1
"""Share of the most that a head ever moved, under which it is dead."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A mark needs a way from below `under` to `over` or more."""

    over: float
    under: float


BECAME = Threshold(SURE, 0.25)
BECAME_ALIKE = Threshold(ALIKE, 0.75)
DIED = Threshold(1 - DEAD, 0.75)
RULE = (
    "A head becomes what a measure says (previous token, induction …) when its confidence, (share "
    f"− chance) / (1 − chance), rises from below {BECAME.under} to {BECAME.over} or more, stays "
    f"there for {HOLD} kept steps and is the highest of its roles. It ceases to be so when it "
    f"falls below {BECAME.under} for as long. Two heads of one attention become alike when their "
    f"overlap, the mean over queries of Σ min(α, β), rises from below {BECAME_ALIKE.under} to "
    f"{ALIKE}. A head dies when what it moves, ‖α·v·W_O‖, falls below {DEAD} of the most that it "
    f"ever moved. Accuracy jumps when the median of {HOLD} looks exceeds that of the {HOLD} before "
    f"by {JUMP}, and each of them each of those by half of that; the loss falls when it does so by "
    f"{FALL} nats. No change counts that is less than {NOISE:g} times the noise of its own curve "
    "(by the median and the upper quartile of its second differences' deviations), and nothing is "
    "said of what was not measured."
)


@dataclass(frozen=True, slots=True)
class Happening:
    """A mark: what happened at a step, by which measure, and where its threshold lies.

    `kind` is became, ceased, alike, apart, died, revived, jumped or fell. `value` is the level
    after it, `before` that of before, both of the measure as the rule has it (of a role: its
    confidence). `heads` are those concerned, none of a metric. `sure_at` is the kept step that
    made it sure.
    """

    step: int
    kind: str
    measure: str
    value: float
    before: float
    threshold: float
    sure_at: int
    heads: tuple[Head, ...] = ()


@dataclass(frozen=True)
class HeadHistory:
    """All heads measured at many steps, on the same sentences.

    `values_SNM` and `chance_NM` are as `measures.MEASURES`, NaN where nothing was measured;
    `queries_NM` what they rest on. `overlap_SP` is how alike the heads of each of `pairs` are.
    """

    steps_S: NDArray[np.int64]
    heads: tuple[Head, ...]
    values_SNM: Doubles
    chance_NM: Doubles
    queries_NM: Doubles
    pairs: tuple[tuple[int, int], ...]
    overlap_SP: Doubles


def in_words(happening: Happening, titles: Sequence[str] = ()) -> str:
    """One sentence for a person; `titles` name the heads, else layers and heads count from 1."""
    names = titles or [f"{_place(site)} head {head + 1}" for site, head in happening.heads]
    who, measure = " and ".join(names), happening.measure
    said = {
        "became": f"{who} became a head of the kind “{measure}”",
        "ceased": f"{who} ceased to be of the kind “{measure}”",
        "alike": f"{who} became alike", "apart": f"{who} parted",
        "died": f"{who} died: it moves hardly anything", "revived": f"{who} came back to life",
        "jumped": f"{measure} jumped", "fell": f"{measure} fell",
    }[happening.kind]  # fmt: skip
    return (
        f"Step {happening.step:,}: {said} ({measure} {happening.before:.2f} → "
        f"{happening.value:.2f}, threshold {happening.threshold:g})"
    )


def _place(site: Site) -> str:
    return f"{site.kind} layer {site.layer + 1}"

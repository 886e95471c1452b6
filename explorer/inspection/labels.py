"""A head's role from its measures; the rule stands in words in `explorer.messages.measures`."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.messages.measures import BROAD, COLUMN, FEWEST, SURE, HeadLabel

Row = NDArray[np.floating]
SHARES = (
    "previous", "next", "same", "first", "last", "induction", "duplicate", "diagonal",
    "antidiagonal",
)  # fmt: skip
"""The measures that are roles when they are high."""


def beyond_chance(share: float, chance: float) -> float:
    """What of the way from chance to 1 a share has gone; 0 at chance, less below it.

    As Cohen's κ (1960) does for agreement. NaN where chance is certain.
    """
    return (share - chance) / (1 - chance) if chance < 1 else float("nan")


def label_of(values_M: Row, chance_M: Row, queries_M: Row) -> HeadLabel:
    """The role of a head; nothing is said of what was not measured."""
    evenness, queries = float(values_M[COLUMN["evenness"]]), int(queries_M[COLUMN["evenness"]])
    if queries < FEWEST or np.isnan(evenness):
        return HeadLabel("", float("nan"), queries)
    sure = _confidences(values_M, chance_M, queries_M)
    best = max(sure, key=lambda key: sure[key], default="")
    if best and sure[best] >= SURE:
        return HeadLabel(best, sure[best], int(queries_M[COLUMN[best]]))
    if evenness >= BROAD:
        return HeadLabel("broad", min(evenness, 1.0), queries)
    return HeadLabel("mixed", 1 - max(0.0, sure.get(best, 0.0)), queries)


def _confidences(values_M: Row, chance_M: Row, queries_M: Row) -> Mapping[str, float]:
    found = {
        key: beyond_chance(float(values_M[COLUMN[key]]), float(chance_M[COLUMN[key]]))
        for key in SHARES
        if queries_M[COLUMN[key]] >= FEWEST
    }
    return {key: min(value, 1.0) for key, value in found.items() if not np.isnan(value)}

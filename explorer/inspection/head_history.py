"""Measures of all heads at all kept steps, from timelines of one sentence or of many.

Axes: S kept step, H head of a site, N head of any, M measure, P pair, Q query, K key.
"""

from collections.abc import Sequence
from itertools import combinations
from math import nan

import numpy as np
from numpy.typing import NDArray

from explorer.inspection.ground import Ground, ground_of
from explorer.inspection.measures import sums
from explorer.messages.happenings import Doubles, Head, HeadHistory
from explorer.messages.heads import Floats
from explorer.messages.measures import COLUMN, MEASURES
from explorer.messages.results import Measurement
from explorer.messages.timeline import Timeline


def history_of(timelines: Sequence[Timeline]) -> HeadHistory:
    """The measures over all queries of these sentences; raises `ValueError` without any.

    All timelines are of the same run and steps. What takes more than the weights, such as the
    share of positions, stays unmeasured.
    """
    if not timelines:
        raise ValueError("no sentence was looked at")
    tally = _Tally(timelines[0])
    for timeline in timelines:
        tally.add(timeline)
    return tally.result()


class _Tally:
    """Adds up sums over queries."""

    def __init__(self, like: Timeline) -> None:
        self._steps_S = like.steps_S
        self._heads: tuple[Head, ...] = tuple(
            (site, head)
            for site, weights in like.weights.items()
            for head in range(weights.shape[1])
        )
        rows = {head: row for row, head in enumerate(self._heads)}
        self._pairs = tuple(
            (rows[site, one], rows[site, other])
            for site, weights in like.weights.items()
            for one, other in combinations(range(weights.shape[1]), 2)
        )
        steps, heads = len(self._steps_S), len(self._heads)
        self._sums_SNM = np.zeros((steps, heads, len(MEASURES)))
        self._chance_NM, self._queries_NM = (np.zeros((heads, len(MEASURES))) for _ in range(2))
        self._overlap_SP = np.zeros((steps, len(self._pairs)))
        self._looks_P = np.zeros(len(self._pairs))

    def add(self, timeline: Timeline) -> None:
        """Count a sentence."""
        trace = timeline.trace(0)
        grounds = {kind: ground_of(trace, kind) for kind in {s.kind for s in timeline.weights}}
        row = pair = 0
        for site, weights_SHQK in timeline.weights.items():
            ground, heads = grounds[site.kind], weights_SHQK.shape[1]
            rows = slice(row, row + heads)
            self._measure(rows, weights_SHQK, timeline.moved.get(site), ground)
            count = heads * (heads - 1) // 2
            self._compare(slice(pair, pair + count), weights_SHQK, ground)
            row, pair = row + heads, pair + count

    def _measure(
        self, rows: slice, weights_SHQK: Floats, moved_SHK: Floats | None, ground: Ground
    ) -> None:
        steps, heads = weights_SHQK.shape[:2]
        moved = None if moved_SHK is None else moved_SHK.reshape(steps * heads, -1)
        found = sums(weights_SHQK.reshape(steps * heads, *weights_SHQK.shape[2:]), ground, moved)
        for key, (sum_X, queries) in found.items():
            self._sums_SNM[:, rows, COLUMN[key]] += sum_X.reshape(steps, heads)
            self._queries_NM[rows, COLUMN[key]] += queries
        for key, cells in ground.watched.items():
            self._chance_NM[rows, COLUMN[key]] += cells.chance

    def _compare(self, columns: slice, weights_SHQK: Floats, ground: Ground) -> None:
        looking_SHQK = weights_SHQK[:, :, ground.choice_Q]
        for column, (one, other) in enumerate(
            combinations(range(weights_SHQK.shape[1]), 2), columns.start
        ):
            shared_SQK = np.minimum(looking_SHQK[:, one], looking_SHQK[:, other])
            self._overlap_SP[:, column] += shared_SQK.sum(axis=(1, 2))
        self._looks_P[columns] += looking_SHQK.shape[2]

    def result(self) -> HeadHistory:
        """Shares of sums; NaN where there was nothing."""
        return HeadHistory(
            self._steps_S, self._heads, _shares(self._sums_SNM, self._queries_NM),
            _shares(self._chance_NM, self._queries_NM), self._queries_NM, self._pairs,
            _shares(self._overlap_SP, self._looks_P),
        )  # fmt: skip


def _shares(sums: Doubles, counts: Doubles) -> Doubles:
    nothing = np.full(sums.shape, np.nan)
    return np.divide(sums, counts, out=nothing, where=np.broadcast_to(counts > 0, sums.shape))


def figures_of(timelines: Sequence[Timeline]) -> tuple[Measurement, ...]:
    """Loss and accuracy of the expected tokens of all these sentences, at each of their steps."""
    losses_SN = np.concatenate([timeline.losses_SN for timeline in timelines], axis=1)
    right_SN = np.concatenate([_right(timeline) for timeline in timelines], axis=1)
    if not losses_SN.shape[1]:
        return ()
    rows = zip(timelines[0].steps_S, losses_SN.mean(1), right_SN.mean(1), strict=True)
    count = len(timelines)
    return tuple(Measurement(int(s), float(loss), nan, count, float(r)) for s, loss, r in rows)


def _right(timeline: Timeline) -> NDArray[np.bool_]:
    expected_N = np.array([token.id for token in timeline.reading.expected], np.int64)
    return timeline.candidates_SNC[..., 0] == expected_N

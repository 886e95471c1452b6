"""Measures of heads: what each is stands in `explorer.messages.measures`; here it is computed.

Axes: H head, Q query position, K key position, N heads of all sites, M measures.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.inspection.ground import Ground, ground_of
from explorer.inspection.labels import label_of
from explorer.inspection.positional import LONGEST, Offsets, offsets_of
from explorer.inspection.variability import Variability
from explorer.messages.heads import Floats, Heads, MadeWeights
from explorer.messages.measures import COLUMN, MEASURES, HeadMeasures
from explorer.messages.results import Site, SiteKind, Trace

Doubles = NDArray[np.float64]
Sums = tuple[Doubles, int]
"""Of each head the sum over queries, and how many queries these are."""


def entropy(weights_HQK: Floats) -> Doubles:
    """H×Q: −Σ α ln α in nats; what a row lacks to 1, a learned sink took, as one key more."""
    found_HQ = _entropy(weights_HQK).sum(axis=2, dtype=np.float64)
    rest_HQ = 1 - weights_HQK.sum(axis=2, dtype=np.float64)
    return found_HQ + np.where(rest_HQ > 1e-4, _entropy(np.maximum(rest_HQ, 0)), 0)


def _entropy(shares: NDArray[np.floating]) -> NDArray[np.floating]:
    tiny = np.finfo(shares.dtype).tiny
    return -shares * np.log(np.maximum(shares, tiny))


def distance(weights_HQK: Floats) -> Doubles:
    """H×Q: Σ α |q − k| over Σ α, in tokens."""
    _, queries, keys = weights_HQK.shape
    apart_QK = abs(np.arange(queries)[:, None] - np.arange(keys)).astype(np.float32)
    total_HQ = weights_HQK.sum(axis=2, dtype=np.float64)
    return np.einsum("hqk,qk->hq", weights_HQK, apart_QK) / np.maximum(total_HQ, 1e-12)


def moved(weights_HQK: Floats, moved_HK: Floats) -> Doubles:
    """H×Q: Σ α ‖v·W_O‖ (Kobayashi et al., 2020)."""
    return np.einsum("hqk,hk->hq", weights_HQK, moved_HK, dtype=np.float64)


def sums(weights_HQK: Floats, ground: Ground, moved_HK: Floats | None = None) -> dict[str, Sums]:
    """All that is measured of weights alone, as sums over queries."""
    keys_Q, choice_Q = ground.keys_Q, ground.choice_Q
    looking_Q = keys_Q > 0
    entropy_HQ = entropy(weights_HQK)
    found = {
        "entropy": _over(entropy_HQ, looking_Q),
        "evenness": _over(entropy_HQ / np.log(np.maximum(keys_Q, 2)), choice_Q),
        "peak": _over(weights_HQK.max(axis=2), choice_Q),
    }
    if ground.kind is not SiteKind.CROSS:
        found["distance"] = _over(distance(weights_HQK), looking_Q)
    if moved_HK is not None:
        found["moved"] = _over(moved(weights_HQK, moved_HK), looking_Q)
    for key, cells in ground.watched.items():
        found[key] = cells.paid(weights_HQK), cells.queries
    return found


def _over(values_HQ: NDArray[np.floating], kept_Q: NDArray[np.bool_]) -> Sums:
    return values_HQ[:, kept_Q].sum(axis=1, dtype=np.float64), int(kept_Q.sum())


@dataclass(slots=True)
class Tally:
    """Adds up measures over the heads of one sentence, or of many."""

    heads: tuple[tuple[Site, int], ...] = ()
    examples: int = 0
    _sums_NM: Doubles = field(default_factory=lambda: np.zeros((0, len(MEASURES))))
    _queries_NM: Doubles = field(default_factory=lambda: np.zeros((0, len(MEASURES))))
    _chance_NM: Doubles = field(default_factory=lambda: np.zeros((0, len(MEASURES))))
    _variability: Variability = field(default_factory=Variability)
    _started: float = field(default_factory=time.perf_counter)

    def add(self, trace: Trace) -> Iterator[int]:
        """Count a sentence; gives the number of heads done after each site, or each long map."""
        if not self.heads:
            self._begin(trace)
        grounds = {kind: ground_of(trace, kind) for kind in {site.kind for site in trace.weights}}
        offsets = {kind: offsets_of(ground.open_QK) for kind, ground in grounds.items()}
        row = 0
        for site, weights in trace.weights.items():
            ground, heads = grounds[site.kind], trace.heads.get(site)
            for first, part_HQK in _parts(weights):
                self._add(row, part_HQK, ground, _moved(heads, first, len(part_HQK)))
                if heads is not None and site.kind is not SiteKind.CROSS:
                    self._add_positional(row, heads, first, len(part_HQK), offsets[site.kind])
                self._variability.add(row, part_HQK)
                row += len(part_HQK)
                yield row
        self.examples += 1

    def _begin(self, trace: Trace) -> None:
        self.heads = tuple(
            (site, head) for site, weights in trace.weights.items() for head in range(len(weights))
        )
        shape = len(self.heads), len(MEASURES)
        self._sums_NM, self._queries_NM, self._chance_NM = (np.zeros(shape) for _ in range(3))

    def _add(self, row: int, part_HQK: Floats, ground: Ground, moved_HK: Floats | None) -> None:
        rows = slice(row, row + len(part_HQK))
        for key, (sum_H, queries) in sums(part_HQK, ground, moved_HK).items():
            self._sums_NM[rows, COLUMN[key]] += sum_H
            self._queries_NM[rows, COLUMN[key]] += queries
        for key, cells in ground.watched.items():
            self._chance_NM[rows, COLUMN[key]] += cells.chance

    def _add_positional(
        self, row: int, heads: Heads, first: int, count: int, offsets: Offsets
    ) -> None:
        begun = slice(0, LONGEST)
        for head in range(first, first + count):
            share = offsets.share(heads.scores(head, begun, begun))
            queries = min(LONGEST, heads.shape[1])
            if not np.isnan(share):
                self._sums_NM[row + head - first, COLUMN["positional"]] += share * queries
                self._queries_NM[row + head - first, COLUMN["positional"]] += queries

    def result(self, trace: Trace, *, sample: bool) -> HeadMeasures:
        """The table so far; of a sample, `trace` is any of its sentences."""
        values_NM, chance_NM = _shares(self._sums_NM, self._queries_NM, self._chance_NM)
        queries_NM = self._queries_NM.copy()
        if self.examples > 1:
            column = COLUMN["variability"]
            values_NM[:, column] = self._variability.shares(len(self.heads))
            queries_NM[:, column] = self.examples
        labels = tuple(map(label_of, values_NM, chance_NM, queries_NM))
        return HeadMeasures(
            trace.model, trace.step, "" if sample else trace.source_text,
            "" if sample else trace.target_text, self.examples if sample else 0, self.heads,
            values_NM.astype(np.float32), queries_NM.astype(np.float32), labels,
            1000 * (time.perf_counter() - self._started),
        )  # fmt: skip


def _shares(sums_NM: Doubles, queries_NM: Doubles, chance_NM: Doubles) -> tuple[Doubles, Doubles]:
    nothing = np.full(sums_NM.shape, np.nan)
    measured = queries_NM > 0
    values_NM = np.divide(sums_NM, queries_NM, out=nothing.copy(), where=measured)
    return values_NM, np.divide(chance_NM, queries_NM, out=nothing, where=measured)


def _parts(weights: Floats | MadeWeights) -> Iterator[tuple[int, Floats]]:
    """All heads at once, or one after another where maps are made when asked for."""
    if isinstance(weights, MadeWeights):
        for head in range(len(weights)):
            yield head, weights.heads.block(head)[None]
    else:
        yield 0, weights


def _moved(heads: Heads | None, first: int, count: int) -> Floats | None:
    return None if heads is None else heads.moved_HK[first : first + count]


def measure_heads(trace: Trace) -> HeadMeasures:
    """All heads of one sentence."""
    tally = Tally()
    for _ in tally.add(trace):
        pass
    return tally.result(trace, sample=False)

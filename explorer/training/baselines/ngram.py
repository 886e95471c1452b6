"""An interpolated n-gram model: modified Kneser–Ney smoothing (Chen and Goodman, 1999).

    p_k(w | c) = max(n(cw) − D(n(cw)), 0) / n(c) + γ(c) · p_{k−1}(w | c without its first token)

with p_0 = 1 / V; n counts occurrences at the highest order and different predecessors below it,
and γ(c) is the share that the discounts D took away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.training.baselines.grams import NONE, Counts, Ids, Laid, Level
from explorer.training.baselines.scores import Scores, scores

Floats = NDArray[np.float64]
_USUAL = (0.5, 1.0, 1.5)
"""Discounts where there are too few rare grams to estimate them from."""
_PATIENCE = 2
"""Orders without a gain after which longer ones are not tried."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One order: p of each gram seen; γ, the likeliest token and its p for each context."""

    level: Level
    seen: Floats
    gamma: Floats
    best: Ids
    highest: Floats


class NGram:
    """Probabilities of the next token after at most `order` − 1 others."""

    def __init__(
        self, counts: Counts, order: int, discounts: Sequence[Sequence[float]] | None = None
    ) -> None:
        """`discounts` for counts of one, two and more replace the estimated ones, by order."""
        self.counts, self.order = counts, order
        self._tables: list[_Table] = []
        for k in range(1, order + 1):
            used = counts.level(k).counts if k == order else counts.followers(k)
            given = discounts[k - 1] if discounts else estimated_discounts(used)
            self._tables.append(self._table(counts.level(k), used, np.array([0.0, *given])))

    def _table(self, level: Level, counts: Ids, discounts: Floats) -> _Table:
        contexts = level.keys // self.counts.base
        contexts = contexts if self._tables else np.zeros_like(contexts)
        size = len(self._tables[-1].level.keys) if self._tables else 1
        taken = np.minimum(counts, discounts[counts.clip(max=3)])
        total = np.bincount(contexts, counts, size)
        with np.errstate(invalid="ignore"):
            gamma = np.bincount(contexts, taken, size) / total
            alone = (counts - taken) / total[contexts]
        gamma, alone = np.where(total > 0, gamma, 1.0), np.nan_to_num(alone)
        lower = self._tables[-1].seen if self._tables else np.array([1 / self.counts.vocabulary])
        seen = alone + gamma[contexts] * lower[level.suffixes]
        return _Table(level, seen, gamma, *self._likeliest(level, contexts, seen, gamma))

    def _likeliest(
        self, level: Level, contexts: Ids, seen: Floats, gamma: Floats
    ) -> tuple[Ids, Floats]:
        """After each context: a token that was seen there, or the shorter context's likeliest."""
        base = self.counts.base
        if not self._tables:
            best = np.array([seen[:-1].argmax()])
            return best, seen[best]
        shorter = self._tables[-1]
        after = shorter.level.suffixes if len(self._tables) > 1 else np.zeros(base, np.int64)
        best, highest = shorter.best[after], gamma * shorter.highest[after]
        order = np.lexsort((seen, contexts))
        last = order[np.flatnonzero(np.diff(contexts[order], append=NONE))]
        better = last[seen[last] >= highest[contexts[last]]]
        best[contexts[better]] = level.keys[better] % base
        highest[contexts[better]] = seen[better]
        return best, highest

    def score(self, rows: Sequence[Ids], skip: int = 0) -> Scores:
        """How well rows are foreseen; their first `skip` tokens are only read."""
        return scores(*self.foreseen(rows, skip))

    def foreseen(self, rows: Sequence[Ids], skip: int = 0) -> tuple[Floats, NDArray[np.bool_]]:
        """For each token of the rows its probability, and whether it was the likeliest."""
        base, lead = self.counts.base, self.counts.lead
        laid = Laid.out(rows, self.counts.vocabulary if lead else None)
        first = self._tables[0]
        ids, p = laid.tokens, first.seen[laid.tokens]
        best = np.full(len(p), first.best[0])
        for table in self._tables[1:]:
            if not len(table.level.keys):  # All rows were shorter than these grams.
                break
            contexts = laid.previous(ids)
            ids = table.level.find(contexts, laid.tokens, base)
            known = contexts != NONE
            longer = np.where(ids != NONE, table.seen[ids], table.gamma[contexts] * p)
            p = np.where(known, longer, p)
            best = np.where(known, table.best[contexts], best)
        due = laid.places >= skip + lead
        return p[due], best[due] == laid.tokens[due]


def estimated_discounts(counts: Ids) -> tuple[float, ...]:
    """D for counts of one, two and more, from how many grams occur one to four times."""
    n = np.bincount(counts.clip(max=5), minlength=6).astype(float)
    if n[1:5].min() == 0:
        return _USUAL
    y = n[1] / (n[1] + 2 * n[2])
    found = [j - (j + 1) * y * n[j + 1] / n[j] for j in (1, 2, 3)]
    return tuple(min(max(d, 0.01 * j), 0.99 * j) for j, d in enumerate(found, 1))


def choose_order(train: Counts, kept: Sequence[Ids], most: int) -> int:
    """The order that explains best what was kept back from training."""
    losses: list[float] = []
    for loss in _losses(train, kept, most):
        losses.append(loss)
        if len(losses) - int(np.argmin(losses)) > _PATIENCE:
            break
    return 1 + int(np.argmin(losses))


def _losses(train: Counts, kept: Sequence[Ids], most: int) -> Iterator[float]:
    for order in range(1, most + 1):
        yield NGram(train, order).score(kept).loss or 0.0

"""How far a head's weights change with the contents (Vig and Belinkov, 2019).

Axes: X example, Q query position, K key position.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats

TOKENS = 10
"""Tokens at the beginning of each example that are looked at, as in the paper."""


class Variability:
    """Keeps the beginnings of all maps, by the head's row in the table."""

    def __init__(self) -> None:
        self._kept: defaultdict[int, list[Floats]] = defaultdict(list)

    def add(self, row: int, weights_HQK: Floats) -> None:
        """Count one example of the heads from `row` on."""
        for head, map_QK in enumerate(weights_HQK):
            self._kept[row + head].append(map_QK[:TOKENS, :TOKENS].copy())

    def shares(self, rows: int) -> NDArray[np.float64]:
        """Of each head the share of its weight that is not the same in every example."""
        return np.array([variability(self._kept[row]) for row in range(rows)])


def variability(maps: Sequence[Floats]) -> float:
    """Σ|α − ᾱ| / 2Σα over examples and cells; ᾱ is the mean of the examples that have the cell."""
    stacked_XQK = np.full((len(maps), TOKENS, TOKENS), np.nan)
    for found_QK, map_QK in zip(stacked_XQK, maps, strict=True):
        found_QK[: map_QK.shape[0], : map_QK.shape[1]] = map_QK
    there = ~np.isnan(stacked_XQK)
    filled_XQK = np.where(there, stacked_XQK, 0)
    mean_QK = filled_XQK.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    apart = np.where(there, abs(filled_XQK - mean_QK), 0).sum()
    total = filled_XQK.sum()
    return float(apart / (2 * total)) if total > 0 else float("nan")

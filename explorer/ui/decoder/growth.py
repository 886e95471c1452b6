"""The attention that a text's decisions paid, row by row, as it grows; no Qt.

Axes: D decision, K token that can be looked at, H head.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.messages.decoding import DecodeStep, Decoding
from explorer.messages.heads import Floats
from explorer.messages.tokens import Site, SiteKind, Token

MEAN = -1
"""In place of a head: the mean of all heads of the layer."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose attention is shown: a kind, a layer of it, and a head or the mean."""

    kind: SiteKind
    layer: int
    head: int = MEAN


def paid(step: DecodeStep, whose: Whose) -> Floats:
    """K: what a decision paid, by the last layer or head where there is none of that number."""
    sites = sorted(site for site in step.attention if site.kind is whose.kind)
    if not sites:
        return np.zeros(0, np.float32)
    site: Site = sites[min(whose.layer, len(sites) - 1)]
    weights_HK = step.attention[site]
    if whose.head == MEAN:
        return weights_HK.mean(axis=0)
    return weights_HK[min(whose.head, len(weights_HK) - 1)]


def keys_of(decoding: Decoding, kind: SiteKind) -> tuple[Token, ...]:
    """All tokens that any decision of a text could look at."""
    if decoding.source and kind is not SiteKind.DECODER:
        return decoding.source
    return decoding.prefix + tuple(step.token for step in decoding.steps[:-1])


def reads(decoding: Decoding) -> tuple[Token, ...]:
    """For each decision the last token that had been read then; of an encoder alone its word."""
    if decoding.places:
        return tuple(decoding.source[place] for place in decoding.places)
    written = (*decoding.prefix[-1:], *(step.token for step in decoding.steps[:-1]))
    return written[-len(decoding.steps) :]


class Growth:
    """The map of a text; rows of decisions that it shares with the text before are kept."""

    def __init__(self) -> None:
        self._whose: Whose | None = None
        self._steps: tuple[DecodeStep, ...] = ()
        self.weights_DK: Floats = np.zeros((0, 0), np.float32)
        self.closed_DK: NDArray[np.bool_] = np.zeros((0, 0), np.bool_)
        """Where a decision could not look, as the text had not come so far."""

    def show(self, steps: Sequence[DecodeStep], whose: Whose, keys: int) -> bool:
        """Whether there is anything new to see."""
        steps = tuple(steps)
        same = self._shared(steps) if whose == self._whose else 0
        if same == len(steps) == len(self._steps) and self.weights_DK.shape[1] == keys:
            return False
        weights_DK = np.zeros((len(steps), keys), np.float32)
        lengths = np.zeros(len(steps), np.int64)
        width = min(keys, self.weights_DK.shape[1])
        weights_DK[:same, :width] = self.weights_DK[:same, :width]
        lengths[:same] = (~self.closed_DK[:same]).sum(axis=1)
        for place in range(same, len(steps)):
            row_K = paid(steps[place], whose)[:keys]
            weights_DK[place, : len(row_K)] = row_K
            lengths[place] = len(row_K)
        self._whose, self._steps = whose, steps
        self.weights_DK = weights_DK
        self.closed_DK = np.arange(keys) >= lengths[:, None]
        return True

    def _shared(self, steps: Sequence[DecodeStep]) -> int:
        pairs = zip(self._steps, steps, strict=False)
        return next((n for n, (old, new) in enumerate(pairs) if old is not new),
                    min(len(self._steps), len(steps)))  # fmt: skip

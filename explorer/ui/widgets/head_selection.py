"""What is looked at: a head, a query and a key, pinned heads. Many views follow; knows no Qt."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from explorer.messages.heads import Floats, MadeWeights, Weights
from explorer.messages.results import Site, SiteKind

Heads = Mapping[Site, Weights]
"""Weights of every site, heads × queries × keys."""
Head = tuple[Site, int]
Side = Literal["query", "key"]


class HeadSelection:
    """The chosen site and head, tokens and pinned heads; followers are told when any changes.

    `query` and `key` count rows and columns of what is shown; None where none is chosen.
    """

    def __init__(self) -> None:
        self.site: Site | None = None
        self.head = 0
        self.query: int | None = None
        self.key: int | None = None
        self.pinned: tuple[Head, ...] = ()
        """Heads that are compared side by side, in the order in which they were pinned."""
        self.threshold = 0.05
        """Weight from which on a line is drawn, where weights are lines."""
        self.side: Side = "query"
        """What a text is coloured by: what its token looks at, or who looks at it."""
        self.by_hand = False
        self._followers: list[Callable[[], None]] = []

    def follow(self, told: Callable[[], None]) -> None:
        """Call `told` after each change, as long as this selection lives."""
        self._followers.append(told)

    def choose(self, site: Site, head: int) -> None:
        """Take a head because a person asked for it."""
        self.by_hand = True
        self._set(site, head)

    def pick(self, query: int | None, key: int | None) -> None:
        """Choose a row, a column, both or neither."""
        if (query, key) != (self.query, self.key):
            self.query, self.key = query, key
            self._tell()

    def turn(self, side: Side) -> None:
        """Take the picked token as one that looks, or as one that is looked at."""
        if side != self.side:
            self.side = side
            self._tell()

    def limit(self, threshold: float) -> None:
        """Let lines begin at another weight."""
        if threshold != self.threshold:
            self.threshold = threshold
            self._tell()

    def pin(self, site: Site, head: int) -> None:
        """Put a head beside the others, or take it away again."""
        one = (site, head)
        if one in self.pinned:
            self.pinned = tuple(other for other in self.pinned if other != one)
        else:
            self.pinned = (*self.pinned, one)
        self._tell()

    @property
    def heads(self) -> tuple[Head, ...]:
        """The heads of views that show several: those pinned, else the chosen one."""
        if self.pinned:
            return self.pinned
        return () if self.site is None else ((self.site, self.head),)

    def fit(self, heads: Heads) -> None:
        """Keep the choice where it exists in `heads`; else take the most telling head."""
        kept = tuple((s, h) for s, h in self.pinned if s in heads and h < heads[s].shape[0])
        if kept != self.pinned:
            self.pinned = kept
            self._tell()
        chosen = heads.get(self.site) if self.site is not None else None
        if chosen is not None and self.head < chosen.shape[0]:
            return
        self.by_hand = False
        found = telling_head(heads)
        if found is not None:
            self._set(*found)

    def reopen(self, heads: Heads) -> None:
        """For another model: keep what a person chose, else take its most telling head."""
        if not self.by_hand:
            self.site = None
        self.fit(heads)

    def _set(self, site: Site, head: int) -> None:
        if (site, head) == (self.site, self.head):
            return
        if self.site is None or site.kind is not self.site.kind:
            self.query = self.key = None  # Rows and columns are other tokens there.
        self.site, self.head = site, head
        self._tell()

    def _tell(self) -> None:
        for told in tuple(self._followers):
            told()


def telling_head(heads: Heads) -> tuple[Site, int] | None:
    """The head to show first: of cross-attention if there is any, sharp and varied in its looks.

    A head that always looks at the same key is sharp and says little, so the share of different
    keys that get the largest weight counts as much as that weight.
    """
    sites = [site for site in heads if site.kind is SiteKind.CROSS] or list(heads)
    sites = [site for site in sites if heads[site].size]
    if not sites:
        return None
    scored = [(_telling(heads[site]), site) for site in sites]
    best, site = max(
        ((float(scores.max()), site) for scores, site in scored), key=lambda pair: pair[0]
    )
    scores = next(scores for scores, other in scored if other is site)
    return site, int(np.argmax(scores >= best))


def _telling(weights: Weights) -> Floats:
    weights_HQK = weights.overview.maximum_HPP if isinstance(weights, MadeWeights) else weights
    sharpness_H = np.nan_to_num(weights_HQK.max(axis=2).mean(axis=1))
    looks_HQ = np.sort(weights_HQK.argmax(axis=2), axis=1)
    different_H = 1 + (np.diff(looks_HQ, axis=1) > 0).sum(axis=1)
    return (sharpness_H * different_H / min(weights_HQK.shape[1:])).astype(np.float32)

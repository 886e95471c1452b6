"""Which head is looked at: a small value that several views follow; knows no Qt."""

from collections.abc import Callable, Mapping

import numpy as np

from explorer.messages.results import Floats, Site, SiteKind

Heads = Mapping[Site, Floats]
"""Weights of every site, heads × queries × keys."""


class HeadSelection:
    """The chosen attention site and head; followers are told when either changes."""

    def __init__(self) -> None:
        self.site: Site | None = None
        self.head = 0
        self.by_hand = False
        self._followers: list[Callable[[], None]] = []

    def follow(self, told: Callable[[], None]) -> None:
        """Call `told` after each change, as long as this selection lives."""
        self._followers.append(told)

    def choose(self, site: Site, head: int) -> None:
        """Take a head because a person asked for it."""
        self.by_hand = True
        self._set(site, head)

    def fit(self, heads: Heads) -> None:
        """Keep the choice where it exists in `heads`; else take the most telling head."""
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
        self.site, self.head = site, head
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


def _telling(weights_HQK: Floats) -> Floats:
    sharpness_H = np.nan_to_num(weights_HQK.max(axis=2).mean(axis=1))
    looks_HQ = np.sort(weights_HQK.argmax(axis=2), axis=1)
    different_H = 1 + (np.diff(looks_HQ, axis=1) > 0).sum(axis=1)
    return (sharpness_H * different_H / min(weights_HQK.shape[1:])).astype(np.float32)

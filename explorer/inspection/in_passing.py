"""A long text through a large model: each site's maps are made small while the pass goes by.

All queries, keys and values of a pass in float32 would take several times the memory of the
weights that made them. So every site is done with before the next one begins: its normalisers and
small maps are made, and its queries, keys and values are kept as the model has them, in memory up
to `HELD` bytes and beyond it in a file that ends with the trace. A head that comes on the screen is
made from them.

Axes: H head, Q query, K key.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.inspection.normalising import normalise, on_all_cores
from explorer.inspection.working import Numbers, Workings, heads_of, packed, working
from explorer.messages.heads import Floats, Heads, MadeWeights, Overview, Weights
from explorer.messages.packed import Aside
from explorer.messages.results import Site
from explorer.model.taps import Probe, Tap, watching
from explorer.subjects.protocol import Attends
from explorer.subjects.subject import SentenceError

HELD = 1 << 28
"""Bytes of queries, keys and values of one trace that lie in memory: 268 MB."""
_AT_ONCE = 4
"""Heads whose rows are made together: a band of theirs stays in the cache."""
Told = tuple[NDArray[np.bool_] | None, Tensor | None]
"""Where a site may look, and its heads' slopes."""


class InPassing:
    """Takes each site as it comes by; `weights` and `heads` hold what is kept of it."""

    def __init__(
        self, sites: Mapping[Site, Attends], told: Callable[[Site], Told], held: int = HELD
    ) -> None:
        self.weights: dict[Site, Weights] = {}
        self.heads: dict[Site, Heads] = {}
        self._sites, self._told, self._room = sites, told, held
        self._maps: OrderedDict[tuple[int, int], Floats] = OrderedDict()
        self._tables: list[NDArray[np.bool_]] = []
        self._aside: Aside | None = None

    def watch(self, run: Callable[[], None]) -> None:
        """Run the model; raises `SentenceError` where neither memory nor disk have room."""
        with working(self._sites.items()) as seen:
            probes: dict[Tap, Probe] = {
                attention.mixed: partial(self._take, site, attention, seen[site])
                for site, attention in self._sites.items()
            }
            try:
                with watching(probes):
                    run()
            finally:
                if self._aside is not None:
                    self._aside.close()

    def _take(self, site: Site, attention: Attends, seen: Workings, _: Tensor) -> None:
        if not seen.parts:  # Some models from outside tell their weights and nothing else.
            return
        allowed, slopes_H = self._told(site)
        heads = heads_of(attention, seen, allowed, slopes_H, normalise=False)
        heads = replace(heads, allowed=self._shared(heads.allowed))
        overview = _normalised(heads)
        try:
            kept = packed(attention, seen, heads, self._put)
        except OSError as error:
            raise SentenceError(
                "There is no room on the disk for the queries and keys of this text "
                f"({error.strerror or error}): free some space, or type a shorter one."
            ) from error
        seen.parts.clear()
        self.heads[site] = kept
        self.weights[site] = MadeWeights(kept, overview, self._maps)

    def _shared(self, table_QK: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """One table for all sites that have the same: most do, and tell it each for itself."""
        if table_QK is None:
            return None
        for known_QK in self._tables:
            if known_QK is table_QK or np.array_equal(known_QK, table_QK):
                return known_QK
        self._tables.append(table_QK)
        return table_QK

    def _put(self, numbers: Numbers) -> Numbers:
        if numbers.nbytes <= self._room:
            self._room -= numbers.nbytes
            return numbers
        self._aside = self._aside or Aside()
        return self._aside.put(numbers)


def _normalised(heads: Heads) -> Overview:
    """Write the normalisers and make all maps small, some heads on each core."""
    parts = [slice(first, first + _AT_ONCE) for first in range(0, heads.shape[0], _AT_ONCE)]
    found = on_all_cores(normalise, [_some(heads, part) for part in parts])
    return Overview(
        np.concatenate([one.maximum_HPP for one in found]),
        np.concatenate([one.mean_HPP for one in found]),
    )


def _some(heads: Heads, part: slice) -> Heads:
    """Views of some heads: what is written into them is written into all."""
    by_head = {name: getattr(heads, name) for name in _BY_HEAD}
    cut = {name: None if numbers is None else numbers[part] for name, numbers in by_head.items()}
    return replace(heads, **cut)


_BY_HEAD = (
    "query_HQD", "key_HKD", "value_HKD", "normaliser_HQ", "moved_HK", "slopes_H", "sink_H",
    "shift_HO",
)  # fmt: skip

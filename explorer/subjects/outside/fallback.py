"""Families with an attention of their own: weights as their eager code gives them.

`output_attentions` then fills the taps after the pass: weights can be watched, not changed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor

from explorer.messages.results import Site, SiteKind
from explorer.subjects.outside.attention import OutsideAttention

ASKED = {"output_attentions": True}
_FIELDS = {
    SiteKind.ENCODER: "encoder_attentions",
    SiteKind.DECODER: "decoder_attentions",
    SiteKind.CROSS: "cross_attentions",
}


def sites_told(found: Any, alone: SiteKind | None) -> dict[Site, OutsideAttention]:
    """A site for each table of weights that an output has; `alone` is the only kind there is."""
    return {
        site: OutsideAttention(table.shape[1], table.shape[1])
        for site, table in _tables(found, alone)
    }


def fire(sites: Mapping[Site, OutsideAttention], found: Any, alone: SiteKind | None) -> None:
    """Show every table to whoever watches its site."""
    for site, table in _tables(found, alone):
        if site in sites:
            sites[site].weights(table)


def _tables(found: Any, alone: SiteKind | None) -> Iterator[tuple[Site, Tensor]]:
    fields = _FIELDS if alone is None else {alone: "attentions"}
    for kind, field in fields.items():
        layer = 0
        for table in getattr(found, field, None) or ():
            # Layers of another kind give none, and some sparse attentions no table of all pairs.
            if isinstance(table, Tensor) and table.dim() == 4:
                yield Site(kind, layer), table
                layer += 1

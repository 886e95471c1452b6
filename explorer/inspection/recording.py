"""Watching attention weights while a model runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from explorer.messages.results import Floats, Site
from explorer.model.taps import Probe, Tap, watching
from explorer.subjects.protocol import Attends

Recorded = dict[Site, Tensor]
"""Weights, B×H×Q×K, by site."""


@contextmanager
def recording(sites: Iterable[tuple[Site, Attends]]) -> Iterator[Recorded]:
    """Keep the attention weights of these sites, from the last time that each one ran."""
    recorded: Recorded = {}
    probes: dict[Tap, Probe] = {
        attention.weights: _keeper(recorded, site) for site, attention in sites
    }
    with watching(probes):
        yield recorded


def _keeper(recorded: Recorded, site: Site) -> Probe:
    def keep(weights_BHQK: Tensor) -> None:
        recorded[site] = weights_BHQK.detach()

    return keep


def as_floats(tensor: Tensor) -> Floats:
    """A float32 array of its own, safe to hand to another thread."""
    return np.array(tensor.detach().float().cpu().numpy(), copy=True)


def as_it_is(tensor: Tensor) -> Floats:
    """The same without a copy where that is possible, of a tensor that nobody will write to."""
    tensor = tensor.detach()
    if tensor.device.type != "cpu" or tensor.dtype is not torch.float32:
        return as_floats(tensor)
    return tensor.contiguous().numpy()

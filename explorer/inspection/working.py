"""The queries, keys and values of a pass.

Axes: B batch, H head, G key–value head, Q query, K key, D head width, M model width, P place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.inspection.normalising import normalisers_by_weights, normalisers_of
from explorer.inspection.recording import as_floats
from explorer.messages.heads import Floats, Heads
from explorer.messages.packed import Packed
from explorer.messages.results import Site
from explorer.model.taps import Probe, Tap, watching
from explorer.subjects.protocol import Attends

Numbers = NDArray[np.generic]

_KEPT = ("queries", "keys", "values", "masks", "shifts")


@dataclass(slots=True)
class Workings:
    """What one site's taps saw, of the first sentence of the batch."""

    parts: dict[str, Tensor] = field(default_factory=dict)


@contextmanager
def working(
    sites: Iterable[tuple[Site, Attends]],
) -> Iterator[Mapping[Site, Workings]]:
    """Keep queries, keys and values; the fused kernels still run."""
    found: dict[Site, Workings] = {}
    probes: dict[Tap, Probe] = {}
    for site, attention in sites:
        found[site] = Workings()
        for name in _KEPT:
            tap = getattr(attention, name, None)  # Only models from outside have the last two.
            if tap is not None:
                probes[tap] = _keeper(found[site].parts, name)
    with watching(probes):
        yield found


def _keeper(parts: dict[str, Tensor], name: str) -> Probe:
    def keep(tensor: Tensor) -> None:
        parts[name] = tensor.detach()[0]

    return keep


def heads_of(
    attention: Attends, workings: Workings, allowed: NDArray[np.bool_] | None,
    slopes_H: Tensor | None, weights_HQK: Tensor | None = None, *, normalise: bool = True,
) -> Heads:  # fmt: skip
    """What the heads of a site worked with; normalisers come cheaply where there are weights.

    Without `normalise` they are left at 0, to be written soon.
    """
    query_HQD = as_floats(workings.parts["queries"])
    if (factor := _factor(attention, query_HQD.shape[-1])) != 1:
        query_HQD *= np.float32(factor)
    if "masks" in workings.parts:
        mask_QK = workings.parts["masks"][0].cpu().numpy()
        allowed = None if mask_QK.all() else mask_QK
    times = attention.heads // attention.groups
    key_HKD, value_HKD = (
        as_floats(workings.parts[name].repeat_interleave(times, dim=0))
        for name in ("keys", "values")
    )
    heads = Heads(
        query_HQD, key_HKD, value_HKD, np.zeros(query_HQD.shape[:2], np.float32),
        _moved(attention, value_HKD), allowed,
        None if slopes_H is None else as_floats(slopes_H),
        None if attention.sink_H is None else as_floats(attention.sink_H), attention.cap,
        _shifts(workings.parts.get("shifts")), attention.groups,
    )  # fmt: skip
    if normalise:
        quick_HQ = None if weights_HQK is None else normalisers_by_weights(heads, weights_HQK)
        heads.normaliser_HQ[:] = normalisers_of(heads) if quick_HQ is None else quick_HQ
    return heads


def _factor(attention: Attends, width: int) -> float:
    """What a model from outside scales by besides: scores are made by 1/√d_k later."""
    scaling = getattr(attention, "scaling", None)
    return 1.0 if scaling is None else float(scaling * np.sqrt(width))


def packed(
    attention: Attends, workings: Workings, heads: Heads, put: Callable[[Numbers], Numbers]
) -> Heads:
    """The same heads with queries, keys and values in the model's own numbers, as `put` keeps them.

    Raises what `put` raises.
    """
    times = attention.heads // attention.groups
    numbers = {name: put(_own(workings.parts[name])) for name in ("queries", "keys", "values")}
    return replace(
        heads,
        query_HQD=Packed(numbers["queries"], 1, _factor(attention, heads.query_HQD.shape[-1])),
        key_HKD=Packed(numbers["keys"], times), value_HKD=Packed(numbers["values"], times),
    )  # fmt: skip


def _own(tensor: Tensor) -> Numbers:
    """A copy in the type that the model computes with; bfloat16 as its bits."""
    tensor = tensor.detach().cpu().contiguous()
    if tensor.dtype is torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(np.uint16).copy()
    if tensor.dtype is torch.float16:
        return tensor.numpy().copy()
    return as_floats(tensor)


def _shifts(bias_HQK: Tensor | None) -> Floats | None:
    """H×(Q+K−1) of a bias that only distance decides; None where it adds nothing."""
    if bias_HQK is None or not bool(bias_HQK.any()):
        return None
    before_HQ, after_HK = bias_HQK[:, :, 0].flip(1), bias_HQK[:, 0, 1:]
    return as_floats(torch.cat([before_HQ, after_HK], 1))


def _moved(attention: Attends, value_HKD: Floats) -> Floats:
    """‖v·W_O‖ of each head and key, by way of the D×D products W_O·W_Oᵀ.

    Of an attention whose W_O nobody found, ‖v‖.
    """
    if attention.output is None:
        return np.linalg.norm(value_HKD, axis=-1)
    weight = attention.output.weight.detach().float().cpu().numpy()
    weight_HDM = weight.T.reshape(len(value_HKD), value_HKD.shape[2], -1)
    gram_HDD = weight_HDM @ weight_HDM.transpose(0, 2, 1)
    squares_HK = np.einsum("hkd,hkd->hk", value_HKD @ gram_HDD, value_HKD)
    return np.sqrt(np.maximum(squares_HK, 0)).astype(np.float32)

"""The normalisers of weights, ln Σₖ exp(score), and the small pictures of maps that nobody keeps.

Bands of rows of all heads at once, so that both cores work and memory stays bounded.

Axes: H head, Q query, K key, D head width, R rows of a band, P place.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.messages.heads import POOLED, Floats, Heads, Overview
from explorer.messages.packed import Packed
from explorer.model.products import quick_products

One = TypeVar("One")
Made = TypeVar("Made")

_BAND = 1 << 20
"""Scores of all heads that are made at a time, about: they should stay in the cache."""
_SMALL = 1 << 18
"""The same where maps are made small besides."""


def normalisers_of(heads: Heads) -> Floats:
    """H×Q ln Σₖ exp(score), the sink's share included; NaN for a row that may look nowhere."""
    count, queries, keys = heads.shape
    step = max(1, _BAND // max(1, count * keys))
    edges = np.append(np.arange(0, queries, step), queries)
    found_HQ = np.empty((count, queries), np.float32)
    for rows, _, normaliser_HR in _bands(heads, edges):
        found_HQ[:, rows] = normaliser_HR.numpy()
    return found_HQ


def normalisers_by_weights(heads: Heads, weights_HQK: Tensor) -> Floats | None:
    """The same from weights that were computed already: the score of the largest less its log.

    None where that would not be exact: a row whose weights are all 0.
    """
    largest_HQ, at_HQ = weights_HQK.float().max(dim=-1)
    if bool((largest_HQ <= 0).any()):
        return None
    largest_HQ, at_HQ = largest_HQ.cpu(), at_HQ.cpu()
    query_HQD, key_HKD = _tensor(heads.query_HQD), _tensor(heads.key_HKD)
    width = query_HQD.shape[-1]
    picked_HQD = key_HKD.gather(1, at_HQ[..., None].expand(-1, -1, width))
    scores_HQ1 = ((query_HQD * picked_HQD).sum(dim=-1) / math.sqrt(width))[..., None]
    _, queries, keys = heads.shape
    scores_HQ1 = _biased(scores_HQ1, heads, torch.arange(keys - queries, keys), at_HQ[..., None])
    found_HQ = (scores_HQ1[..., 0] - largest_HQ.log()).numpy()
    if heads.allowed is not None:
        found_HQ[:, ~heads.allowed.any(axis=1)] = np.nan
    return found_HQ


def normalise(heads: Heads) -> Overview:
    """Write the normalisers into heads that have none yet, and make their maps small."""
    heads.normaliser_HQ[:], overview = normalised(heads)
    return overview


def on_all_cores(do: Callable[[One], Made], all: Sequence[One]) -> list[Made]:
    """`do` of each, several at a time with one thread each: no thread waits for another's share.

    Torch's own threads wait for each other many times a millisecond, and stand still together
    whenever another program takes one of the cores.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # Threads that begin from now on take this over.
    try:
        with quick_products(torch.device("cpu")), ThreadPoolExecutor(max(threads, 1)) as pool:
            return list(pool.map(do, all))
    finally:
        torch.set_num_threads(threads)


def overview_of(heads: Heads) -> Overview:
    """All maps of a site made small."""
    return normalised(heads)[1]


def normalised(heads: Heads) -> tuple[Floats, Overview]:
    """H×Q normalisers and the maps made small, in one go."""
    count, queries, keys = heads.shape
    rows, columns = min(POOLED, queries), min(POOLED, keys)
    edges = np.arange(rows + 1) * queries // rows
    normaliser_HQ = np.empty((count, queries), np.float32)
    column_edges = np.arange(columns + 1) * keys // columns
    starts, widths = column_edges[:-1], np.diff(column_edges).astype(np.float32)
    maximum, mean = (np.empty((count, rows, columns), np.float32) for _ in range(2))
    # Several places at once where they are small: a band costs calls that all threads wait for.
    most = max(1, _SMALL * rows // max(1, count * queries * keys))
    firsts = np.append(np.arange(0, rows, most), rows)
    for number, (band, weights_HRK, normaliser_HR) in enumerate(_bands(heads, edges[firsts])):
        normaliser_HQ[:, band] = normaliser_HR.numpy()
        first, past = int(firsts[number]), int(firsts[number + 1])
        # Columns band by band too: rows as long as the text would be the peak of memory.
        largest_HPK, middle_HPK = _by_place(weights_HRK, np.diff(edges[first : past + 1]))
        np.maximum.reduceat(largest_HPK, starts, axis=2, out=maximum[:, first:past])
        np.add.reduceat(middle_HPK, starts, axis=2, out=mean[:, first:past])
    mean /= widths
    return normaliser_HQ, Overview(maximum, mean)


def _by_place(weights_HRK: Tensor, rows_P: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """H×P×K: the largest and the mean of the rows of each place."""
    if (rows_P == rows_P[0]).all():
        weights_HPRK = weights_HRK.unflatten(1, (len(rows_P), int(rows_P[0])))
        return weights_HPRK.amax(dim=2).numpy(), weights_HPRK.mean(dim=2).numpy()
    parts = weights_HRK.split(rows_P.tolist(), dim=1)
    largest_HPK, middle_HPK = (
        torch.stack(each, dim=1).numpy()
        for each in ([part.amax(dim=1) for part in parts], [part.mean(dim=1) for part in parts])
    )
    return largest_HPK, middle_HPK


@dataclass(frozen=True, slots=True)
class _Parts:
    """What all bands share."""

    query_HQD: Tensor
    key_HDK: Tensor
    column_K: Tensor


def _bands(heads: Heads, edges: np.ndarray) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """Rows, their weights H×R×K and their normalisers H×R, band by band."""
    parts = _Parts(
        _tensor(heads.query_HQD),
        _tensor(heads.key_HKD).transpose(1, 2).contiguous(),
        torch.arange(heads.shape[2]),
    )  # fmt: skip
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        rows = slice(start, end)
        yield rows, *_weighed(_scores(heads, parts, rows), heads, rows)


def _tensor(numbers: Floats | Packed) -> Tensor:
    return torch.from_numpy(np.asarray(numbers))


def _scores(heads: Heads, parts: _Parts, rows: slice) -> Tensor:
    query_HRD = parts.query_HQD[:, rows] / math.sqrt(parts.query_HQD.shape[-1])
    scores_HRK = torch.bmm(query_HRD, parts.key_HDK)
    _, queries, keys = heads.shape
    row_R = torch.arange(keys - queries, keys)[rows]
    return _biased(scores_HRK, heads, row_R, parts.column_K)


def _biased(scores_HRK: Tensor, heads: Heads, row_R: Tensor, column_K: Tensor) -> Tensor:
    """Scores capped and with the distance's bias, as `Heads.scores` has them."""
    if heads.cap:
        scores_HRK = heads.cap * torch.tanh(scores_HRK / heads.cap)
    if heads.slopes_H is not None:
        distance = (row_R[:, None] - column_K).abs()
        scores_HRK = scores_HRK - torch.from_numpy(heads.slopes_H)[:, None, None] * distance
    if heads.shift_HO is not None:
        # Queries are the last places of the keys.
        place_HRK = (column_K - row_R[:, None] + heads.shape[2] - 1).expand(scores_HRK.shape)
        shift_HO = torch.from_numpy(heads.shift_HO)
        shifts_HR = shift_HO.gather(1, place_HRK.flatten(1))
        scores_HRK = scores_HRK + shifts_HR.view_as(scores_HRK)
    return scores_HRK


def _weighed(scores_HRK: Tensor, heads: Heads, rows: slice) -> tuple[Tensor, Tensor]:
    """The softmax in place of its scores, and what it divided by, as a logarithm."""
    if heads.allowed is not None:
        scores_HRK.masked_fill_(~torch.from_numpy(heads.allowed[rows]), -math.inf)
    largest_HR1 = scores_HRK.amax(dim=-1, keepdim=True)
    sink_H11 = None
    if heads.sink_H is not None:
        sink_H11 = torch.from_numpy(heads.sink_H)[:, None, None]
        largest_HR1 = torch.maximum(largest_HR1, sink_H11)
    nowhere_HR1 = largest_HR1.isneginf()
    weights_HRK = scores_HRK.sub_(largest_HR1.masked_fill(nowhere_HR1, 0)).exp_()
    total_HR1 = weights_HRK.sum(dim=-1, keepdim=True)
    if sink_H11 is not None:
        total_HR1 += (sink_H11 - largest_HR1).exp()
    normaliser_HR = (largest_HR1 + total_HR1.log())[..., 0]
    weights_HRK.mul_(1 / total_HR1)
    if nowhere_HR1.any():
        weights_HRK.masked_fill_(nowhere_HR1, 1 / heads.shape[2])
        normaliser_HR.masked_fill_(nowhere_HR1[..., 0], math.nan)
    return weights_HRK, normaliser_HR

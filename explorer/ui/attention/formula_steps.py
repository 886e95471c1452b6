"""One weight, from its query and key to the mixed values, step by step; knows no Qt.

Everything is computed anew in double precision from what the head worked with, and held against
the weights that the model itself used.

Axes: D head width, K key position.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import MadeWeights
from explorer.messages.results import Site, Trace
from explorer.messages.shown import Shown
from explorer.ui.attention import parts

Doubles = NDArray[np.float64]
_TOLERANCE = 1e-3
"""Difference, as a share of the number or of 1, up to which two computations agree."""


@dataclass(frozen=True, slots=True)
class Check:
    """A number computed here, and the one that the model's weights imply."""

    recomputed: float
    model: float
    difference: float

    @property
    def agrees(self) -> bool:
        """Whether the two are the same but for rounding."""
        return self.difference <= _TOLERANCE * max(1.0, abs(self.recomputed))


def check(recomputed: float, model: float) -> Check | None:
    """Two numbers held against each other; None where the model implies none."""
    if not (math.isfinite(recomputed) and math.isfinite(model)):
        return None
    return Check(recomputed, model, abs(recomputed - model))


@dataclass(frozen=True, slots=True)
class Steps:
    """softmax(q·k/√d_k + mask)·v of one query and key, with this pair's numbers.

    `slope` (ALiBi) and `cap` are 0 where the model has none, `sink` is None; `score_K` is −∞ where
    the mask closes a key. `made` says that the model's weights are kept as queries and keys only.
    """

    site: Site
    head: int
    query: int
    key: int
    query_D: Doubles
    key_D: Doubles
    value_D: Doubles
    dot: float
    scaled: float
    cap: float
    capped: float
    slope: float
    distance: int
    score: float
    open: bool
    nowhere: bool
    sink: float | None
    score_K: Doubles
    normaliser: float
    weight_K: Doubles
    model_K: Doubles
    mixed_D: Doubles
    made: bool
    checks: dict[str, Check] = field(default_factory=dict)

    @property
    def product_D(self) -> Doubles:
        """The product, element by element."""
        return self.query_D * self.key_D

    @property
    def width(self) -> int:
        """The length d_k of query and key."""
        return len(self.query_D)

    @property
    def weight(self) -> float:
        """The weight of this pair."""
        return float(self.weight_K[self.key])

    @property
    def part_D(self) -> Doubles:
        """What this key gives to the mixture."""
        return self.weight * self.value_D


def steps(trace: Trace, site: Site, head: int, query: int, key: int) -> Steps | None:
    """All steps of one weight of a trace; None when it does not tell queries and keys."""
    heads = trace.heads.get(site)
    if heads is None:
        return None
    query_D = heads.query_HQD[head, query].astype(np.float64)
    key_KD = heads.key_HKD[head].astype(np.float64)
    value_KD = heads.value_HKD[head].astype(np.float64)
    root = math.sqrt(len(query_D))
    dot_K = key_KD @ query_D
    capped_K = heads.cap * np.tanh(dot_K / root / heads.cap) if heads.cap else dot_K / root
    slope = 0.0 if heads.slopes_H is None else float(heads.slopes_H[head])
    _, queries, keys = heads.shape
    distance_K = np.abs(keys - queries + query - np.arange(keys))
    biased_K = capped_K - slope * distance_K
    open_K = np.ones(keys, bool) if heads.allowed is None else heads.allowed[query]
    sink = None if heads.sink_H is None else float(heads.sink_H[head])
    score_K = np.where(open_K, biased_K, -np.inf)
    normaliser, weight_K = _softmax(score_K, sink)
    model_K, made = _model_row(trace, site, head, query)
    found = Steps(
        site, head, query, key, query_D, key_KD[key], value_KD[key],
        float(dot_K[key]), float(dot_K[key]) / root, heads.cap, float(capped_K[key]),
        slope, int(distance_K[key]), float(biased_K[key]), bool(open_K[key]),
        not math.isfinite(normaliser), sink, score_K, normaliser, weight_K, model_K,
        weight_K @ value_KD, made,
    )  # fmt: skip
    _hold_against(found, float(heads.normaliser_HQ[head, query]), model_K @ value_KD)
    return found


def _softmax(score_K: Doubles, sink: float | None) -> tuple[float, Doubles]:
    """ln Σ exp(score) with the sink's share, and the weights; a row with nothing open is spread."""
    all_ = score_K if sink is None else np.append(score_K, sink)
    most = all_.max()
    if not np.isfinite(all_).any():
        return -math.inf, np.full(len(score_K), 1 / len(score_K))
    normaliser = float(most + np.log(np.exp(all_ - most).sum()))
    return normaliser, np.exp(score_K - normaliser)


def _model_row(trace: Trace, site: Site, head: int, query: int) -> tuple[Doubles, bool]:
    weights = trace.weights[site]
    if isinstance(weights, MadeWeights):
        return weights.heads.row(head, query).astype(np.float64), True
    return weights[head, query].astype(np.float64), False


def _hold_against(found: Steps, normaliser: float, mixed_D: Doubles) -> None:
    """Fill the checks: each number as the model's own weight implies it."""
    weight = float(found.model_K[found.key])
    implied = math.log(weight) + normaliser if weight > 0 and found.open else math.nan
    capped = implied + found.slope * found.distance
    scaled = capped
    if found.cap:
        share = capped / found.cap
        scaled = found.cap * math.atanh(share) if abs(share) < 1 else math.nan
    strongest = int(np.argmax(found.model_K))
    whole = math.nan
    if found.model_K[strongest] > 0:
        whole = float(found.score_K[strongest] - math.log(found.model_K[strongest]))
    held = {
        "dot": check(found.dot, scaled * math.sqrt(found.width)),
        "scaled": check(found.scaled, scaled),
        "capped": check(found.capped, capped),
        "score": check(found.score, implied),
        "normaliser": check(found.normaliser, whole),
        "weight": check(found.weight, weight),
    }
    found.checks.update({name: one for name, one in held.items() if one is not None})
    lengths = (float(np.linalg.norm(found.mixed_D)), float(np.linalg.norm(mixed_D)))
    largest = float(np.abs(found.mixed_D - mixed_D).max(initial=0.0))
    found.checks["mixed"] = Check(*lengths, largest)


def strongest_pair(
    shown: Shown, site: Site, head: int, query: int | None, key: int | None
) -> tuple[int, int] | None:
    """The pair to show: what was picked, and where nothing was, what has the largest weight."""
    queries, keys = (len(axis.tokens) for axis in shown.axes(site.kind))
    if not queries or not keys:
        return None
    if query is not None and query >= queries:
        query = None
    if key is not None and key >= keys:
        key = None
    if query is None and key is None:
        return _strongest_cell(shown, site, head)
    if query is None:
        assert key is not None
        column = parts.part(shown, site, head, parts.ALL, slice(key, key + 1))[:, 0]
        return int(np.argmax(np.abs(column))), key
    if key is None:
        row = parts.part(shown, site, head, slice(query, query + 1))[0]
        return query, int(np.argmax(np.abs(row)))
    return query, key


def _strongest_cell(shown: Shown, site: Site, head: int) -> tuple[int, int]:
    weights = shown.trace.weights[site]
    rows = parts.ALL
    if isinstance(weights, MadeWeights):  # The row is found on the small map, the cell in it.
        small_PP = weights.overview.maximum_HPP[head]
        place = int(np.argmax(small_PP.max(axis=1)))
        count = len(shown.queries(site.kind))
        start, past = (min(place + i, len(small_PP)) * count // len(small_PP) for i in (0, 1))
        rows = slice(start, max(past, start + 1))
    block_QK = np.abs(np.nan_to_num(parts.part(shown, site, head, rows)))
    query, key = np.unravel_index(int(np.argmax(block_QK)), block_QK.shape)
    return int(query) + (rows.start or 0), int(key)

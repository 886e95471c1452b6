"""How attention adds up across layers: what was asked, and the graph and the map that came of it.

Axes: Q query position, K key position.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.messages.heads import Floats
from explorer.messages.results import Site, SiteKind, Token

Method = Literal["rollout", "flow", "value"]
Side = Literal["source", "target"]
LONGEST_FLOW = 64
"""Tokens on a side up to which every maximum flow is computed."""
LONGEST_ROLLOUT = 1024
"""Tokens on a side up to which layers are multiplied."""


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """What to add up: the method, whose attention, up to which layer (from 0), and how.

    `residual` lets half of each token stay where it is (Abnar and Zuidema, 2020). `heads` are
    those that are averaged; in a layer without any of them, and where none are named, all are.
    `normalise` makes the rows of value-weighted attention add up to 1.
    """

    method: Method = "rollout"
    kind: SiteKind = SiteKind.ENCODER
    layer: int = 0
    residual: bool = True
    heads: tuple[tuple[Site, int], ...] = ()
    normalise: bool = True


PLAIN_FLOW = FlowChoice()


@dataclass(frozen=True, slots=True)
class FlowStep:
    """What the tokens of one level (rows) take from those of a level below (columns)."""

    upper: int
    lower: int
    weights_QK: Floats


@dataclass(frozen=True)
class FlowMaps:
    """The answer: Q×K shares of the choice's queries and keys, and the graph that they follow from.

    `levels` says whose tokens stand at each level, the input first; the last level's are the
    queries. `steps` go from each level down, the upper ones first. Value-weighted attention is of
    one layer and has one step.
    """

    model: str
    step: int
    source_text: str
    target_text: str
    choice: FlowChoice
    queries: tuple[Token, ...]
    keys: tuple[Token, ...]
    map_QK: Floats
    levels: tuple[Side, ...]
    steps: tuple[FlowStep, ...]
    milliseconds: float = 0.0

    def tokens(self, level: int) -> int:
        """How many tokens stand at a level."""
        for step in self.steps:
            if level in (step.upper, step.lower):
                return step.weights_QK.shape[0 if level == step.upper else 1]
        return len(self.queries)


@dataclass(frozen=True, slots=True)
class FlowPath:
    """The maximum flow from one query to one key: its value, and what each step carries."""

    query: int
    key: int
    value: float
    carried: tuple[Floats, ...]


def carried(found: FlowMaps, query: int) -> tuple[Floats, ...]:
    """What each step of a rollout carries of one query: its share at a token times the weight."""
    top = len(found.levels) - 1
    share: dict[int, Floats] = {top: np.zeros(found.tokens(top), np.float32)}
    share[top][query] = 1
    amounts: list[Floats] = []
    for step in found.steps:
        above = share.get(step.upper)
        if above is None:
            above = np.zeros(step.weights_QK.shape[0], np.float32)
        amounts.append(above[:, None] * step.weights_QK)
        below = share.get(step.lower)
        arrived = amounts[-1].sum(axis=0)
        share[step.lower] = arrived if below is None else below + arrived
    return tuple(amounts)


def layers_of(weights: Mapping[Site, object], kind: SiteKind) -> int:
    """How many layers of a kind there are."""
    return sum(site.kind is kind for site in weights)

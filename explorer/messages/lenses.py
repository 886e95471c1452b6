"""What layers would have said, and what each part adds to a logit.

Axes: L layer (0 is the embedding), P decision, K place from the best on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats
from explorer.messages.results import Site, Token

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LensGrid:
    """Each layer's residual read out as if it were the last (logit lens, nostalgebraist, 2020).

    `decisions` are the columns, counted as in `Decoding.steps`; `read[p]` is the last token that
    the model had read then, or of an encoder alone the token in question, and `chosen[p]` the token
    that was decided for. `layers` names the rows, the embedding first. `top_LPK` are the ids of the
    most likely tokens, falling, with `probability_LPK`; `rank_LP`, from 1 (alike for equal ones),
    and `chosen_LP`, a probability, are those of the chosen token; `entropy_LP` is in nats. The last
    row is what the model says. `words` has every token by its id.
    """

    decisions: tuple[int, ...]
    read: tuple[Token, ...]
    chosen: tuple[Token, ...]
    layers: tuple[str, ...]
    top_LPK: Ints
    probability_LPK: Floats
    rank_LP: Ints
    chosen_LP: Floats
    entropy_LP: Floats
    words: Mapping[int, Token]


PartKind = Literal[
    "embedding", "head", "attention bias", "feed-forward", "norm bias", "output bias"
]


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the model adds to a logit.

    `layer` and `head` count from 0; `layer` is −1 for the embedding, for the norm before the
    output layer and for what that layer itself adds. `site` is the attention of a head, of an
    output bias, or of the norm after it.
    """

    kind: PartKind
    logit: float
    layer: int = -1
    site: Site | None = None
    head: int | None = None

    @property
    def title(self) -> str:
        """The part in words."""
        place = "" if self.layer < 0 else f"layer {self.layer + 1}"
        where = str(self.site.kind) if self.site is not None else ""
        match self.kind:
            case "embedding":
                return "embedding and position"
            case "head":
                return f"{place}, {where} head {(self.head or 0) + 1}"
            case "attention bias":
                return f"{place}, {where} output bias"
            case "feed-forward":
                return f"{place}, feed-forward"
            case "output bias":
                return "biases of the output layer"
            case "norm bias" if not place:
                return "last norm's bias"
            case "norm bias":
                return f"{place}, bias of the norm after {where or 'feed-forward'}"


@dataclass(frozen=True, slots=True)
class LogitParts:
    """A logit taken apart: every part's share, in the order of computing.

    With `against` it is the difference of two logits, that of `token` less that of the rival.
    `logit` is what the model itself says; `total`, the sum of all parts, is the same to rounding.
    """

    decision: int
    token: Token
    against: Token | None
    logit: float
    parts: tuple[Part, ...]
    note: str

    @property
    def total(self) -> float:
        """The sum of all parts."""
        return sum(part.logit for part in self.parts)


@dataclass(frozen=True, slots=True)
class LensReading:
    """The answer to a `Lens`: the grid of layers and decisions, and one decision's logit."""

    model: str
    step: int
    source_text: str
    grid: LensGrid
    parts: LogitParts
    notes: tuple[str, ...] = ()
    milliseconds: float = 0.0

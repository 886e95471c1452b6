"""What a model wrote, decision by decision, and the tree of all that was tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp
from typing import Literal

from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.heads import Floats
from explorer.messages.tokens import SignalPicture, Site, Token

How = Literal["greedy", "sampled", "forced", "beam"]
"""How a token came to stand where it stands."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that the decoder could write next, and its probability.

    `final` is the probability after repetition penalty, bans, temperature and truncation, 0 where
    the token was cut off; `rank` counts from 1 by `probability`, alike for equal ones.
    """

    token: Token
    probability: float
    final: float = 0.0
    rank: int = 0


@dataclass(frozen=True, slots=True)
class DecodeStep:
    """One decision of the decoder.

    `candidates` are the most likely tokens, falling; a chosen one that is not among them stands
    last. `log_probability` is that of the chosen token, `entropy` that of the whole distribution,
    both in nats and as the model says them; `final` is the chosen token's probability after
    repetition penalty, bans, temperature and truncation. `attention[site]`, of shape heads × keys,
    is what this step paid: cross sites over the source, decoder sites over the start token and the
    text so far.
    """

    index: int
    token: Token
    log_probability: float
    entropy: float
    candidates: tuple[Candidate, ...]
    attention: Mapping[Site, Floats] = field(default_factory=dict)
    how: How = "greedy"
    rank: int = 1
    final: float = 0.0

    @property
    def probability(self) -> float:
        """Of the chosen token, as the model says it."""
        return exp(self.log_probability)

    @property
    def loss(self) -> float:
        """What the chosen token would cost as a target, in nats."""
        return -self.log_probability


NodeState = Literal["kept", "dropped", "finished", "pruned"]
"""Gone on with, given up by the search, ended, or given up by hand."""


@dataclass(frozen=True, slots=True)
class Node:
    """A token in the tree of what was tried; its text is the path from the root to it.

    `parent` is the id of the token before it, None for a first one; `depth` counts from 0.
    `log_probability` is the token's own, `total` that of the text so far as the search counts it,
    `score` that after the length penalty. `why` says in words how `state` came about. `attention`
    is what the decision paid, as in `DecodeStep`. `step` is the whole decision where it is known.
    """

    id: int
    parent: int | None
    depth: int
    token: Token
    log_probability: float
    total: float
    score: float
    state: NodeState
    why: str
    rank: int = 0
    attention: Mapping[Site, Floats] = field(default_factory=dict)
    step: DecodeStep | None = None


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A whole text of the tree: its last node, and how good the search finds it.

    `finished` is False where it was cut at the longest output.
    """

    node: int
    text: str
    ids: tuple[int, ...]
    log_probability: float
    score: float
    finished: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """How a text is to be written, and what of it is there already.

    Without `config` the model's own settings hold. `prefix` are tokens that stand there, `came`
    says how each did (forced where it says nothing); `text` is forced after them, cut into tokens.
    Tokens in `bans` are never chosen. `seeds` are the texts, tokens after all that, that a beam
    search goes on from; ended ones have the end token, the others are equally long. With a
    `reference` nothing is written: the model says what it thinks of that text instead.
    """

    config: DecodingConfig | None = None
    prefix: tuple[int, ...] = ()
    came: tuple[How, ...] = ()
    text: str = ""
    bans: tuple[int, ...] = ()
    seeds: tuple[tuple[int, ...], ...] = ()
    reference: str | None = None


PLAIN = Wish()
"""What the model writes by itself."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """A whole text as the model wrote it, decision by decision.

    `prefix` is what the decoder read before its first decision: the start token, or the prompt of
    a decoder alone. An encoder alone decides a label for each of `places`, the indices in `source`
    (its prefix is empty). `finished` is False when the longest output was reached before the end
    token. `best` are the best texts of a beam search, the first one being this; `tree` holds what
    was tried. With `reference` the text was not written but given, and each step says what the
    model thought of it.
    """

    model: str
    step: int
    source_text: str
    source: tuple[Token, ...]
    prefix: tuple[Token, ...]
    steps: tuple[DecodeStep, ...]
    text: str
    finished: bool
    milliseconds: float = 0.0
    places: tuple[int, ...] = ()
    signal: SignalPicture | None = None
    best: tuple[Hypothesis, ...] = ()
    tree: tuple[Node, ...] = ()
    reference: bool = False
    notes: tuple[str, ...] = ()

    @property
    def log_probability(self) -> float:
        """Natural logarithm of the probability of the whole text."""
        return sum(step.log_probability for step in self.steps)

    @property
    def loss(self) -> float:
        """Mean loss of its tokens, in nats."""
        return -self.log_probability / max(1, len(self.steps))

"""What the engine finds out about a sentence or a model, as numpy and plain values.

Axes: H head, Q query position, K key position. Arrays that have crossed are never written again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import nan
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.messages.config import RunConfig

Floats = NDArray[np.float32]


class SiteKind(StrEnum):
    """Where in the Transformer an attention sits."""

    ENCODER = "encoder"
    DECODER = "decoder"
    CROSS = "cross"


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """One attention sub-layer; `str()` gives the name used in files, such as `cross.0`."""

    kind: SiteKind
    layer: int

    def __str__(self) -> str:
        return f"{self.kind}.{self.layer}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as people read it (`text`), as the vocabulary has it (`piece`), and whence it came.

    `start` and `end` are character offsets in the text (equal for special tokens); `word` counts
    the words of the text, None for special tokens.
    """

    id: int
    text: str
    piece: str
    start: int = 0
    end: int = 0
    word: int | None = None
    special: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class SignalPicture:
    """A source that is no text: its picture (rows × columns, 0 to 1) and each token's part of it.

    `boxes` holds left, top, width and height of a token's part, in pixels, one row a token.
    """

    values: Floats
    boxes: NDArray[np.int32]
    kind: Literal["picture", "sound"]


@dataclass(frozen=True, slots=True)
class Trace:
    """One sentence pair through the model at one step: its tokens and every head's attention.

    `target` is what the decoder reads: the start token, then the target; of a decoder alone, the
    whole text. A decoder alone has no `source`, an encoder alone no `target`. Row q of a decoder
    or cross-attention map is the query that decides the token *after* `target[q]`.
    `weights[site]` is float32 of shape heads × queries × keys, after the softmax, before dropout.
    `allowed[kind]`, queries × keys, tells where sites of that kind may look; a kind that is not
    there may look anywhere.
    """

    model: str
    step: int
    source_text: str
    target_text: str
    own_target: bool
    source: tuple[Token, ...]
    target: tuple[Token, ...]
    weights: Mapping[Site, Floats]
    notes: tuple[str, ...] = ()
    milliseconds: float = 0.0
    signal: SignalPicture | None = None
    allowed: Mapping[SiteKind, NDArray[np.bool_]] = field(default_factory=dict)

    def queries(self, kind: SiteKind) -> tuple[Token, ...]:
        """The tokens on the query axis (rows) of a site of this kind."""
        return self.source if kind is SiteKind.ENCODER else self.target

    def keys(self, kind: SiteKind) -> tuple[Token, ...]:
        """The tokens on the key axis (columns) of a site of this kind."""
        return self.target if kind is SiteKind.DECODER else self.source


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that the decoder could write next, and its probability."""

    token: Token
    probability: float


@dataclass(frozen=True, slots=True)
class DecodeStep:
    """One decision of the decoder.

    `candidates` are the most likely tokens, falling. `log_probability` is that of the chosen
    token, `entropy` that of the whole distribution, both in nats. `attention[site]`, of shape
    heads × keys, is what this step paid: cross sites over the source, decoder sites over the
    start token and the text so far.
    """

    index: int
    token: Token
    log_probability: float
    entropy: float
    candidates: tuple[Candidate, ...]
    attention: Mapping[Site, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decoding:
    """A whole text as the model wrote it, decision by decision.

    `prefix` is what the decoder read before its first decision: the start token, or the prompt of
    a decoder alone. An encoder alone decides a label for each of `places`, the indices in `source`
    (its prefix is empty). `finished` is False when the longest output was reached before the end
    token.
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

    @property
    def log_probability(self) -> float:
        """Natural logarithm of the probability of the whole text."""
        return sum(step.log_probability for step in self.steps)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures on held-out data at one step.

    `exact_match` is the share of examples written without any error (NaN for running text),
    `accuracy` the share of single tokens predicted right from the true ones before them.
    `full_precision_loss` is the loss of a low-bit model's latent weights, taken unrounded (NaN for
    a model that has none).
    """

    step: int
    loss: float
    exact_match: float
    examples: int
    accuracy: float = nan
    full_precision_loss: float = nan


@dataclass(frozen=True, slots=True)
class Baseline:
    """What counting without attention reaches on the same held-out data.

    `loss` in nats a token and `accuracy` as a share, each None where the method has none; `detail`
    says in a sentence what was counted and with which library.
    """

    name: str
    title: str
    loss: float | None
    accuracy: float | None
    detail: str


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that was changed while the run went on, in force after `step` steps."""

    step: int
    path: str
    value: float


@dataclass(frozen=True, slots=True)
class History:
    """A run's curves so far; every array of a group has the same length."""

    steps: NDArray[np.int64]
    losses: Floats
    learning_rates: Floats
    measurements: tuple[Measurement, ...] = ()
    changes: tuple[Change, ...] = ()
    baselines: tuple[Baseline, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of the model that the worker holds.

    `weight_bytes` are those that its weights take in memory, `packed_bytes` those that they would
    take exported with `--packed` (as many for a model of full precision, or one packed already).
    """

    name: str
    origin: str
    config: RunConfig
    step: int
    parameters: int
    vocabulary_size: int
    example: str
    history: History | None = None
    notes: tuple[str, ...] = ()
    weight_bytes: int = 0
    packed_bytes: int = 0

    @property
    def sites(self) -> tuple[Site, ...]:
        """Every attention site, encoder first, then decoder, then cross-attention."""
        model = self.config.model
        encoder = model.encoder_layers if model.has_encoder else 0
        decoder = model.decoder_layers if model.has_decoder else 0
        counts = (
            (SiteKind.ENCODER, encoder),
            (SiteKind.DECODER, decoder),
            (SiteKind.CROSS, decoder if encoder else 0),
        )
        return tuple(Site(kind, layer) for kind, count in counts for layer in range(count))

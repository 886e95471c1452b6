"""What the engine finds out about a sentence or a model, as numpy and plain values.

Axes: H head, Q query position, K key position. Arrays that have crossed are never written again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

import numpy as np
from numpy.typing import NDArray

from explorer.messages.config import RunConfig
from explorer.messages.decoding import Candidate, DecodeStep, Decoding, Hypothesis, Node
from explorer.messages.foreign import Foreign
from explorer.messages.heads import Floats, Heads, Weights
from explorer.messages.tokens import SignalPicture, Site, SiteKind, Token

__all__ = [
    "Baseline", "Branch", "Candidate", "Change", "DecodeStep", "Decoding", "Floats", "Heads",
    "History",
    "Hypothesis", "Measurement", "ModelInfo", "Node", "SignalPicture", "Site", "SiteKind", "Token",
    "Trace", "Weights",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """One sentence pair through the model at one step: its tokens and every head's attention.

    `target` is what the decoder reads: the start token, then the target; of a decoder alone, the
    whole text. A decoder alone has no `source`, an encoder alone no `target`. Row q of a decoder
    or cross-attention map is the query that decides the token *after* `target[q]`.
    `weights[site]` is float32 of shape heads × queries × keys, after the softmax, before dropout.
    `allowed[kind]`, queries × keys, tells where sites of that kind may look; a kind that is not
    there may look anywhere. `heads[site]` is what the weights come from; of a long text (more than
    `heads.DENSE` weights in all) the weights are made from it, a head at a time (`MadeWeights`).
    """

    model: str
    step: int
    source_text: str
    target_text: str
    own_target: bool
    source: tuple[Token, ...]
    target: tuple[Token, ...]
    weights: Mapping[Site, Weights]
    notes: tuple[str, ...] = ()
    milliseconds: float = 0.0
    signal: SignalPicture | None = None
    allowed: Mapping[SiteKind, NDArray[np.bool_]] = field(default_factory=dict)
    heads: Mapping[Site, Heads] = field(default_factory=dict)

    def queries(self, kind: SiteKind) -> tuple[Token, ...]:
        """The tokens on the query axis (rows) of a site of this kind."""
        return self.source if kind is SiteKind.ENCODER else self.target

    def keys(self, kind: SiteKind) -> tuple[Token, ...]:
        """The tokens on the key axis (columns) of a site of this kind."""
        return self.target if kind is SiteKind.DECODER else self.source


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
    """A run's curves so far; every array of a group has the same length.

    `tokens` learned from and `seconds` of work up to each step are empty where they are not known.
    """

    steps: NDArray[np.int64]
    losses: Floats
    learning_rates: Floats
    measurements: tuple[Measurement, ...] = ()
    changes: tuple[Change, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    tokens: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    seconds: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a run left its parent: the parent's folder, the step, what changed, its whole curve."""

    parent: str
    step: int
    changed: str
    history: History


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of the model that the worker holds.

    `weight_bytes` are those that its weights take in memory, `packed_bytes` those that they would
    take exported with `--packed` (as many for a model of full precision, or one packed already).
    With `reads_pictures` a sentence is the path of a PNG or JPEG. `foreign` tells what there is to
    know besides of a model that another library made; None of our own. `branch` is that of a fork
    whose parent is still there.
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
    reads_pictures: bool = False
    foreign: Foreign | None = None
    branch: Branch | None = None

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

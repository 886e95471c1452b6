"""What inspection and decoding need of a model, whoever made it.

Axes: B batch, S source position, T target position, L either, H head, V vocabulary, M model width.
"""

from collections.abc import Iterator
from typing import Protocol, TypeVar

from torch import Tensor, nn

from explorer.messages.results import Site
from explorer.model.taps import Tap


class Weighted(Protocol):
    """A linear layer: its `weight` has a row for each output."""

    @property
    def weight(self) -> Tensor:
        """Outputs × inputs."""
        ...


class Attends(Protocol):
    """One attention sub-layer with its taps.

    `queries` sees B×H×Q×D as they meet keys, `keys` and `values` B×G×K×D of the key–value heads
    (`groups` of them), `scores` and `weights` B×H×Q×K before the mask and after the softmax.
    """

    heads: int
    groups: int
    cap: float
    queries: Tap
    keys: Tap
    values: Tap
    scores: Tap
    weights: Tap
    mixed: Tap

    @property
    def output(self) -> Weighted | None:
        """The layer that heads side by side go through; None where nobody found it."""
        ...

    @property
    def sink_H(self) -> Tensor | None:
        """Each head's score of a further key without a value."""
        ...


class State(Protocol):
    """What a model remembers while it writes."""

    @property
    def length(self) -> int:
        """Target positions read so far."""
        ...

    def at(self, length: int) -> "State":
        """The state as it was at an earlier length, or now: a branch of its own."""
        ...

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        ...


S = TypeVar("S", bound=State)


class Sized(Protocol):
    """Settings of a shape that others rely on."""

    @property
    def max_length(self) -> int:
        """Tokens that a sentence may have."""
        ...


class Writes(Protocol[S]):
    """A model that can be looked into, and that writes if it has a decoder."""

    @property
    def config(self) -> Sized:
        """The shape."""
        ...

    @property
    def slopes_H(self) -> Tensor | None:
        """ALiBi's penalty on distance, one a head."""
        ...

    def __call__(self, source: Tensor | None, target_BT: Tensor | None) -> Tensor:
        """B×L×V logits."""
        ...

    def hidden(self, source: Tensor | None, target_BT: Tensor | None) -> Tensor:
        """B×L×M: what the output layer turns into logits."""
        ...

    def start_decoding(self, source: Tensor | None, prefix_BT: Tensor | None = None) -> S:
        """Read the source and a prefix of the target."""
        ...

    def decode_step(self, token_B: Tensor, state: S) -> Tensor:
        """B×V logits after one more target token; the state grows by it."""
        ...

    def read_on(self, target_BT: Tensor, state: S) -> Tensor:
        """B×V logits after some more target tokens, read at once; the state grows by them."""
        ...

    def read_each(self, target_BT: Tensor, state: S) -> Tensor:
        """B×T×V logits after each of several more target tokens; the state grows by them."""
        ...

    def allowed(self, length: int, *, causal: bool) -> Tensor | None:
        """L×L: where self-attention may look; None: anywhere."""
        ...

    def sites(self) -> "Iterator[tuple[Site, Attends]]":
        """Every attention with its place: encoder, then decoder, then cross-attention."""
        ...

    def parameter_count(self) -> int:
        """Numbers that are learned; tied ones count once."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """Its weights."""
        ...

    def eval(self) -> object:
        """Without dropout from now on."""
        ...

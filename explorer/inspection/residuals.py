"""The residual stream of the stack that speaks, as one pass makes it.

Axes: B batch, L position, M model width, H head, D head width.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from torch import Tensor, nn

from explorer.messages.results import Site
from explorer.model.attention import MultiHeadAttention
from explorer.model.blocks import Residual
from explorer.model.taps import Probe, Tap, watching
from explorer.model.transformer import Transformer


@dataclass(slots=True)
class Sum:
    """A residual sum: which attention added to it, None for a feed-forward layer."""

    layer: int
    residual: Residual
    attention: MultiHeadAttention | None
    site: Site | None


@dataclass(slots=True)
class Residuals:
    """What the taps of a pass saw, the first sentence of the batch."""

    sums: list[Sum]
    norm: nn.Module
    _start: Tap
    _seen: dict[Tap, Tensor] = field(default_factory=dict)

    @property
    def start_LM(self) -> Tensor:
        """Embeddings with their positions."""
        return self._seen[self._start]

    def after_LM(self, number: int) -> Tensor:
        """The residual after so many sums."""
        return self.start_LM if not number else self._seen[self.sums[number - 1].residual.tap]

    def added_LM(self, number: int) -> Tensor:
        """What a sum, counted from 0, has added."""
        return self._seen[self.sums[number].residual.added]

    def mixed_HLD(self, number: int) -> Tensor:
        """Of an attention's sum, what its heads mixed, before the output projection."""
        attention = self.sums[number].attention
        assert attention is not None
        return self._seen[attention.mixed]

    def layers_LM(self) -> Iterator[Tensor]:
        """The embeddings, then the residual after every block."""
        yield self.start_LM
        for number, each in enumerate(self.sums, start=1):
            if number == len(self.sums) or self.sums[number].layer != each.layer:
                yield self.after_LM(number)


@contextmanager
def residuals(model: Transformer) -> Iterator[Residuals]:
    """Keep the stream of the next pass; the fused kernels still run."""
    start, blocks, norm = model.last_stack()
    sites = {attention: site for site, attention in model.sites()}
    found = Residuals([], norm, start)
    taps = [start]
    for layer, block in enumerate(blocks):
        for residual, attention in block.sublayers():
            site = None if attention is None else sites[attention]
            found.sums.append(Sum(layer, residual, attention, site))
            taps += [residual.added, residual.tap]
            if attention is not None:
                taps.append(attention.mixed)
    with watching({tap: _keeper(found._seen, tap) for tap in taps}):
        yield found


def _keeper(seen: dict[Tap, Tensor], tap: Tap) -> Probe:
    def keep(tensor: Tensor) -> None:
        seen[tap] = tensor.detach()[0]

    return keep

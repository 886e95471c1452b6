"""What decoding remembers. Axes: B batch, G key–value head, K key position, D head width."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from explorer.model.mask import EVERYTHING, Mask


class KeyValueCache:
    """Keys and values of past positions, so that a step of decoding costs one token's work."""

    def __init__(self) -> None:
        self.key_BGKD: Tensor | None = None
        self.value_BGKD: Tensor | None = None

    @property
    def length(self) -> int:
        """Positions held."""
        return 0 if self.key_BGKD is None else self.key_BGKD.shape[2]

    def extend(self, key_BGKD: Tensor, value_BGKD: Tensor) -> tuple[Tensor, Tensor]:
        """Append new positions and give back all."""
        if self.key_BGKD is not None and self.value_BGKD is not None:
            key_BGKD = torch.cat([self.key_BGKD, key_BGKD], dim=2)
            value_BGKD = torch.cat([self.value_BGKD, value_BGKD], dim=2)
        self.key_BGKD, self.value_BGKD = key_BGKD, value_BGKD
        return key_BGKD, value_BGKD

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        if self.key_BGKD is not None and self.value_BGKD is not None:
            self.key_BGKD, self.value_BGKD = self.key_BGKD[rows], self.value_BGKD[rows]


@dataclass(slots=True)
class DecoderState:
    """The source's projections for each layer (none for a decoder alone) and every layer's past."""

    past: list[KeyValueCache]
    source: list[KeyValueCache] = field(default_factory=list)
    source_mask: Mask = EVERYTHING

    @property
    def length(self) -> int:
        """Target positions read so far."""
        return self.past[0].length

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        self.source_mask = self.source_mask.keep(rows)
        for cache in (*self.source, *self.past):
            cache.keep(rows)

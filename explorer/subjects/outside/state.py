"""What a model of `transformers` remembers while it writes. Axes: B batch, S source position."""

from copy import copy
from typing import Any

from torch import Tensor


class OutsideState:
    """A model's own cache, what its encoder read, and how far it is.

    Caches hold a list of layers with tensors that are replaced when they grow, never written into,
    so a branch needs no copy of them.
    """

    def __init__(
        self, cache: Any = None, memory: Any = None, mask_BS: Tensor | None = None, length: int = 0
    ) -> None:
        self.cache, self.memory, self.mask_BS = cache, memory, mask_BS
        self.length = length
        """Target positions read so far."""

    def at(self, length: int) -> "OutsideState":
        """The state as it was at an earlier length, or now: a branch of its own.

        Raises `ValueError` for a length that was not reached, or that a cache has forgotten.
        """
        if not 0 <= length <= self.length:
            raise ValueError(f"length: 0 to {self.length} tokens have been read, not {length}")
        branch = OutsideState(_branched(self.cache), copy(self.memory), self.mask_BS, length)
        if not length:
            branch.cache = None
        elif length < self.length:
            try:
                branch.cache.crop(length - self.length)
            except RuntimeError as error:
                raise ValueError(f"This cache cannot go back: {error}") from None
        return branch

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        if self.cache is not None:
            self.cache.batch_select_indices(rows)
        if self.mask_BS is not None:
            self.mask_BS = self.mask_BS[rows]
        if self.memory is not None:
            self.memory = copy(self.memory)
            self.memory.last_hidden_state = self.memory.last_hidden_state[rows]


def _branched(cache: Any) -> Any:
    """The cache with layers of its own that share their tensors."""
    if cache is None:
        return None
    branch = copy(cache)
    if hasattr(cache, "self_attention_cache"):
        branch.self_attention_cache = _branched(cache.self_attention_cache)
        branch.cross_attention_cache = _branched(cache.cross_attention_cache)
        branch.is_updated = dict(cache.is_updated)
    elif hasattr(cache, "layers"):
        branch.layers = [copy(layer) for layer in cache.layers]
    return branch

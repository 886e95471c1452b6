"""What an attention may look at, and how distance counts. Axes: B batch, H head, Q query, K key."""

from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.model.looks import Look
from explorer.model.patterns import causal_mask
from explorer.model.sparse import Blocks


@dataclass(frozen=True, slots=True)
class Mask:
    """`allowed` is a boolean that broadcasts to B×H×Q×K, True where a query may look.

    `causal` hides later keys besides; `bias` is added to the scores. So a kernel that knows what
    causal means needs no table of it. With `blocks` there is a cheaper way to the same: the rest
    is then what `whole` makes of them. With `look` the keys are only some of the positions.
    """

    allowed: Tensor | None = None
    causal: bool = False
    bias: Tensor | None = None
    blocks: Blocks | None = None
    look: Look | None = None

    def whole(self) -> "Mask":
        """The same without blocks, for whoever needs every query beside every key."""
        if self.blocks is None:
            return self
        return Mask(self.blocks.table(), self.causal, self.blocks.table_bias())

    def table(self, queries: int, keys: int, device: torch.device) -> Tensor | None:
        """All that is allowed as one boolean table; None where everything is."""
        allowed = self.whole().allowed
        if not self.causal or queries == 1:
            return allowed
        triangle = causal_mask(queries, keys, device)
        return triangle if allowed is None else triangle & allowed

    def keep(self, rows: Tensor) -> "Mask":
        """The mask of these rows of the batch."""
        allowed = self.allowed
        if allowed is not None and allowed.shape[0] > 1:
            allowed = allowed[rows]
        return Mask(allowed, self.causal, self.bias)


EVERYTHING = Mask()
"""Every query may look at every key."""

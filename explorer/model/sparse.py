"""Sparse attention without the table of all queries and keys: short stretches, side by side.

A pattern lets a query look at what stands near it. So the positions are cut into blocks of C, each
block gets the keys that any of its queries may reach, and the blocks become rows of a batch on
which attention runs as ever (the blocked form of Longformer, Beltagy et al., 2020, and of BigBird,
Zaheer et al., 2020, appendix D). Work and memory grow with length × window, not with length².

Axes: B batch, N block, H head, L position, C query of a block, S key of a block, D head width.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.messages.model_config import ModelConfig
from explorer.model.patterns import PATTERNS, pattern_mask
from explorer.model.positions import alibi_bias

SPARSE = ("window", "dilated", "global", "block")
"""The patterns that have blocks."""
SMALLEST = 32
"""Queries of a block at least: products of less are not worth their launching."""
WORTH = 3
"""How many times the keys of a block a text must be long for blocks to be the cheaper way."""
NOWHERE = -(2**40)
"""The position of a key that stands for none."""

Kernel = Callable[[Tensor, Tensor, Tensor, Tensor | None, Tensor | None], Tensor]
"""Attention of queries B×H×C×D over keys and values B×H×S×D, a boolean and an added mask."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How positions are cut: every `stride`-th one belongs together, in blocks of `size`.

    A block of queries reaches `left` and `right` more keys than its own, and the `first` ones.
    """

    length: int
    size: int
    stride: int = 1
    left: int = 0
    right: int = 0
    first: int = 0

    @property
    def keys(self) -> int:
        """Keys of a block (S)."""
        return self.first + self.left + self.size + self.right

    def fold(self, tensor_BL: Tensor, nothing: float = 0) -> Tensor:
        """B×L×… to B×N×C×…, filled up with `nothing` at the end."""
        missing = -self.length % (self.size * self.stride)
        if missing:
            edges = (0, 0) * (tensor_BL.dim() - 2) + (0, missing)
            tensor_BL = F.pad(tensor_BL, edges, value=nothing)
        return tensor_BL.unflatten(1, (-1, self.size, self.stride)).movedim(3, 1).flatten(1, 2)

    def unfold(self, tensor_BNC: Tensor) -> Tensor:
        """What `fold` made, as it was."""
        tensor_BLs = tensor_BNC.unflatten(1, (self.stride, -1)).movedim(1, 3)
        return tensor_BLs.flatten(1, 3)[:, : self.length]

    def reach(self, tensor_BL: Tensor, nothing: float = 0) -> Tensor:
        """B×L×… to B×N×S×…: what each block looks at, the first positions in front."""
        own = self.fold(tensor_BL, nothing).unflatten(1, (self.stride, -1))
        edge = own.new_full((*own.shape[:2], 1, *own.shape[3:]), nothing)
        parts = [own]
        if self.left:
            before = torch.cat([edge, own[:, :, :-1]], dim=2)
            parts.insert(0, before[:, :, :, self.size - self.left :])
        if self.right:
            after = torch.cat([own[:, :, 1:], edge], dim=2)
            parts.append(after[:, :, :, : self.right])
        if self.first:
            first = tensor_BL[:, None, None, : self.first]
            blocks = own.shape[2]
            parts.insert(0, first.expand(-1, self.stride, blocks, *first.shape[3:]))
        return torch.cat(parts, dim=3).flatten(1, 2)


def cut_of(config: ModelConfig, length: int, *, causal: bool) -> Cut:
    """The blocks of a sparse pattern at a length."""
    window = config.window
    if config.pattern == "block":
        return Cut(length, window * -(-SMALLEST // window))
    stride = config.stride if config.pattern == "dilated" else 1
    first = min(config.global_tokens, length) if config.pattern == "global" else 0
    right = 0 if causal else window
    return Cut(length, max(window, SMALLEST), stride, window, right, first)


def worthwhile(config: ModelConfig, length: int, *, causal: bool) -> bool:
    """Whether blocks are the cheaper way to attend at this length (docs/sparse.md)."""
    if config.pattern not in SPARSE:
        return False
    return length >= WORTH * cut_of(config, length, causal=causal).keys


class Blocks:
    """A sparse pattern at one length, with the masks that all layers of a forward pass share.

    `padding_BL` is True at tokens; rows of queries that are padding come out as anything finite.
    `slopes_H` are those of ALiBi.
    """

    def __init__(
        self, config: ModelConfig, length: int, *, causal: bool, device: torch.device,
        padding_BL: Tensor | None = None, slopes_H: Tensor | None = None,
    ) -> None:  # fmt: skip
        self.config = config
        self.cut = cut_of(config, length, causal=causal)
        self.rows = 0 if causal else self.cut.first
        self.device = device
        self.padding_BL, self.slopes_H = padding_BL, slopes_H
        position_1L = torch.arange(length, device=device)[None]
        query_1NC1 = self.cut.fold(position_1L, NOWHERE)[..., None]
        key_1N1S = self.cut.reach(position_1L, NOWHERE)[:, :, None]
        self.allowed = self._allowed(config, query_1NC1, key_1N1S, causal)
        self.bias = self.row_bias = None
        if slopes_H is not None:
            self.bias = self._bias(slopes_H, query_1NC1, key_1N1S)
            query_R1 = position_1L[0, : self.rows, None]
            self.row_bias = -slopes_H[:, None, None] * (query_R1 - position_1L).abs()

    def _allowed(
        self, config: ModelConfig, query_1NC1: Tensor, key_1N1S: Tensor, causal: bool
    ) -> Tensor:
        """(B·N)×1×C×S: what the pattern admits; each first key once, each query itself."""
        front = torch.arange(self.cut.keys, device=key_1N1S.device) < self.cut.first
        once = front | (key_1N1S >= self.cut.first) | (key_1N1S == NOWHERE)
        allowed = PATTERNS[config.pattern](query_1NC1, key_1N1S, config) & once & (key_1N1S >= 0)
        if causal:
            allowed = allowed & (key_1N1S <= query_1NC1)
        if self.padding_BL is not None:
            allowed = allowed & self.cut.reach(self.padding_BL, False)[:, :, None]
        # A row of padding looks at itself, so that no kernel divides by nothing.
        return allowed | ((query_1NC1 == key_1N1S) & once)

    def _bias(self, slopes_H: Tensor, query_1NC1: Tensor, key_1N1S: Tensor) -> Tensor:
        """(1 or N)×H×C×S of ALiBi; without first tokens every block has the same distances."""
        cut = self.cut
        distance_NCS = (query_1NC1 - key_1N1S)[0].abs().clamp(max=cut.length)
        if not cut.first:
            query_C = torch.arange(cut.size, device=slopes_H.device)
            key_S = torch.arange(-cut.left, cut.size + cut.right, device=slopes_H.device)
            distance_NCS = (query_C[:, None] - key_S).abs()[None] * cut.stride
        return -slopes_H[:, None, None] * distance_NCS[:, None]

    def table(self) -> Tensor | None:
        """B×1×L×L: all that the pattern and the padding admit, not yet what lies ahead."""
        length = self.cut.length
        table = pattern_mask(self.config, length, length, self.device)
        if self.padding_BL is None:
            return table
        padding_B11L = self.padding_BL[:, None, None]
        return padding_B11L if table is None else table & padding_B11L

    def table_bias(self) -> Tensor | None:
        """1×H×L×L of ALiBi."""
        length = self.cut.length
        return None if self.slopes_H is None else alibi_bias(self.slopes_H, length, length)

    def attend(
        self, query_BHLD: Tensor, key_BHLD: Tensor, value_BHLD: Tensor, kernel: Kernel
    ) -> Tensor:
        """B×H×L×D, as the kernel gives it under the pattern's whole mask."""
        batch = query_BHLD.shape[0]
        mixed_bHCD = kernel(
            self._rows_of(self.cut.fold(query_BHLD.transpose(1, 2))),
            self._rows_of(self.cut.reach(key_BHLD.transpose(1, 2))),
            self._rows_of(self.cut.reach(value_BHLD.transpose(1, 2))),
            self._for_rows(self.allowed, batch)[:, None],
            self._bias_for_rows(batch),
        )
        mixed_BNCHD = mixed_bHCD.transpose(1, 2).unflatten(0, (batch, -1))
        mixed_BHLD = self.cut.unfold(mixed_BNCHD).transpose(1, 2)
        if not self.rows:
            return mixed_BHLD
        whole_BHRD = self._attend_from_first(query_BHLD, key_BHLD, value_BHLD, kernel)
        return torch.cat([whole_BHRD, mixed_BHLD[:, :, self.rows :]], dim=2)

    def _attend_from_first(
        self, query_BHLD: Tensor, key_BHLD: Tensor, value_BHLD: Tensor, kernel: Kernel
    ) -> Tensor:
        """B×H×R×D: the rows of the first tokens, which look at all."""
        padding = None if self.padding_BL is None else self.padding_BL[:, None, None]
        first_BHRD = query_BHLD[:, :, : self.rows]
        return kernel(first_BHRD, key_BHLD, value_BHLD, padding, self.row_bias)

    def _bias_for_rows(self, batch: int) -> Tensor | None:
        if self.bias is None or self.bias.shape[0] == 1:
            return self.bias
        return self._for_rows(self.bias[None], batch)

    @staticmethod
    def _rows_of(tensor_BNCHD: Tensor) -> Tensor:
        return tensor_BNCHD.flatten(0, 1).transpose(1, 2)

    @staticmethod
    def _for_rows(tensor_1N: Tensor, batch: int) -> Tensor:
        """1×N×… or B×N×… to (B·N)×…."""
        return tensor_1N.expand(batch, *tensor_1N.shape[1:]).flatten(0, 1)

"""The parameters of single heads: held still while the rest learns, or drawn anew.

Axes as in `model/`: a head owns its rows of the query's, key's and value's projections, and its
columns of the output's.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.messages.head_names import Head
from explorer.model.attention import MultiHeadAttention
from explorer.model.transformer import Transformer

Index = tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a parameter."""

    parameter: Tensor
    index: Index

    def of(self, tensor: Tensor) -> Tensor:
        """The same stretch of a tensor of the parameter's shape."""
        return tensor[self.index]


def parts_of(model: Transformer, heads: Collection[Head]) -> Iterator[Part]:
    """All that these heads own alone.

    Keys and values that heads share are owned only by all of them together; the output's bias is
    nobody's.
    """
    attentions = dict(model.sites())
    for site in sorted({site for site, _ in heads}):
        yield from _of_site(attentions[site], {head for at, head in heads if at == site})


def _of_site(attention: MultiHeadAttention, heads: set[int]) -> Iterator[Part]:
    width = attention.query.out_features // attention.heads
    share = attention.heads // attention.groups
    for head in sorted(heads):
        rows = slice(head * width, (head + 1) * width)
        yield from _rows(attention.query, rows)
        yield Part(attention.output.weight, (slice(None), rows))
        if isinstance(attention.sink_H, nn.Parameter):
            yield Part(attention.sink_H, (slice(head, head + 1),))
    for group in range(attention.groups):
        if heads >= set(range(group * share, (group + 1) * share)):
            rows = slice(group * width, (group + 1) * width)
            yield from _rows(attention.key, rows)
            yield from _rows(attention.value, rows)


def _rows(linear: nn.Linear, rows: slice) -> Iterator[Part]:
    yield Part(linear.weight, (rows, slice(None)))
    if linear.bias is not None:
        yield Part(linear.bias, (rows,))


class StillHeads:
    """Heads that do not learn: neither gradient nor memory nor decay moves them."""

    def __init__(self, model: Transformer, heads: Collection[Head]) -> None:
        self._parts = list(parts_of(model, heads))
        self._kept = [part.of(part.parameter.detach()).clone() for part in self._parts]

    def drop_gradients(self) -> None:
        """So that the gradient's length is that of what moves."""
        for part in self._parts:
            if part.parameter.grad is not None:
                part.of(part.parameter.grad).zero_()

    def put_back(self) -> None:
        """After a step of the optimizer: exactly what was there before it."""
        with torch.no_grad():
            for part, kept in zip(self._parts, self._kept, strict=True):
                part.of(part.parameter).copy_(kept)


def draw_anew(
    model: Transformer, fresh: Transformer, heads: Collection[Head],
    optimizers: Sequence[torch.optim.Optimizer],
) -> None:  # fmt: skip
    """Give heads the weights that they have in a fresh model, and forget what they remember."""
    pairs = zip(parts_of(model, heads), parts_of(fresh, heads), strict=True)
    with torch.no_grad():
        for old, new in pairs:
            old.of(old.parameter).copy_(new.of(new.parameter))
            for optimizer in optimizers:
                for memory in optimizer.state.get(old.parameter, {}).values():
                    if isinstance(memory, Tensor) and memory.shape == old.parameter.shape:
                        old.of(memory).zero_()

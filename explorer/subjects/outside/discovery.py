"""Which modules of a model attend, found by watching a short trial pass.

No list of families: whoever calls the attention function is a site. The trial reads 3 source and
2 target tokens, so that the lengths of queries and keys tell self- from cross-attention.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.messages.results import Site, SiteKind
from explorer.subjects.outside.attention import OutputWeight, OutsideAttention, give_taps

SOURCE, TARGET = 3, 2
"""Tokens of the trial."""
_KINDS = {
    (SOURCE, SOURCE): SiteKind.ENCODER,
    (TARGET, TARGET): SiteKind.DECODER,
    (TARGET, SOURCE): SiteKind.CROSS,
}


@dataclass(slots=True)
class _Call:
    """A module that called the attention function, and the tensor that it got."""

    module: nn.Module
    attention: OutsideAttention
    mixed: Tensor
    queries: int
    keys: int


def discover(
    model: nn.Module, run: Callable[[], object], *, alone: SiteKind | None = None
) -> dict[Site, OutsideAttention]:
    """The sites that a trial pass `run` passes, each given its taps; empty if none is reached.

    With `alone` all are of that kind, whatever the trial's lengths.
    """
    calls: list[_Call] = []
    with _noting(calls), _following(model, calls), torch.no_grad():
        run()
    if alone is not None:
        return {Site(alone, layer): call.attention for layer, call in enumerate(calls)}
    return dict(_placed(calls))


@contextmanager
def _noting(calls: list[_Call]) -> Iterator[None]:
    """Let every caller be noted while the body runs."""
    from transformers import AttentionInterface

    from explorer.subjects.outside import attention as function

    def note(
        module: nn.Module, query: Tensor, key: Tensor, *rest: Tensor, **named: object
    ) -> tuple[Tensor, Tensor | None]:
        taps = OutsideAttention(query.shape[1], key.shape[1])
        give_taps(module, taps)
        mixed, weights = function.attend(module, query, key, *rest, **named)  # type: ignore[arg-type]
        calls.append(_Call(module, taps, mixed, query.shape[2], key.shape[2]))
        return mixed, weights

    AttentionInterface.register(function.NAME, note)
    try:
        yield
    finally:
        AttentionInterface.register(function.NAME, function.attend)


@contextmanager
def _following(model: nn.Module, calls: list[_Call]) -> Iterator[None]:
    """Find the layer that each attention's output goes into: the one that reads that memory."""

    def look(layer: nn.Module, inputs: tuple[object, ...]) -> None:
        read = inputs[0] if inputs else None
        if not isinstance(read, Tensor):
            return
        for call in calls:
            if call.attention.output is None and read.data_ptr() == call.mixed.data_ptr():
                call.attention.output = OutputWeight(layer)

    handles = [
        layer.register_forward_pre_hook(look) for layer in model.modules() if multiplies(layer)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def multiplies(layer: nn.Module) -> bool:
    """Whether a layer is a product with a matrix, PyTorch's or GPT-2's own."""
    weight = getattr(layer, "weight", None)
    linear = isinstance(layer, nn.Linear) or type(layer).__name__ == "Conv1D"
    return linear and isinstance(weight, Tensor) and weight.dim() == 2


def _placed(calls: list[_Call]) -> Iterator[tuple[Site, OutsideAttention]]:
    """The calls as sites: encoder, decoder, cross-attention, each counted from its first layer."""
    for kind in SiteKind:
        found = [call for call in calls if _KINDS.get((call.queries, call.keys)) is kind]
        for layer, call in enumerate(found):
            yield Site(kind, layer), call.attention

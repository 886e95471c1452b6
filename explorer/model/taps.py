"""Named moments of the computation, and how to watch or change them.

A tap is an identity module; watching and changing both use PyTorch's own forward hooks on it. It
holds no parameter, so a checkpoint does not know of it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count

from torch import Tensor, nn

_NUMBERS = count(-1, -1)
"""Handles of PyTorch's own are numbered from 0 on."""
Probe = Callable[[Tensor], Tensor | None]
"""Sees a tapped tensor; whatever it returns takes the tensor's place, None leaves it."""


class Tap(nn.Module):
    """Passes its tensor on; a hook on it sees or replaces that tensor."""

    def __call__(self, tensor: Tensor) -> Tensor:
        """The tensor, past its hooks alone: several times quicker than calling a module."""
        for hook in self._forward_hooks.values():
            changed = hook(self, (tensor,), tensor)
            tensor = tensor if changed is None else changed
        return tensor

    def forward(self, tensor: Tensor) -> Tensor:
        """The same tensor."""
        return tensor

    @property
    def watched(self) -> bool:
        """Whether somebody looks: then the explicit computation must run."""
        return bool(self._forward_hooks)


@contextmanager
def watching(probes: Mapping[Tap, Probe]) -> Iterator[None]:
    """Attach a probe to each tap; removed at the end, also when the body raises."""
    # Among PyTorch's own hooks, under a number of ours: its handles take as long as a layer does.
    number = next(_NUMBERS)
    for tap, probe in probes.items():
        tap._forward_hooks[number] = _as_hook(probe)
    try:
        yield
    finally:
        for tap in probes:
            tap._forward_hooks.pop(number, None)


def _as_hook(probe: Probe) -> Callable[[nn.Module, tuple[Tensor], Tensor], Tensor | None]:
    return lambda _module, _inputs, output: probe(output)


def hooks_left(model: nn.Module) -> int:
    """How many hooks hang on the taps of a model; 0 when nobody watches."""
    return sum(len(m._forward_hooks) for m in model.modules() if isinstance(m, Tap))

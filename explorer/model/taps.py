"""Named moments of the computation, and how to watch or change them.

A tap is an identity module; watching and changing both use PyTorch's own forward hooks on it. It
holds no parameter, so a checkpoint does not know of it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from torch import Tensor, nn

Probe = Callable[[Tensor], Tensor | None]
"""Sees a tapped tensor; whatever it returns takes the tensor's place, None leaves it."""


class Tap(nn.Module):
    """Passes its tensor on; a hook on it sees or replaces that tensor."""

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
    with ExitStack() as stack:
        for tap, probe in probes.items():
            handle = tap.register_forward_hook(_as_hook(probe))
            stack.callback(handle.remove)
        yield


def _as_hook(probe: Probe) -> Callable[[nn.Module, tuple[Tensor], Tensor], Tensor | None]:
    return lambda _module, _inputs, output: probe(output)


def hooks_left(model: nn.Module) -> int:
    """How many hooks hang on the taps of a model; 0 when nobody watches."""
    return sum(len(m._forward_hooks) for m in model.modules() if isinstance(m, Tap))

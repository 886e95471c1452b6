"""Which positions that were read are still looked at, by each pattern of attention."""

from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.messages.model_config import ModelConfig


@dataclass(frozen=True, slots=True)
class Look:
    """The first `first` positions, then every `step`-th from `start` on, before `stop`."""

    first: int
    start: int
    stop: int
    step: int = 1

    @property
    def whole(self) -> bool:
        """Whether no position is left out."""
        return len(self) == self.stop

    @property
    def gap(self) -> int:
        """Positions left out between the first ones and the stretch."""
        return self.start - self.first

    def __len__(self) -> int:
        return self.first + len(range(self.start, self.stop, self.step))

    def solid(self, stop: int) -> "Look":
        """The same without gaps in the stretch, and before another end."""
        return Look(self.first, self.start, stop)

    def places(self, device: torch.device | None = None) -> Tensor:
        """The positions, rising."""
        stretch = torch.arange(self.start, self.stop, self.step, device=device)
        return torch.cat([torch.arange(self.first, device=device), stretch])


def look_of(config: ModelConfig, start: int, queries: int = 1) -> Look:
    """What queries at positions `start`, `start` + 1, … look at, of those up to themselves.

    A single query looks at every one of them; several share them, each with its own mask.
    """
    stop, step, eldest = start + queries, 1, 0
    match config.pattern:
        case "window" | "global":
            eldest = max(0, start - config.window)
        case "dilated":
            if queries == 1:
                step = config.stride
                eldest = start - min(config.window, start // step) * step
            else:  # Each of them has another rest.
                eldest = max(0, start - config.window * config.stride)
        case "block":
            eldest = start // config.window * config.window
        case _:
            pass
    first = min(config.global_tokens, eldest) if config.pattern == "global" else 0
    return Look(0, 0, stop) if step == 1 and first == eldest else Look(first, eldest, stop, step)

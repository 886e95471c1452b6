"""The number format of the products; weights and sums stay float32."""

from contextlib import AbstractContextManager, nullcontext

import torch

from explorer.messages.config import TrainingConfig


def computing(config: TrainingConfig, device: torch.device) -> AbstractContextManager[object]:
    """A context in which matrix products run in the configured precision."""
    if config.precision == "bfloat16":
        return torch.autocast(device.type, torch.bfloat16)
    return nullcontext()

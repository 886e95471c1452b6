"""The part of a step that a graph compiler or several processes may take over: batch to loss."""

import importlib.util
from typing import cast

import torch
from torch import Tensor, nn

from explorer.data.coding import Batch
from explorer.messages.config import TrainingConfig
from explorer.model.transformer import Transformer
from explorer.training.objective import batch_loss
from explorer.training.parallel import World


class Learner(nn.Module):
    """A model with its objective, called with a batch's tensors."""

    def __init__(self, model: Transformer, label_smoothing: float) -> None:
        super().__init__()
        self.model = model
        self._label_smoothing = label_smoothing

    def forward(
        self, source: Tensor | None, target_BT: Tensor | None, places_N: Tensor,
        expected_N: Tensor, weight: float,
    ) -> Tensor:  # fmt: skip
        """The batch's mean loss times its weight: its share of the tokens of the whole batch."""
        batch = Batch(source, target_BT, places_N, expected_N, 0)
        if len(expected_N) == 0:  # A mean over nothing would be no number.
            return self.model(source, target_BT).sum() * 0.0
        return batch_loss(self.model, batch, self._label_smoothing) * weight


def make_learner(
    model: Transformer, config: TrainingConfig, device: torch.device, world: World
) -> nn.Module:
    """The learner as this device and this number of processes need it."""
    learner = world.join(Learner(model, config.label_smoothing), device)
    if config.compile and can_compile(device):
        # What the compiler cannot take runs as it is written.
        torch._dynamo.config.suppress_errors = True
        return cast(nn.Module, torch.compile(learner))
    return learner


def can_compile(device: torch.device) -> bool:
    """Whether torch.compile pays here: on CUDA, with the compiler for its kernels at hand."""
    return device.type == "cuda" and importlib.util.find_spec("triton") is not None

"""The optimizers of `TrainingConfig.optimizer`."""

import torch
from torch import nn

from explorer.messages.config import TrainingConfig


def make_optimizer(model: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """An optimizer over all parameters; only matrices decay, not biases and norms."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[config.optimizer]
    return kind(
        groups, lr=config.learning_rate, betas=(config.beta1, config.beta2), eps=1e-9, fused=True
    )

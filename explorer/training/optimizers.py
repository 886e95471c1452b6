"""The optimizers of `TrainingConfig.optimizer`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from explorer.messages.config import TrainingConfig

Parameters = Sequence[nn.Parameter]


@dataclass(frozen=True, slots=True)
class Optimizers:
    """One optimizer, or several that share the parameters among them and move together.

    Each group names the setting that holds its peak rate (`peak`).
    """

    parts: tuple[torch.optim.Optimizer, ...]

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """The groups of all parts."""
        return [group for part in self.parts for group in part.param_groups]

    def set_rates(self, config: TrainingConfig, factor: float) -> None:
        """Give every group its peak rate times a factor."""
        for group in self.param_groups:
            group["lr"] = getattr(config, group["peak"]) * factor

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def step(self) -> None:
        """Move every parameter."""
        for part in self.parts:
            part.step()


def make_optimizers(model: nn.Module, config: TrainingConfig) -> Optimizers:
    """The configured optimizer over all parameters; only matrices decay, not biases and norms."""
    if config.optimizer != "muon":
        return Optimizers((_plain(list(model.parameters()), config),))
    matrices = block_matrices(model)
    theirs = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in theirs]
    return Optimizers((_plain(rest, config), _muon(matrices, config)))


def block_matrices(model: nn.Module) -> list[nn.Parameter]:
    """The matrices inside the blocks: neither embeddings nor the output layer."""
    stacks = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    found = {id(p): p for stack in stacks for p in stack.parameters() if p.dim() == 2}
    return list(found.values())


def _plain(parameters: Parameters, config: TrainingConfig) -> torch.optim.Optimizer:
    groups = [
        _group([p for p in parameters if p.dim() > 1], config.weight_decay),
        _group([p for p in parameters if p.dim() < 2], 0.0),
    ]
    groups = [group for group in groups if group["params"]]
    if config.optimizer == "sgd":
        return torch.optim.SGD(
            groups, lr=config.learning_rate, momentum=config.momentum, fused=True
        )
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return kind(
        groups, lr=config.learning_rate, betas=(config.beta1, config.beta2), eps=1e-9, fused=True
    )


def _group(parameters: Parameters, decay: float) -> dict[str, Any]:
    return {"params": list(parameters), "weight_decay": decay, "peak": "learning_rate"}


def _muon(matrices: Parameters, config: TrainingConfig) -> torch.optim.Optimizer:
    """Momentum whose steps are made orthogonal by a Newton–Schulz iteration (Jordan et al., 2024).

    As there, a matrix of A×B moves by its rate times √max(1, A/B).
    """
    group = _group(matrices, config.weight_decay) | {"peak": "muon_rate"}
    return torch.optim.Muon([group], lr=config.muon_rate, momentum=config.momentum)

"""Whether a family of `transformers` computes what our settings say, and the weights by our names.

Axes: V vocabulary, M model width, F feed-forward width, L position.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.model.positions import sinusoidal_table
from explorer.model.transformer import Transformer
from explorer.runs.weights import ModelFileError

Named = dict[str, Tensor]
"""Weights by the names that `transformers` gives them."""
Known = Mapping[str, Sequence[object]]
"""The values of settings that a family can compute."""
PLAIN: Known = {"weights": ("full",), "sink": ("none",), "score_cap": (0.0,)}
"""What every family needs: weights in full, and nothing about the softmax."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A model as a family has it: `config` for config.json, and the weights."""

    config: dict[str, Any]
    tensors: Named


def must_fit(config: ModelConfig, family: str, known: Known) -> None:
    """Raise `ModelFileError` that names the first setting which the family cannot compute."""
    for field, values in known.items():
        found = getattr(config, field)
        if found not in values:
            needed = " or ".join(_said(value) for value in values)
            raise ModelFileError(
                f"This model cannot be written for transformers: model.{field} is {_said(found)}, "
                f"and the family that is nearest ({family}) needs {needed}"
            )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"“{value}”" if isinstance(value, str) else f"{value:g}" if value else "0"


class Weights:
    """The weights of one of our models, asked for by the module that holds them."""

    def __init__(self, model: Transformer) -> None:
        self.config = model.config
        self._state = {name: value.detach().cpu() for name, value in model.state_dict().items()}

    def __getitem__(self, name: str) -> Tensor:
        return self._state[name]

    def linear(self, module: str, name: str, *, turned: bool = False) -> Named:
        """A linear layer with its bias, zeros where ours has none; `turned` is inputs × outputs."""
        weight = self[f"{module}.weight"]
        bias = self._state.get(f"{module}.bias", weight.new_zeros(len(weight)))
        return {f"{name}.weight": weight.T if turned else weight, f"{name}.bias": bias}

    def norm(self, module: str, name: str) -> Named:
        """A layer norm with its bias, zeros where ours has none."""
        return self.linear(module, name)

    def plain(self, module: str, name: str) -> Named:
        """A layer with the bias only if ours has one."""
        both = {f"{name}.{kind}": self._state.get(f"{module}.{kind}") for kind in _KINDS}
        return {key: value for key, value in both.items() if value is not None}

    def embedded(self, name: str) -> Tensor:
        """V×M word vectors as they enter the model, the scale of the paper included."""
        factor = math.sqrt(self.config.width) if self.config.scale_embeddings else 1.0
        return self[f"{name}.weight"] * factor

    def places(self, first: int = 0) -> Tensor:
        """L×M vectors that are added at each position, behind `first` rows of zeros."""
        config = self.config
        if config.positions == "learned":
            table_LM = self["positions.embedding.weight"]
        elif config.positions == "sinusoidal":
            table_LM = sinusoidal_table(config.max_length, config.width)
        else:
            table_LM = torch.zeros(config.max_length, config.width)
        return torch.cat([table_LM.new_zeros(first, config.width), table_LM])


_KINDS = ("weight", "bias")
ADDED = ("learned", "sinusoidal", "none")
"""Positions that a table of vectors can hold."""
UNGATED = ("relu", "relu2", "gelu", "silu")


def tied(config: ModelConfig) -> bool:
    """Whether one table can serve: the scale lies in the words that are read."""
    return config.tie_embeddings and not config.scale_embeddings

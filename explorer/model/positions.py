"""How a token knows its place. Axes: L position, M model width."""

import math

import torch
from torch import Tensor, nn


def sinusoidal_table(length: int, width: int) -> Tensor:
    """L×M table: sin(p / 10000^(2i/M)) in even columns, cos in odd ones (section 3.5)."""
    position_L1 = torch.arange(length, dtype=torch.float64)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10000.0) / width))
    table_LM = torch.empty(length, width, dtype=torch.float64)
    table_LM[:, 0::2] = torch.sin(position_L1 * rate)
    table_LM[:, 1::2] = torch.cos(position_L1 * rate)
    return table_LM.float()


class SinusoidalPositions(nn.Module):
    """Adds the sinusoidal table to embeddings; nothing is learned and nothing is saved."""

    table_LM: Tensor

    def __init__(self, max_length: int, width: int) -> None:
        super().__init__()
        self.register_buffer("table_LM", sinusoidal_table(max_length, width), persistent=False)

    def forward(self, embedded_BLM: Tensor, start: int = 0) -> Tensor:
        """B×L×M embeddings of positions `start`, `start` + 1, … with their places added."""
        return embedded_BLM + self.table_LM[start : start + embedded_BLM.shape[1]]


POSITIONS: dict[str, type[SinusoidalPositions]] = {"sinusoidal": SinusoidalPositions}
"""The kinds of `ModelConfig.positions`."""

"""How a token knows its place. Axes: B batch, H head, L position, M model width, D head width."""

import math

import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig


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


class LearnedPositions(nn.Module):
    """Adds a learned vector for each place, as GPT-2 and BERT do."""

    def __init__(self, max_length: int, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_length, width)

    def forward(self, embedded_BLM: Tensor, start: int = 0) -> Tensor:
        """B×L×M embeddings of positions `start`, `start` + 1, … with their places added."""
        return embedded_BLM + self.embedding.weight[start : start + embedded_BLM.shape[1]]


class NoPositions(nn.Module):
    """Leaves embeddings as they are: places come into the attention itself, or not at all."""

    def forward(self, embedded_BLM: Tensor, start: int = 0) -> Tensor:
        """The same embeddings."""
        return embedded_BLM


def make_added_positions(config: ModelConfig) -> nn.Module:
    """What is added to embeddings of the configured kind of positions."""
    if config.positions == "sinusoidal":
        return SinusoidalPositions(config.max_length, config.width)
    if config.positions == "learned":
        return LearnedPositions(config.max_length, config.width)
    return NoPositions()


def added_positions(positions: nn.Module) -> Tensor | None:
    """L×M that are added to embeddings, if any are."""
    match positions:
        case SinusoidalPositions():
            return positions.table_LM
        case LearnedPositions():
            return positions.embedding.weight
        case _:
            return None


class Rotary(nn.Module):
    """Turns queries and keys by an angle that grows with their place (Su et al., 2021).

    The pairs that turn together are dimensions i and i + D/2, as in Llama.
    """

    cos_LD: Tensor
    sin_LD: Tensor

    def __init__(self, max_length: int, head_width: int, base: float) -> None:
        super().__init__()
        steps = torch.arange(0, head_width, 2, dtype=torch.float64) / head_width
        angle_LD = torch.outer(torch.arange(max_length, dtype=torch.float64), base**-steps)
        angle_LD = torch.cat([angle_LD, angle_LD], dim=-1)
        self.register_buffer("cos_LD", angle_LD.cos().float(), persistent=False)
        self.register_buffer("sin_LD", angle_LD.sin().float(), persistent=False)

    def forward(self, tensor_BHLD: Tensor, start: int = 0) -> Tensor:
        """B×H×L×D, turned as positions `start`, `start` + 1, … ask for."""
        end = start + tensor_BHLD.shape[2]
        first, second = tensor_BHLD.chunk(2, dim=-1)
        turned_BHLD = torch.cat([-second, first], dim=-1)
        cos_LD, sin_LD = self.cos_LD[start:end], self.sin_LD[start:end]
        return (tensor_BHLD * cos_LD + turned_BHLD * sin_LD).to(tensor_BHLD.dtype)


def alibi_slopes(heads: int) -> Tensor:
    """H slopes of ALiBi (Press et al., 2021): a geometric series, 2^(−8/n) … for n heads.

    For a number of heads that is no power of two, every other slope of twice as many follows.
    """
    power = 2 ** math.floor(math.log2(heads))
    slopes = [2 ** (-8 * (i + 1) / power) for i in range(power)]
    more = [2 ** (-8 * (i + 1) / (2 * power)) for i in range(0, 2 * power, 2)]
    return torch.tensor((slopes + more)[:heads])


def alibi_bias(slopes_H: Tensor, queries: int, keys: int) -> Tensor:
    """1×H×Q×K: minus slope times distance; the last query stands at the last key."""
    return alibi_bias_at(slopes_H, queries, torch.arange(keys, device=slopes_H.device))


def alibi_bias_at(slopes_H: Tensor, queries: int, place_K: Tensor) -> Tensor:
    """1×H×Q×K: the same for keys at any places; the queries stand at the last of them."""
    distance_QK = (place_K[-queries:, None] - place_K).abs()
    return -slopes_H[:, None, None] * distance_QK[None, None]

"""Dropout (Srivastava et al., 2014) from cheap random bits.

PyTorch draws a Bernoulli number for each activation, one after the other, which takes a third of a
step on a CPU. Here 16 random bits decide over each: as independent, and the probability is met to
1/65536. They come from PyTorch's generator, so that `torch.manual_seed` makes them again.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_LEVELS = 1 << 16
_SMALLEST = -(1 << 63)


def kept(like: Tensor, probability: float) -> Tensor:
    """A tensor of the same shape that is 0 with the probability and else 1 / (1 − probability).

    The factor belongs to the probability as it is met, so that the mean stays.
    """
    dropped = min(round(_LEVELS * probability), _LEVELS - 1)
    count = math.prod(like.shape)
    words = torch.empty((count + 3) // 4, dtype=torch.int64).random_(_SMALLEST, None)
    bits = words.view(torch.int16)[:count].view(like.shape)
    mask = torch.empty(like.shape, dtype=like.dtype)
    torch.ge(bits, dropped - _LEVELS // 2, out=mask)
    return mask.mul_(_LEVELS / (_LEVELS - dropped))


def dropout(tensor: Tensor, probability: float, training: bool = True) -> Tensor:
    """The tensor with a share of its values zeroed in training and the others made larger."""
    if not training or not probability:
        return tensor
    if tensor.device.type != "cpu":
        return F.dropout(tensor, probability)
    return tensor * kept(tensor, probability)


class Dropout(nn.Module):
    """Zeroes a share of activations in training, cheaply on a CPU; like `nn.Dropout` else."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, tensor: Tensor) -> Tensor:
        """The tensor, some of it zeroed."""
        return dropout(tensor, self.probability, self.training)

"""Dropout (Srivastava et al., 2014) from cheap random bits.

PyTorch draws a Bernoulli number for each activation, one after the other, which takes a third of a
step on a CPU. Here eight random bits decide over each, against a threshold that is itself drawn for
each call between the two neighbouring 256ths: so every activation falls with exactly the
probability that is asked for (to 2⁻²⁴), and independently of all others under that threshold. The
bits come from PyTorch's generator, so that `torch.manual_seed` makes them again.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd import Function

_LEVELS = 256
_FINE = 1 << 16
_SMALLEST = -(1 << 63)


def kept(like: Tensor, probability: float) -> Tensor:
    """A tensor of the same shape that is 0 with the probability and else 1 / (1 − probability)."""
    count = math.prod(like.shape)
    words = torch.empty(count // 8 + 2, dtype=torch.int64).random_(_SMALLEST, None)
    whole, rest = divmod(probability * _LEVELS, 1)
    dropped = int(whole) + (int(words[-1]) % _FINE < rest * _FINE)
    dropped = min(dropped, _LEVELS - 1)  # Something is always left.
    bits = words.view(torch.int8)[:count].view(like.shape)
    mask = torch.empty(like.shape, dtype=like.dtype)
    torch.ge(bits, dropped - _LEVELS // 2, out=mask)
    return mask.mul_(1 / (1 - probability))


def dropout(tensor: Tensor, probability: float, training: bool = True) -> Tensor:
    """The tensor with a share of its values zeroed in training and the others made larger."""
    if not training or not probability:
        return tensor
    if tensor.device.type != "cpu":
        return F.dropout(tensor, probability)
    return tensor * kept(tensor, probability)


class _DroppedRelu(Function):
    """ReLU and dropout in one: where the output is above 0, both let the gradient through."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, probability: float) -> Tensor:
        output = torch.relu(tensor).mul_(kept(tensor, probability))
        ctx.save_for_backward(output)
        ctx.factor = 1 / (1 - probability)
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (output,) = ctx.saved_tensors
        gradient = torch.ops.aten.threshold_backward(gradients[0], output, 0)
        return gradient.mul_(ctx.factor), None


def dropped_relu(tensor: Tensor, probability: float, training: bool) -> Tensor:
    """Dropout of ReLU."""
    if not training or not probability or tensor.device.type != "cpu":
        return dropout(F.relu(tensor), probability, training)
    output = _DroppedRelu.apply(tensor, probability)
    assert isinstance(output, Tensor)
    return output


class Dropout(nn.Module):
    """Zeroes a share of activations in training, cheaply on a CPU; like `nn.Dropout` else."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, tensor: Tensor) -> Tensor:
        """The tensor, some of it zeroed."""
        return dropout(tensor, self.probability, self.training)

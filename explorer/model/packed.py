"""Low-bit weights as they are kept and shared: several to a byte, with one scale a matrix.

Axes: O output, I input, P packed bytes.
"""

from collections.abc import Iterator, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.model.low_bit import QUANTISERS, LowBitLinear, eight_bits

BITS: Mapping[str, int] = {"ternary": 2, "binary": 1}
"""Bits a weight of the low-bit kinds of `ModelConfig.weights`."""


def pack(numbers: Tensor, bits: int) -> Tensor:
    """P bytes of whole numbers, row by row: −1 or 1 as 0 or 1; −1, 0, 1 as 0, 1, 2 in two bits.

    The first of them stands in the lowest bits.
    """
    each = 8 // bits
    codes = (numbers.flatten() > 0) if bits == 1 else numbers.flatten() + 1
    codes = F.pad(codes.to(torch.uint8), (0, -codes.numel() % each)).unflatten(0, (-1, each))
    return (codes << _shifts(bits, codes.device)).sum(dim=1, dtype=torch.uint8)


def unpack(packed_P: Tensor, bits: int, outputs: int, inputs: int) -> Tensor:
    """O×I: the numbers that were packed, as floats."""
    codes = (packed_P[:, None] >> _shifts(bits, packed_P.device)) & (2**bits - 1)
    numbers = codes.flatten()[: outputs * inputs].view(outputs, inputs).float()
    return numbers * 2 - 1 if bits == 1 else numbers - 1


def _shifts(bits: int, device: torch.device) -> Tensor:
    return torch.arange(0, 8, bits, dtype=torch.uint8, device=device)


class PackedLinear(nn.Linear):
    """A low-bit layer that keeps only what it computes with; it cannot learn any more."""

    weight_packed: Tensor
    weight_scale: Tensor

    def __init__(self, layer: LowBitLinear) -> None:
        nn.Module.__init__(self)  # A linear layer would make a float matrix of its own.
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.kind = layer.kind
        numbers_OI, scale = QUANTISERS[layer.kind](layer.weight.detach())
        self.register_buffer("weight_packed", pack(numbers_OI, BITS[layer.kind]))
        self.register_buffer("weight_scale", scale.reshape(1))
        self.bias = layer.bias

    @property
    def weight(self) -> Tensor:  # pyright: ignore[reportIncompatibleVariableOverride]
        """O×I: the very numbers that the layer computed with before it was packed."""
        size = self.out_features, self.in_features
        return unpack(self.weight_packed, BITS[self.kind], *size) * self.weight_scale

    def forward(self, input: Tensor) -> Tensor:
        """…×I to …×O."""
        return F.linear(eight_bits(input), self.weight, self.bias)


def pack_layers(model: nn.Module) -> None:
    """Put a packed layer in the place of every low-bit one."""
    for name, layer in list(model.named_modules()):
        if isinstance(layer, LowBitLinear):
            model.set_submodule(name, PackedLinear(layer))


def stored(model: nn.Module) -> dict[str, Tensor]:
    """All that a file of weights holds, by name: parameters (tied ones once) and packed ones."""
    return {**dict(model.named_parameters()), **dict(_packed_tensors(model))}


def weight_bytes(model: nn.Module) -> int:
    """Bytes that the weights take in memory as they are."""
    return sum(tensor.numel() * tensor.element_size() for tensor in stored(model).values())


def packed_bytes(model: nn.Module) -> int:
    """Bytes that they take once the low-bit layers are packed."""
    layers = [layer for layer in model.modules() if isinstance(layer, LowBitLinear)]
    spared = sum(
        layer.weight.numel() * 4 - -(-layer.weight.numel() * BITS[layer.kind] // 8) - 4
        for layer in layers
    )
    return weight_bytes(model) - spared


def packed_count(model: nn.Module) -> int:
    """How many weights are packed, which are no parameters any more."""
    packed = (layer for layer in model.modules() if isinstance(layer, PackedLinear))
    return sum(layer.in_features * layer.out_features for layer in packed)


def _packed_tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    for name, layer in model.named_modules():
        if isinstance(layer, PackedLinear):
            yield f"{name}.weight_packed", layer.weight_packed
            yield f"{name}.weight_scale", layer.weight_scale

"""Low-bit weights in a file: 2 bits or 1 bit each, as `docs/low-bit.md` describes it."""

import json
from pathlib import Path

import torch
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.model.low_bit import LowBitLinear
from explorer.model.packed import BITS, PackedLinear
from explorer.model.transformer import Transformer
from explorer.runs.weights import ModelFileError


def packed_tensors(
    tensors: dict[str, Tensor], config: ModelConfig, path: Path, dtype: torch.dtype
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """A run's weights packed, the rest in `dtype`, and what the file tells of them.

    Raises `ModelFileError` for a model of full precision.
    """
    if config.weights not in BITS:
        raise ModelFileError(
            f"{path} has weights of full precision, and only ternary and binary ones can be "
            "packed; train with model.weights = “ternary” or “binary”, or export it with --half"
        )
    layers = _layers(config)
    kept = {name: as_dtype(name, tensor, dtype) for name, tensor in tensors.items()}
    for name, layer in layers.items():
        weight = kept.pop(f"{name}.weight", None)
        if weight is not None:  # A packed export is packed already.
            layer.weight.data = tensors[f"{name}.weight"].float()
            packed = PackedLinear(layer)
            kept[f"{name}.weight_packed"] = packed.weight_packed
            kept[f"{name}.weight_scale"] = packed.weight_scale
    shapes = {f"{n}.weight": [m.out_features, m.in_features] for n, m in layers.items()}
    bits = str(BITS[config.weights])
    return kept, {"weights": config.weights, "bits": bits, "shapes": json.dumps(shapes)}


def as_dtype(name: str, tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """A tensor in another format; packed weights and their scales stay what they are."""
    exact = not tensor.is_floating_point() or name.endswith(".weight_scale")
    return tensor if exact else tensor.to(dtype)


def _layers(config: ModelConfig) -> dict[str, LowBitLinear]:
    """The low-bit layers of such a model by name; their weights are not there yet."""
    with torch.random.fork_rng(devices=[]):
        model = Transformer(config, target_size=2)
    return {n: m for n, m in model.named_modules() if isinstance(m, LowBitLinear)}

"""A model's weights and an optimizer's state as safetensors."""

import os
import re
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from explorer.model.packed import pack_layers, stored
from explorer.runs.atomic import whole_file


class ModelFileError(ValueError):
    """A model that cannot be opened; the message says which file, why, and what to do."""


def save_weights(path: Path, model: nn.Module) -> None:
    """Write every parameter once (tied ones share a name), and packed weights as they are."""
    save_tensors(path, {name: tensor.detach().cpu() for name, tensor in stored(model).items()})


def save_tensors(
    path: Path, tensors: dict[str, Tensor], told: dict[str, str] | None = None
) -> None:
    """Write tensors whole or not at all; raises `OSError`, such as for a full disk.

    `told` is what the file says of them besides.
    """
    with whole_file(path) as beside:
        try:
            save_file({name: t.contiguous() for name, t in tensors.items()}, beside, told)
        except SafetensorError as error:
            raise _system_error(error, path) from None


def _system_error(error: SafetensorError, path: Path) -> OSError:
    """The library wraps what the system said in an error of its own, with the number at its end."""
    number = re.search(r"os error (\d+)", str(error))
    if number is None:
        return OSError(str(error))
    return OSError(int(number[1]), os.strerror(int(number[1])), str(path))


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read tensors; raises `ModelFileError` when the file is missing or damaged."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelFileError(f"{path} cannot be read as safetensors weights: {error}") from None


def load_weights(path: Path, model: nn.Module) -> None:
    """Fill a model's parameters; raises `ModelFileError` when the file does not fit it.

    From a packed file its low-bit layers become packed ones.
    """
    tensors = load_tensors(path)
    if any(name.endswith(".weight_packed") for name in tensors):
        pack_layers(model)
    parameters = stored(model)
    missing, foreign = parameters.keys() - tensors.keys(), tensors.keys() - parameters.keys()
    if missing or foreign:
        name = min(missing or foreign)
        raise ModelFileError(
            f"{path} belongs to another model: it {'lacks' if missing else 'has a foreign'} {name}"
        )
    with torch.no_grad():
        for name, parameter in parameters.items():
            value = tensors[name]
            if value.shape != parameter.shape:
                raise ModelFileError(
                    f"{path} belongs to another model: {name} has the shape "
                    f"{tuple(value.shape)}, not {tuple(parameter.shape)}"
                )
            parameter.copy_(value)


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimizer's memory by parameter number and name, such as `3.exp_avg`."""
    state = optimizer.state_dict()["state"]
    return {
        f"{n}.{key}": value.cpu()
        for n, memory in state.items()
        for key, value in memory.items()
        if value is not None  # Plain gradient descent has no momentum to remember.
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put saved memory back; rates and other settings stay those of the optimizer."""
    whole = optimizer.state_dict()
    memory: dict[int, dict[str, Any]] = {}
    for path, value in tensors.items():
        number, _, key = path.partition(".")
        memory.setdefault(int(number), {})[key] = value
    optimizer.load_state_dict({"state": memory, "param_groups": whole["param_groups"]})

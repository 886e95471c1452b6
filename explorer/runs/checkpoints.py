"""What a run keeps of its model: checkpoints to go on from, snapshots to travel back to."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from explorer.messages.results import Change
from explorer.model.transformer import Transformer
from explorer.runs.atomic import whole_folder, write_text
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.weights import (
    ModelFileError,
    load_tensors,
    load_weights,
    optimizer_tensors,
    restore_optimizer,
    save_tensors,
    save_weights,
)

Optimizers = Sequence[torch.optim.Optimizer]


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """What a checkpoint knows besides weights and the optimizer's memory.

    `changes` are the live changes of settings so far; `scaling` the loss scale of float16.
    """

    step: int
    seconds: float
    changes: tuple[Change, ...] = ()
    scaling: Mapping[str, float] = field(default_factory=dict)


def save_checkpoint(
    folder: RunFolder, state: CheckpointState, model: Transformer, optimizers: Optimizers,
    keep: int,
) -> Path:  # fmt: skip
    """Write all that is needed to go on from here, then let go of the oldest ones past `keep`.

    The best one (`mark_best`) is kept besides.
    """
    path = checkpoint_path(folder, state.step)
    with whole_folder(path) as beside:
        save_weights(beside / "model.safetensors", model)
        save_tensors(beside / "optimizer.safetensors", memories(optimizers))
        (beside / "state.json").write_text(json.dumps(asdict(state)), encoding="utf-8")
    best = best_step(folder)
    for old in folder.checkpoints()[:-keep]:
        if step_of(old) != best:
            shutil.rmtree(old, ignore_errors=True)
    return path


def checkpoint_path(folder: RunFolder, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return folder.path / "checkpoints" / f"step-{step:08}"


def memories(optimizers: Optimizers) -> dict[str, Tensor]:
    """The memory of all optimizers by name; that of a later one begins with its number."""
    return {
        f"{number}:{name}" if number else name: value
        for number, optimizer in enumerate(optimizers)
        for name, value in optimizer_tensors(optimizer).items()
    }


def load_checkpoint(path: Path, model: Transformer) -> tuple[int, float]:
    """Fill a model; the step and the seconds of work behind it."""
    load_weights(path / "model.safetensors", model)
    state = read_state(path)
    return state.step, state.seconds


def load_memories(path: Path, optimizers: Optimizers) -> None:
    """Fill the optimizers; raises `ModelFileError` for a checkpoint without their memory."""
    file = path / "optimizer.safetensors"
    if not file.exists():
        raise ModelFileError(
            f"{path} was exported without the optimizer's state and cannot be continued"
        )
    tensors = load_tensors(file)
    for number, optimizer in enumerate(optimizers):
        mine = {
            name.rpartition(":")[2]: value
            for name, value in tensors.items()
            if int(name.rpartition(":")[0] or 0) == number
        }
        restore_optimizer(optimizer, mine)


def read_state(path: Path) -> CheckpointState:
    """What a checkpoint knows; raises `ModelFileError` when its file is damaged."""
    file = path / "state.json"
    try:
        state: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        changes = tuple(
            Change(int(c["step"]), str(c["path"]), c["value"]) for c in state.get("changes", ())
        )
        scaling = dict(state.get("scaling", {}))
        return CheckpointState(int(state["step"]), float(state["seconds"]), changes, scaling)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"{file} is damaged: {error}") from None


def mark_best(folder: RunFolder, step: int, loss: float) -> None:
    """Note which checkpoint had the best loss on held-out data, so that it stays."""
    write_text(folder.path / "best.json", json.dumps({"step": step, "validation_loss": loss}))


def best_step(folder: RunFolder) -> int | None:
    """The step of the checkpoint with the best loss, where one was noted."""
    try:
        return int(json.loads((folder.path / "best.json").read_text(encoding="utf-8"))["step"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_snapshot(folder: RunFolder, step: int, model: Transformer) -> None:
    """Keep the weights of this step for travelling back."""
    save_weights(folder.path / "snapshots" / f"step-{step:08}.safetensors", model)


def is_snapshot_step(step: int, steps: int) -> bool:
    """Whether weights are kept at a step: 0, 1, 2, 4, 8 … early on, then twenty even ones."""
    even = max(1, steps // 20)
    if step >= even or step == steps:
        return step % even == 0 or step == steps
    return step & (step - 1) == 0

"""Several processes that train one model on shares of the same batches (data-parallel).

They are started by `torchrun`, which tells each its number by environment variables; PyTorch's
own engine (`DistributedDataParallel`) adds up the gradients.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True, slots=True)
class World:
    """This process among all that train together: its number and how many there are."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def alone(self) -> bool:
        """Whether nobody else trains this model."""
        return self.size == 1

    @property
    def leads(self) -> bool:
        """Whether this is the one process that writes and prints."""
        return self.rank == 0

    def join(self, module: nn.Module, device: torch.device) -> nn.Module:
        """The module, its gradients to be averaged over all processes at each backward."""
        if self.alone:
            return module
        ids = [device.index or 0] if device.type == "cuda" else None
        return DistributedDataParallel(module, device_ids=ids)

    def total(self, value: Tensor) -> Tensor:
        """The sum of a value over all processes."""
        if not self.alone:
            dist.all_reduce(value)
        return value

    def agree(self, flag: bool) -> bool:
        """What the leading process says; the others' word does not count."""
        if self.alone:
            return flag
        said = torch.tensor([int(flag)], device=_talking_device())
        dist.broadcast(said, 0)
        return bool(said.item())

    def wait(self) -> None:
        """Until every process has come here."""
        if not self.alone:
            dist.barrier()


ALONE = World()


def world_told() -> World:
    """What `torchrun` says of this process; alone without it."""
    number = {name: int(os.environ.get(name, "0") or 0) for name in ("RANK", "LOCAL_RANK")}
    size = int(os.environ.get("WORLD_SIZE", "1") or 1)
    return World(number["RANK"], size, number["LOCAL_RANK"]) if size > 1 else ALONE


@contextmanager
def together(world: World, device: torch.device) -> Iterator[None]:
    """Hold the processes together for as long as they train: gloo on CPUs, NCCL on GPUs."""
    if world.alone:
        yield
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def unsynchronised(module: nn.Module) -> AbstractContextManager[object]:
    """A context in which gradients are gathered without telling the others yet."""
    is_shared = isinstance(module, DistributedDataParallel)
    return module.no_sync() if is_shared else nullcontext()


def _talking_device() -> torch.device:
    return torch.device("cuda" if dist.get_backend() == "nccl" else "cpu")

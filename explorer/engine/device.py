"""What the worker computes on."""

import platform
from pathlib import Path

import torch

from explorer.messages.events import EngineReady

CHOICES = ("auto", "cuda", "mps", "cpu")


class DeviceError(RuntimeError):
    """A device that is not there; the message says which ones are."""


def choose_device(wanted: str = "auto") -> torch.device:
    """The best device, or the wanted one; raises `DeviceError` when it is not there."""
    if wanted == "auto":
        return torch.device(_available()[0])
    kind = wanted.split(":")[0]
    if kind not in CHOICES:
        raise DeviceError(f"There is no device “{wanted}”; choose one of {', '.join(CHOICES)}")
    if kind not in _available():
        raise DeviceError(
            f"This machine has no device “{wanted}” that PyTorch can use; it has "
            f"{', '.join(_available())}"
        )
    return torch.device(wanted)


def _available() -> list[str]:
    found = ["cpu"]
    if torch.backends.mps.is_available():
        found.insert(0, "mps")
    if torch.cuda.is_available():
        found.insert(0, "cuda")
    return found


def describe_device(device: torch.device) -> EngineReady:
    """The device in a word, and in detail for a tooltip."""
    library = f"PyTorch {torch.__version__}"
    if device.type == "cuda":
        return EngineReady("CUDA", f"{torch.cuda.get_device_name(device)}, {library}")
    if device.type == "mps":
        return EngineReady("MPS", f"Apple GPU, {library}")
    return EngineReady("CPU", f"{_processor()}, {torch.get_num_threads()} threads, {library}")


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()

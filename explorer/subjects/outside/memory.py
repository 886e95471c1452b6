"""Whether a model fits into the memory that is free, asked before it is loaded."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from explorer.runs.weights import ModelFileError
from explorer.subjects.outside.folder import Outside

_SPARE = 1.15
"""What a pass and its attention take beside the weights, as a share of them."""
_FULL = 4
"""Bytes of a weight in float32."""


def choose_type(found: Outside, device: torch.device) -> torch.dtype:
    """The numbers to load weights as: float32 on a CPU that has room for it, else as stored.

    Weights stored in float32 that only fit at half precision are taken as bfloat16. Raises
    `ModelFileError` with both figures where nothing fits.
    """
    stored = _stored_type(found)
    free = free_bytes(device)
    full = sum(found.numbers.values()) * _FULL
    if stored is torch.float32 or (device.type == "cpu" and _fits(full, free)):
        stored, needed = torch.float32, full
    else:
        needed = found.stored_bytes
    if stored is torch.float32 and not _fits(needed, free):
        stored, needed = torch.bfloat16, full // 2
    if not _fits(needed, free):
        assert free is not None
        raise ModelFileError(_too_large(found.title, needed, free, device))
    return stored


def placed_at_once(device: torch.device) -> dict[str, Any]:
    """What lets the library load straight to a device; its companion library must be there."""
    if device.type == "cpu" or find_spec("accelerate") is None:
        return {}
    return {"device_map": {"": device}}


def expected(found: Outside, kind: torch.dtype, device: torch.device) -> str:
    """In words what loading will take, before it begins."""
    bytes_each = torch.finfo(kind).bits // 8
    needed = sum(found.numbers.values()) * bytes_each * _SPARE
    free = free_bytes(device)
    there = "" if free is None else f", {_size(free)} is free"
    number = str(kind).removeprefix("torch.")
    return f"Loading {found.title}: about {_size(needed)} of memory in {number}{there}"


def refuse_too_large(name: str, needed: int, device: torch.device) -> None:
    """Raise `ModelFileError` for so many bytes of weights, before anything is fetched."""
    free = free_bytes(device)
    if not _fits(needed, free):
        assert free is not None
        raise ModelFileError(_too_large(name, needed, free, device))


def _too_large(name: str, needed: int, free: int, device: torch.device) -> str:
    where = "The computer" if device.type == "cpu" else f"The device {device}"
    return (
        f"{name} needs about {_size(needed * _SPARE)} of memory. {where} has {_size(free)} free: "
        "close other programs, or choose a smaller model"
    )


def _stored_type(found: Outside) -> torch.dtype:
    most = max(found.numbers, key=lambda kind: found.numbers[kind], default="F32")
    return {"F16": torch.float16, "BF16": torch.bfloat16}.get(most, torch.float32)


def _fits(needed: int, free: int | None) -> bool:
    return free is None or needed * _SPARE <= free


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def free_bytes(device: torch.device) -> int | None:
    """Memory that is free for a model; None where nobody can tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    told = Path("/proc/meminfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None

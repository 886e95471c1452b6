"""The number format of the products; weights and sums stay float32."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from explorer.messages.config import TrainingConfig
from explorer.model.products import quick_products

FORMATS = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class PrecisionError(ValueError):
    """A number format that the device lacks; the message says which to take."""


def require_precision(config: TrainingConfig, device: torch.device) -> None:
    """Raise `PrecisionError` when the device lacks the configured format."""
    name, other = config.precision, "float32"
    if name == "float16" and device.type != "cuda":
        fits = "bfloat16 (half the bytes, the same range as float32) or float32"
        raise PrecisionError(
            f"training.precision: float16 needs CUDA, and this run computes on "
            f"{device.type.upper()}; choose {fits}"
        )
    if name == "bfloat16" and not _has_bfloat16(device):
        other = "float16 or float32" if device.type == "cuda" else "float32"
        raise PrecisionError(
            f"training.precision: this {device.type.upper()} device does not compute in bfloat16; "
            f"choose {other}"
        )


def _has_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "mps":
        return torch.backends.mps.is_macos_or_newer(14, 0)
    return True


class Precision:
    """Runs products in a format; in float16 it scales the loss so that small gradients survive."""

    def __init__(self, config: TrainingConfig, device: torch.device) -> None:
        self._format = FORMATS.get(config.precision)
        self._device = device
        scaled = config.precision == "float16"
        self._scaler = torch.amp.GradScaler(device.type) if scaled else None

    @property
    def scales(self) -> bool:
        """Whether gradients may overflow without harm: the step is left out, the scale halved."""
        return self._scaler is not None

    def computing(self) -> AbstractContextManager[object]:
        """A context in which matrix products run in the format."""
        if self._format is None:
            return quick_products(self._device)
        return torch.autocast(self._device.type, self._format)

    def backward(self, loss: Tensor) -> None:
        """Add the loss's gradients, scaled where the format needs it."""
        scaled = loss if self._scaler is None else self._scaler.scale(loss)
        with quick_products(self._device) if self._format is None else nullcontext():
            scaled.backward()

    def unscale(self, parts: Sequence[torch.optim.Optimizer]) -> None:
        """Bring the gradients back to their size."""
        if self._scaler is not None:
            for part in parts:
                self._scaler.unscale_(part)

    def step(self, parts: Sequence[torch.optim.Optimizer], *, finite: bool) -> None:
        """Move the parameters unless gradients overflowed, and adapt the scale."""
        for part in parts if finite else ():
            if self._scaler is None:
                part.step()
            else:
                self._scaler.step(part)
        if self._scaler is not None:
            self._scaler.update()

    def state(self) -> dict[str, float]:
        """What has to be kept to go on exactly; empty without a scale."""
        if self._scaler is None:
            return {}
        kept = self._scaler.state_dict()
        return {"scale": kept["scale"], "growth": kept["_growth_tracker"]}

    def restore(self, state: dict[str, float]) -> None:
        """Go on with a kept scale."""
        if self._scaler is not None and state:
            now = self._scaler.state_dict()
            scale, growth = float(state["scale"]), int(state["growth"])
            self._scaler.load_state_dict({**now, "scale": scale, "_growth_tracker": growth})

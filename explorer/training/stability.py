"""When a run has gone wrong: what is watched, and what a person is told and offered."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch

from explorer.messages.config import TrainingConfig
from explorer.messages.events import Remedy

PATIENCE = 50
"""Steps in a row that a loss has to be too high before the run is stopped."""
MARGIN = 2.0
"""Nats above three times the best smoothed loss that still count as ordinary."""
ABOVE_GUESSING = 3.0
"""Nats above the loss of blind guessing (ln V) that are too many once warm-up is over."""
_SMOOTHING = 0.95


class TrainingStoppedError(ArithmeticError):
    """A run that cannot go on as it is: why, and with which settings it could."""

    def __init__(self, message: str, remedies: tuple[Remedy, ...] = ()) -> None:
        super().__init__(message)
        self.remedies = remedies


class DivergedError(TrainingStoppedError):
    """The loss is no number any more, or has exploded."""


class MemoryFullError(TrainingStoppedError):
    """The device has no memory left for a step."""


@dataclass(slots=True)
class LossWatch:
    """Tells an explosion from the spikes of ordinary training.

    A loss counts as too high when it is above three times the lowest smoothed loss so far plus
    `MARGIN`; or, once warm-up is over, `ABOVE_GUESSING` nats above ln V and a nat above that
    lowest, so that a bad start that gets better is let go on. `PATIENCE` of them in a row are an
    explosion; a single one below ends the count.
    """

    vocabulary_size: int
    warmup_steps: int
    high: int = 0
    _mean: float = 0.0
    _weight: float = 0.0
    _lowest: float = math.inf

    @property
    def alarmed(self) -> bool:
        """Whether the last loss was too high."""
        return self.high > 0

    @property
    def exploded(self) -> bool:
        """Whether the loss has been too high for too long."""
        return self.high >= PATIENCE

    def take(self, step: int, loss: float) -> None:
        """Look at the loss of a step."""
        self.high = self.high + 1 if self._too_high(step, loss) else 0
        self._mean = _SMOOTHING * self._mean + (1 - _SMOOTHING) * loss
        self._weight = _SMOOTHING * self._weight + 1 - _SMOOTHING
        self._lowest = min(self._lowest, self._mean / self._weight)

    def catch_up(self, steps: Iterable[int], losses: Iterable[float]) -> None:
        """Look at all losses of a run that is taken up again."""
        for step, loss in zip(steps, losses, strict=True):
            self.take(step, loss)

    def _too_high(self, step: int, loss: float) -> bool:
        if loss > 3 * self._lowest + MARGIN:
            return True
        guessing = math.log(self.vocabulary_size) + ABOVE_GUESSING
        return step > self.warmup_steps and loss > max(guessing, self._lowest + 1)


def no_number(step: int, config: TrainingConfig) -> DivergedError:
    """The loss or the gradient at a step is NaN or infinite."""
    return DivergedError(
        f"Training diverged at step {step:,}: the loss is no longer a number. {_ADVICE}",
        gentler(config),
    )


def exploded(step: int, loss: float, config: TrainingConfig) -> DivergedError:
    """The loss has been far too high for many steps."""
    return DivergedError(
        f"Training diverged: at step {step:,} the loss has been far above what it was for "
        f"{PATIENCE} steps and stands at {loss:.1f} nats a token. {_ADVICE}",
        gentler(config),
    )


_ADVICE = (
    "Lower training.learning_rate, lengthen training.warmup_steps or clip harder "
    "(training.clip_norm)."
)


def gentler(config: TrainingConfig) -> tuple[Remedy, ...]:
    """Settings that a diverged run may survive with, the least change first."""
    clip = 1.0 if config.clip_norm == 0 or config.clip_norm > 1 else config.clip_norm
    words = "" if clip == config.clip_norm else " and gradients clipped at 1"
    return (
        Remedy(f"half the learning rate{words}", _rates(config, 0.5, clip)),
        Remedy(f"a tenth of the learning rate{words}", _rates(config, 0.1, clip)),
    )


def _rates(config: TrainingConfig, share: float, clip: float) -> tuple[tuple[str, float], ...]:
    values = [("training.learning_rate", share * config.learning_rate)]
    if config.optimizer == "muon":
        values.append(("training.muon_rate", share * config.muon_rate))
    if clip != config.clip_norm:
        values.append(("training.clip_norm", clip))
    return tuple(values)


def memory_full(step: int, config: TrainingConfig) -> MemoryFullError:
    """A step did not fit into memory."""
    return MemoryFullError(
        f"Memory ran out at step {step:,}. Cut the batch into more parts (training.accumulate; the "
        "result is the same), take a smaller training.batch_size, or a smaller model.",
        in_parts(config),
    )


def in_parts(config: TrainingConfig) -> tuple[Remedy, ...]:
    """Settings that need less memory for a step."""
    parts = min(2 * config.accumulate, config.batch_size)
    if parts == config.accumulate:
        return ()
    half = max(1, config.batch_size // 2)
    return (
        Remedy(f"the batch in {parts} parts", (("training.accumulate", parts),)),
        Remedy(f"batches of {half}", (("training.batch_size", half),)),
    )


_FULL = ("can't allocate memory", "not enough memory", "out of memory", "cannot allocate memory")


def is_memory_full(error: BaseException) -> bool:
    """Whether an error says that memory has run out, on whatever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    words = str(error).lower()
    return isinstance(error, RuntimeError) and any(said in words for said in _FULL)

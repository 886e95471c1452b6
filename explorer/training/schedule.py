"""The learning rate's course, as a factor of its peak."""

import math

from explorer.messages.config import TrainingConfig


def rate_factor(step: int, config: TrainingConfig) -> float:
    """Between 0 and 1 for step `step` (from 0): a linear warm-up, then the schedule.

    Noam is the inverse square root of section 5.3, scaled so that its peak is 1.
    """
    warmup = config.warmup_steps
    if step < warmup:
        return (step + 1) / warmup
    left = max(0.0, 1 - (step - warmup) / max(1, config.steps - warmup))
    match config.schedule:
        case "constant":
            return 1.0
        case "linear":
            return left
        case "cosine":
            return (1 - math.cos(math.pi * left)) / 2
        case "noam":
            return math.sqrt(max(1, warmup) / (step + 1))

"""The learning rate's course, as a factor of its peak."""

import math

from explorer.messages.config import TrainingConfig


def rate_factor(step: int, config: TrainingConfig) -> float:
    """Between 0 and 1 for step `step` (from 0): a linear warm-up, then the schedule.

    Linear and cosine fall to `final_rate` at the last step; so does wsd (Hu et al., 2024), in a
    straight line over the last `decay_share` of the steps (Hägele et al., 2024). Noam is the
    inverse square root of section 5.3 of the paper, scaled so that its peak is 1.
    """
    warmup = config.warmup_steps
    if step < warmup:
        return (step + 1) / warmup
    left = _left(step, warmup, config.steps)
    match config.schedule:
        case "constant":
            return 1.0
        case "linear":
            return _between(config.final_rate, left)
        case "cosine":
            return _between(config.final_rate, (1 - math.cos(math.pi * left)) / 2)
        case "wsd":
            stable = round(config.steps * (1 - config.decay_share))
            return _between(config.final_rate, _left(step, max(warmup, stable), config.steps))
        case "noam":
            return math.sqrt(max(1, warmup) / (step + 1))


def _left(step: int, start: int, end: int) -> float:
    """1 up to `start`, 0 from `end` on, straight in between."""
    return min(1.0, max(0.0, 1 - (step - start) / max(1, end - start)))


def _between(low: float, share: float) -> float:
    return low + (1 - low) * share

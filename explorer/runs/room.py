"""How much room on disk a run will take, told before it takes it."""

from explorer.messages.config import TrainingConfig
from explorer.model.packed import weight_bytes
from explorer.model.transformer import Transformer
from explorer.runs.checkpoints import is_snapshot_step

_LINE = 180
"""Bytes of a step in the log of figures, at most."""
_MOMENTS = 2
"""Numbers that an optimizer remembers of each weight, at most: Adam's two."""


def kept_steps(steps: int) -> int:
    """How many steps' weights a run of this length keeps, by `is_snapshot_step`.

    Only steps that can be among them are asked about: powers of two, and multiples later on.
    """
    even = max(1, steps // 20)
    early = {0, *(1 << power for power in range(even.bit_length()))}
    candidates = early | {*range(0, steps + 1, even)} | {steps}
    return sum(is_snapshot_step(step, steps) for step in candidates)


def expected_bytes(model: Transformer, training: TrainingConfig) -> int:
    """Bytes that a whole run takes at most, besides its data and watched sentences.

    Each kept step has the weights. `keep_checkpoints` of them, one that is being written, and with
    `patience` the best one have the optimizer's memory too. Every step has a line of figures.
    """
    weights = weight_bytes(model)
    memory = _MOMENTS * 4 * sum(parameter.numel() for parameter in model.parameters())
    written = training.steps // training.checkpoint_every + 1
    whole = min(training.keep_checkpoints + 1 + (training.patience > 0), written)
    snapshots = kept_steps(training.steps) * weights
    return snapshots + whole * (weights + memory) + training.steps * _LINE

"""When learning more makes a run worse: the best look at held-out data, and how long ago it was."""

import math
from dataclasses import dataclass

from explorer.messages.config import TrainingConfig
from explorer.messages.results import Measurement


@dataclass(slots=True)
class EarlyStop:
    """Counts looks without a better loss.

    Only looks that are due by steps count, so that the end of a run does not depend on how fast
    the machine is.
    """

    config: TrainingConfig
    best: Measurement | None = None
    worse: int = 0

    @property
    def watching(self) -> bool:
        """Whether the run may end early at all."""
        return self.config.patience > 0

    @property
    def reached(self) -> bool:
        """Whether the run should end."""
        return self.watching and self.worse >= self.config.patience

    def take(self, found: Measurement) -> bool:
        """Count a look; whether it was the best so far."""
        if found.step % self.config.evaluate_every or not self.watching:
            return False
        if found.loss < (math.inf if self.best is None else self.best.loss):
            self.best, self.worse = found, 0
            return True
        self.worse += 1
        return False

    def words(self) -> str:
        """Why the run ended, and which checkpoint is best."""
        assert self.best is not None
        return (
            f"Ended early: no better loss on held-out data in {self.worse} looks since step "
            f"{self.best.step:,} ({self.best.loss:.4f} nats a token); that checkpoint is kept "
            f"(step-{self.best.step:08})."
        )

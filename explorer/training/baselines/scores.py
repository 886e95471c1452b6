"""How well a method foresees tokens."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean nats a token, None where the method gives no probabilities; share of tokens right."""

    loss: float | None
    accuracy: float


def scores(probabilities: NDArray[np.float64], right: NDArray[np.bool_], sure: int = 0) -> Scores:
    """Scores of tokens, and of `sure` more that cannot be missed; no loss for the impossible."""
    total = len(right) + sure
    possible = bool(len(probabilities)) and bool((probabilities > 0).all())
    loss = float(-np.log(probabilities).sum()) / total if possible else None
    return Scores(loss, (float(right.sum()) + sure) / total)

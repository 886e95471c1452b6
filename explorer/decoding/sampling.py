"""Drawing tokens, so that draw n of a text is a function of the seed and n alone."""

import numpy as np
from torch import Tensor


def luck(seed: int, draw: int) -> float:
    """The number between 0 and 1 that decides draw `draw`; the same on every machine."""
    return float(np.random.default_rng((seed, draw)).random())


def drawn(chances_V: Tensor, number: float) -> int:
    """The token at this height of the cumulative distribution; one of probability 0 never is."""
    chances = chances_V.detach().cpu().double().numpy()
    heights = np.cumsum(chances)
    place = int(np.searchsorted(heights, number * heights[-1], side="right"))
    # Rounding may put the number at the very top, where nothing is above it.
    return min(place, int(np.flatnonzero(chances)[-1]))

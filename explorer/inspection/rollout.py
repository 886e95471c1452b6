"""Attention rollout: layers multiplied (Abnar and Zuidema, 2020).

Axes: Q query position, K key position.
"""

import numpy as np

from explorer.inspection.layered import Layered
from explorer.messages.heads import Floats


def rollout(graph: Layered) -> Floats:
    """Q×K: how much of each query comes from each input token, the product of all layers.

    Where each level takes all from below, rows add up to 1; with cross-attention, what a row lacks
    comes from the target's own tokens, so that decoder · cross · encoder is summed over layers.
    """
    top = len(graph.levels) - 1
    size = graph.steps[0].weights_QK.shape[0]
    taken: dict[int, Floats] = {top: np.eye(size, dtype=np.float32)}
    for step in graph.steps:
        above = taken.get(step.upper)
        if above is None:
            continue  # Nothing of any query comes this way.
        arrived = above @ step.weights_QK
        taken[step.lower] = taken[step.lower] + arrived if step.lower in taken else arrived
    return taken[graph.origin]

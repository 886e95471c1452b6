"""Attention weighted by what it moves (Kobayashi et al., 2020).

Axes: H head, Q query position, K key position.
"""

import numpy as np

from explorer.messages.heads import Floats, Heads


def value_weighted(
    heads: Heads, head: int, weights_QK: Floats | None = None, *, normalise: bool = False
) -> Floats:
    """Q×K: ‖α·v·W_O‖, the length of what each key adds to the query's residual by this head.

    With `normalise` each row adds up to 1, so that only the proportions are left. `weights_QK`
    are the head's weights where they are at hand.
    """
    found_QK = (heads.block(head) if weights_QK is None else weights_QK) * heads.moved_HK[head]
    if not normalise:
        return found_QK
    total_Q1 = found_QK.sum(axis=1, keepdims=True)
    return np.divide(found_QK, total_Q1, out=np.zeros_like(found_QK), where=total_Q1 > 0)

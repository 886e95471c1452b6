"""What training makes small. Axes: B batch, L position, M width, N kept places,
b all places."""

import torch.nn.functional as F
from torch import Tensor

from explorer.data.coding import Batch
from explorer.model.transformer import Transformer


def batch_loss(model: Transformer, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
    """Mean cross-entropy in nats a target token; padding is neither computed nor counted.

    Label smoothing is that of section 5.4 of the paper.
    """
    logits_NV = batch_logits(model, batch)
    return F.cross_entropy(logits_NV.float(), batch.expected_N, label_smoothing=label_smoothing)


def batch_logits(model: Transformer, batch: Batch) -> Tensor:
    """N×V logits at the places where something is expected."""
    hidden_bM = model.hidden(batch.source, batch.target_BT).flatten(0, 1)
    if len(batch.places_N) < len(hidden_bM):  # Else they are all places, in order.
        hidden_bM = hidden_bM[batch.places_N]
    return model.output(hidden_bM)

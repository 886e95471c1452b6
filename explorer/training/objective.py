"""What training makes small. Axes: B batch, T target position, M width, N kept positions."""

import torch.nn.functional as F
from torch import Tensor

from explorer.data.batches import Batch
from explorer.model.transformer import Transformer


def batch_loss(model: Transformer, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
    """Mean cross-entropy in nats a target token; padding is neither computed nor counted.

    Label smoothing is that of section 5.4 of the paper.
    """
    hidden_BTM = model.hidden(batch.source_BS, batch.target_BT)
    logits_NV = model.output(hidden_BTM.flatten(0, 1)[batch.places_N])
    return F.cross_entropy(logits_NV.float(), batch.expected_N, label_smoothing=label_smoothing)

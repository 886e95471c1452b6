"""A batch cut into parts by rows, to save memory or to share it among processes.

Axes: B batch, L position of the last stack, N positions that something is expected at.
"""

from itertools import pairwise

import torch
from torch import Tensor

from explorer.data.coding import Batch


def in_parts(batch: Batch, count: int) -> list[Batch]:
    """At most `count` batches of about as many rows each, in order; none is without rows."""
    rows = _rows(batch)
    if count == 1 or rows == 1:
        return [batch]
    edges = [rows * i // count for i in range(count + 1)]
    return [_rows_of(batch, start, end) for start, end in pairwise(edges) if start < end]


def share(batch: Batch, rank: int, ranks: int) -> Batch:
    """The rows of one process among `ranks`; raises `ValueError` when there are too few rows."""
    rows = _rows(batch)
    if rows < ranks:
        raise ValueError(
            f"training.batch_size: a batch of {rows} cannot be shared by {ranks} processes; take "
            "larger batches or fewer processes"
        )
    return _rows_of(batch, rows * rank // ranks, rows * (rank + 1) // ranks)


def _rows(batch: Batch) -> int:
    return len(_last(batch))


def _last(batch: Batch) -> Tensor:
    """What the stack reads whose positions say something."""
    read = batch.source if batch.target_BT is None else batch.target_BT
    assert read is not None
    return read


def _rows_of(batch: Batch, start: int, end: int) -> Batch:
    length = _last(batch).shape[1]
    # Places rise, so that those of a few rows lie side by side.
    first, last = torch.searchsorted(
        batch.places_N, torch.tensor([start * length, end * length])
    ).tolist()
    return Batch(
        None if batch.source is None else batch.source[start:end],
        None if batch.target_BT is None else batch.target_BT[start:end],
        batch.places_N[first:last] - start * length, batch.expected_N[first:last],
        batch.tokens * (end - start) // _rows(batch),
    )  # fmt: skip

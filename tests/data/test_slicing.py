"""Parts of a batch: together they are the whole, row by row and place by place."""

import pytest
import torch

from explorer.data.coding import Batch
from explorer.data.prepare import prepare
from explorer.data.slicing import in_parts, share
from tests.small import small_config


def a_batch(architecture: str) -> Batch:
    config = small_config({"model.architecture": architecture, "training.batch_size": 7})
    return prepare(config).stream.batch(0)


def said(batch: Batch) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """Each row that the last stack reads, with what is expected where in it."""
    read = batch.source if batch.target_BT is None else batch.target_BT
    assert read is not None
    length = read.shape[1]
    due = zip(batch.places_N.tolist(), batch.expected_N.tolist(), strict=True)
    rows = [(row.tolist(), []) for row in read]
    for place, token in due:
        rows[place // length][1].append((place % length, token))
    return rows


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
def test_that_parts_make_up_the_batch(architecture: str, count: int) -> None:
    whole = a_batch(architecture)
    parts = in_parts(whole, count)
    assert len(parts) == min(count, 7)
    assert [row for part in parts for row in said(part)] == said(whole)
    if architecture == "encoder-decoder":
        sources = [part.source for part in parts if part.source is not None]
        assert whole.source is not None and torch.equal(torch.cat(sources), whole.source)


def test_that_processes_share_a_batch_evenly() -> None:
    whole = a_batch("encoder-decoder")
    shares = [share(whole, rank, 3) for rank in range(3)]
    assert [len(said(part)) for part in shares] == [2, 2, 3]
    assert [row for part in shares for row in said(part)] == said(whole)


def test_that_too_many_processes_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"training\.batch_size: a batch of 7 .* by 8"):
        share(a_batch("encoder-decoder"), 0, 8)

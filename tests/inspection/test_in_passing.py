"""Of a large model and a long text only what fits is kept, and every head can be looked at."""

import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor

pytest.importorskip("transformers")

from explorer.inspection.in_passing import InPassing
from explorer.inspection.normalising import normalise
from explorer.inspection.recording import as_floats, recording
from explorer.inspection.working import heads_of, working
from explorer.messages.heads import MadeWeights
from explorer.messages.packed import Packed
from explorer.model.taps import watching
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.subject import SentenceError
from tests.subjects.outside.families import inputs, outside

FAMILIES = ["llama", "gpt2", "bert", "t5", "bart", "mistral"]


@dataclass
class Pass:
    """A model and what it reads."""

    model: OutsideModel
    given: tuple[Tensor | None, Tensor | None]

    @torch.no_grad()
    def run(self) -> None:
        """Once through."""
        self.model.hidden(*self.given)

    def passing(self, held: int) -> InPassing:
        """What is kept with so much room."""
        found = InPassing(dict(self.model.sites()), lambda _: (None, None), held)
        found.watch(self.run)
        return found


def a_pass(family: str, kind: torch.dtype = torch.float32) -> Pass:
    """A small model of a family that reads some tokens."""
    model = outside(family)
    given = inputs(model)
    model.inner.to(kind)
    return Pass(model, given)


@pytest.mark.parametrize("held", [0, 1 << 28])
@pytest.mark.parametrize("family", FAMILIES)
def test_that_every_map_and_small_map_is_that_of_the_pass_itself(family: str, held: int) -> None:
    one = a_pass(family)
    found = one.passing(held)
    with recording(one.model.sites()) as recorded, working(one.model.sites()) as seen:
        one.run()
    assert list(found.weights) == list(recorded)
    for site, attention in one.model.sites():
        weights = found.weights[site]
        assert isinstance(weights, MadeWeights)
        made = np.stack([weights[head] for head in range(len(weights))])
        np.testing.assert_allclose(made, as_floats(recorded[site][0]), atol=1e-5)
        whole = heads_of(attention, seen[site], None, None, normalise=False)
        expected = normalise(whole)
        np.testing.assert_allclose(weights.overview.mean_HPP, expected.mean_HPP, atol=1e-5)
        for name in ("query_HQD", "key_HKD", "value_HKD", "moved_HK"):
            kept = np.asarray(getattr(found.heads[site], name))
            np.testing.assert_allclose(kept, getattr(whole, name), atol=1e-4)


def test_that_numbers_of_half_precision_are_kept_as_they_are_and_read_in_full() -> None:
    one = a_pass("llama", torch.bfloat16)
    found = one.passing(1 << 28)
    with working(one.model.sites()) as seen:
        one.run()
    for site, attention in one.model.sites():
        whole, kept = heads_of(attention, seen[site], None, None), found.heads[site]
        assert isinstance(kept.key_HKD, Packed)
        of_each_group = np.size(whole.key_HKD) * attention.groups // attention.heads
        assert kept.key_HKD.held == 2 * of_each_group  # Two bytes for each number.
        np.testing.assert_array_equal(np.asarray(kept.query_HQD), whole.query_HQD)
        np.testing.assert_array_equal(kept.key_HKD[3, 1:4], np.asarray(whole.key_HKD)[3, 1:4])


@pytest.mark.parametrize("held", [0, 5_000])
def test_that_memory_holds_one_site_at_a_time_and_what_there_is_room_for(held: int) -> None:
    one = a_pass("llama")
    begun: list[int] = []
    shapes = set[tuple[int, ...]]()

    def count(tensor: Tensor) -> None:
        shapes.add(tuple(tensor.shape[1:]))
        alive = [t for t in gc.get_objects() if type(t) is Tensor and tuple(t.shape) in shapes]
        begun.append(len(alive))

    with watching({attention.queries: count for _, attention in one.model.sites()}):
        found = one.passing(held)
    assert len(begun) == len(found.heads) > 1
    assert max(begun) <= 1  # What the taps of earlier sites kept is gone.
    parts = [
        part for heads in found.heads.values()
        for part in (heads.query_HQD, heads.key_HKD, heads.value_HKD)
    ]  # fmt: skip
    assert all(isinstance(part, Packed) for part in parts)
    in_memory = sum(part.held for part in parts if isinstance(part, Packed))
    assert in_memory <= held and (in_memory > 0) == (held > 0)


def test_that_all_sites_with_the_same_mask_share_one_table() -> None:
    found = a_pass("llama").passing(0)
    assert len({id(heads.allowed) for heads in found.heads.values()}) == 1


def test_that_a_full_disk_is_told_in_words() -> None:
    one = a_pass("llama")
    with files_up_to(0), pytest.raises(SentenceError, match="no room on the disk"):
        one.passing(0)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """The system lets no file grow beyond this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

"""Attention, logits and cached steps of many families, held to `transformers` itself."""

from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from explorer.inspection.recording import recording
from explorer.inspection.working import heads_of, working
from explorer.messages.results import SiteKind
from explorer.model.taps import hooks_left
from explorer.subjects.outside.model import OutsideModel
from tests.subjects.outside.families import FAMILIES, eager, inputs, outside


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest) -> OutsideModel:
    """A small model of each family."""
    return outside(request.param)


@torch.no_grad()
def recorded_pass(model: OutsideModel, source: Any, target: Any) -> tuple[Any, dict[Any, Any]]:
    """Logits while somebody watches, and what was seen."""
    with recording(model.sites()) as recorded:
        logits = model(source, target)
    return logits, dict(recorded)


def test_that_weights_and_logits_are_those_of_transformers(model: OutsideModel) -> None:
    source, target = inputs(model)
    logits, seen = recorded_pass(model, source, target)
    expected, weights = eager(model.inner, model._inputs(source, target))
    assert seen.keys() == weights.keys()
    for site, table in weights.items():
        torch.testing.assert_close(seen[site], table, atol=1e-5, rtol=0)
    torch.testing.assert_close(logits, expected, atol=1e-4, rtol=0)


def test_that_a_pass_nobody_watches_gives_the_same(model: OutsideModel) -> None:
    source, target = inputs(model)
    watched, _ = recorded_pass(model, source, target)
    with torch.no_grad():
        torch.testing.assert_close(model(source, target), watched, atol=1e-4, rtol=0)
    assert hooks_left(model) == 0


def test_that_padding_in_a_batch_is_not_looked_at(model: OutsideModel) -> None:
    if not model.config.has_encoder:
        pytest.skip("prompts of a decoder alone are never padded here")
    source, target = inputs(model, rows=2)
    assert source is not None
    source[1, 6:] = 0
    logits, seen = recorded_pass(model, source, target)
    expected, weights = eager(model.inner, model._inputs(source, target))
    for site, table in weights.items():
        torch.testing.assert_close(seen[site], table, atol=1e-5, rtol=0)
        if site.kind is not SiteKind.DECODER:
            assert seen[site][1, ..., 6:].max() < 1e-6
    torch.testing.assert_close(logits, expected, atol=1e-4, rtol=0)


def test_that_cached_steps_equal_whole_passes(model: OutsideModel) -> None:
    if not model.config.has_decoder:
        pytest.skip("an encoder alone writes nothing")
    source, target = inputs(model)
    assert target is not None
    whole, weights = recorded_pass(model, source, target)
    with torch.no_grad():
        state = model.start_decoding(source, target[:, :2])
        for place in range(2, target.shape[1]):
            with recording(model.sites()) as recorded:
                logits_BV = model.decode_step(target[:, place], state)
            torch.testing.assert_close(logits_BV, whole[:, place], atol=1e-4, rtol=0)
            for site, table in recorded.items():
                keys = place + 1 if site.kind is SiteKind.DECODER else table.shape[-1]
                row = weights[site][:, :, place, :keys]
                torch.testing.assert_close(table[:, :, -1], row, atol=1e-5, rtol=0)
    assert state.length == target.shape[1]


def test_that_a_state_branches_and_goes_back(model: OutsideModel) -> None:
    if not model.config.has_decoder:
        pytest.skip("an encoder alone writes nothing")
    source, target = inputs(model)
    assert target is not None
    with torch.no_grad():
        whole = model(source, target)
        state = model.start_decoding(source, target[:, :4])
        other, here = state.at(2), state.at(4)
        model.decode_step(target[:, 1], state)
        each = model.read_each(target[:, 2:], other)
        torch.testing.assert_close(each, whole[:, 2:], atol=1e-4, rtol=0)
        torch.testing.assert_close(
            model.read_on(target[:, 4:], here), whole[:, -1], atol=1e-4, rtol=0
        )
    with pytest.raises(ValueError, match="have been read"):
        other.at(99)


def test_that_rows_are_kept_and_doubled(model: OutsideModel) -> None:
    if not model.config.has_decoder:
        pytest.skip("an encoder alone writes nothing")
    source, target = inputs(model, rows=2)
    assert target is not None
    rows = torch.tensor([1, 1, 0])
    with torch.no_grad():
        whole = model(source, target)
        state = model.start_decoding(source, target[:, :3])
        state.keep(rows)
        found = model.decode_step(target[rows, 3], state)
    torch.testing.assert_close(found, whole[rows, 3], atol=1e-4, rtol=0)


def test_that_heads_made_from_queries_and_keys_give_the_weights(model: OutsideModel) -> None:
    source, target = inputs(model)
    with torch.no_grad(), recording(model.sites()) as recorded, working(model.sites()) as seen:
        model(source, target)
    for site, attention in model.sites():
        heads = heads_of(attention, seen[site], None, None)
        for head in range(attention.heads):
            made = torch.from_numpy(heads.block(head))
            torch.testing.assert_close(made, recorded[site][0, head], atol=2e-5, rtol=0)
        cheap = heads_of(attention, seen[site], None, None, recorded[site][0])
        assert abs(cheap.normaliser_HQ - heads.normaliser_HQ).max() < 1e-3


def test_that_the_output_layer_is_found_by_what_it_reads(model: OutsideModel) -> None:
    source, target = inputs(model)
    with torch.no_grad(), working(model.sites()) as seen:
        model(source, target)
    for site, attention in model.sites():
        assert attention.output is not None
        value_HKD = heads_of(attention, seen[site], None, None).value_HKD
        heads, _, width = value_HKD.shape
        weight_MHD = attention.output.weight.detach().unflatten(1, (heads, width))
        moved_HKM = torch.einsum("hkd,mhd->hkm", torch.from_numpy(value_HKD), weight_MHD)
        found = torch.from_numpy(heads_of(attention, seen[site], None, None).moved_HK)
        torch.testing.assert_close(moved_HKM.norm(dim=-1), found, atol=1e-4, rtol=1e-4)


def test_that_changing_weights_changes_what_follows(model: OutsideModel) -> None:
    from explorer.model.taps import watching

    source, target = inputs(model)
    site, attention = next(iter(model.sites()))
    with torch.no_grad():
        before = model(source, target)
        with watching({attention.weights: torch.zeros_like}):
            changed = model(source, target)
        after = model(source, target)
    assert not torch.allclose(before, changed, atol=1e-3), site
    assert torch.equal(before, after)

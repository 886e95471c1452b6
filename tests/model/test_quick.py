"""A step laid out as plain functions is the step of the modules, and gives way to who watches."""

import pytest
import torch
from hypothesis import given
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.messages.results import SiteKind
from explorer.model.packed import pack_layers
from explorer.model.taps import watching
from explorer.model.transformer import Transformer
from tests.model.agreement import randomise, shape
from tests.model.test_cache import TEXT, begun, writers
from tests.model.test_every_combination import assert_near, often, random_model


def written(model: Transformer, *, quickly: bool) -> list[Tensor]:
    """Logits of every step; with gradients on, the modules themselves are called."""
    with torch.set_grad_enabled(not quickly):
        state = begun(model)
        found = [model.decode_step(TEXT[:, place], state) for place in range(12)]
    assert (state.plan is not None) == quickly
    return [logits.detach() for logits in found]


@given(config=writers)
@often
def test_that_both_ways_give_the_same_logits(config: ModelConfig) -> None:
    model = random_model(config)
    for quick, slow in zip(
        written(model, quickly=True), written(model, quickly=False), strict=True
    ):
        assert_near(quick, slow)


@pytest.mark.parametrize("weights", ["ternary", "binary"])
@pytest.mark.parametrize("packed", [False, True])
def test_that_rounded_layers_round_as_ever(weights: str, packed: bool) -> None:
    model = Transformer(shape(weights=weights, max_length=40), 11).eval()
    randomise(model)
    if packed:
        pack_layers(model)
    for quick, slow in zip(
        written(model, quickly=True), written(model, quickly=False), strict=True
    ):
        torch.testing.assert_close(quick, slow, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_that_whoever_changes_anything_else_is_heard() -> None:
    model = Transformer(shape(max_length=40), 11).eval()
    randomise(model)
    attention = next(a for site, a in model.sites() if site.kind is SiteKind.DECODER)
    state = begun(model)
    model.decode_step(TEXT[:, 0], state)
    plain = model.decode_step(TEXT[:, 1], state.at(1))
    for tap in (attention.queries, attention.scores, attention.mixed, attention.values):
        with watching({tap: lambda tensor: tensor * 2}):
            changed = model.decode_step(TEXT[:, 1], state.at(1))
        assert not torch.allclose(changed, plain, atol=1e-3)
    torch.testing.assert_close(model.decode_step(TEXT[:, 1], state.at(1)), plain)


@torch.no_grad()
def test_that_changed_weights_of_attention_are_taken() -> None:
    model = Transformer(shape(max_length=40), 11).eval()
    randomise(model)
    state = begun(model)
    for place in range(3):
        model.decode_step(TEXT[:, place], state)
    plain = model.decode_step(TEXT[:, 3], state.at(3))
    for site, attention in model.sites():
        if site.kind is not SiteKind.ENCODER:  # It has read already.
            with watching({attention.weights: lambda weights: weights.flip(-1)}):
                changed = model.decode_step(TEXT[:, 3], state.at(3))
            assert not torch.allclose(changed, plain, atol=1e-3), site

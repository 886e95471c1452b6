"""Quantised layers against the papers' formulas in numpy, and against another implementation."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from explorer.messages.model_config import ModelConfig
from explorer.model.low_bit import QUANTISERS, LowBitLinear, eight_bits, full_precision, ternary
from explorer.model.transformer import Transformer

Matrix = NDArray[np.float64]
kinds = st.sampled_from(sorted(QUANTISERS))
sizes = st.integers(1, 12)


def weights_of(kind: str, matrix: Matrix) -> Matrix:
    """Value by value, as the papers write it."""
    mean_of_sizes = max(np.abs(matrix).mean(), 1e-5)
    quantised = np.empty_like(matrix)
    for place, value in np.ndenumerate(matrix):
        if kind == "ternary":
            quantised[place] = max(-1.0, min(1.0, np.round(value / mean_of_sizes)))
        else:
            quantised[place] = 1.0 if value - matrix.mean() > 0 else -1.0
    return quantised * mean_of_sizes


def inputs_of(rows: Matrix) -> Matrix:
    """Each row on 255 steps between ± its largest."""
    quantised = np.empty_like(rows)
    for row, values in enumerate(rows):
        largest = max(np.abs(values).max(), 1e-5)
        quantised[row] = np.clip(np.round(values * 127 / largest), -127, 127) * largest / 127
    return quantised


@given(kinds, sizes, sizes, sizes, st.booleans(), st.integers(0, 2**31))
def test_that_forward_and_gradient_follow_the_formulas(
    kind: str, rows: int, inputs: int, outputs: int, bias: bool, seed: int
) -> None:
    torch.manual_seed(seed)
    layer = LowBitLinear(kind, inputs, outputs, bias).double()
    given_RI = torch.randn(rows, inputs, dtype=torch.float64, requires_grad=True)
    toward_RO = torch.randn(rows, outputs, dtype=torch.float64)
    found_RO = layer(given_RI)
    (found_RO * toward_RO).sum().backward()
    weight = weights_of(kind, layer.weight.detach().numpy())
    rounded = inputs_of(given_RI.detach().numpy())
    added = layer.bias.detach().numpy() if bias else 0.0
    np.testing.assert_allclose(found_RO.detach().numpy(), rounded @ weight.T + added, atol=1e-12)
    # The rounding is passed over: gradients are those of the product of quantised factors.
    assert layer.weight.grad is not None and given_RI.grad is not None
    toward = toward_RO.numpy()
    np.testing.assert_allclose(layer.weight.grad.numpy(), toward.T @ rounded, atol=1e-12)
    np.testing.assert_allclose(given_RI.grad.numpy(), toward @ weight, atol=1e-12)


def test_that_ternary_layers_agree_with_the_transformers_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The library compiles its formulas as it is imported; uncompiled they are the same.
    monkeypatch.setattr(torch, "compile", lambda function: function)
    bitnet = pytest.importorskip("transformers.integrations.bitnet")
    torch.manual_seed(0)
    mine, theirs = LowBitLinear("ternary", 24, 16), bitnet.AutoBitLinear(24, 16, online_quant=True)
    theirs.load_state_dict(mine.state_dict())
    given = torch.randn(5, 24, requires_grad=True)
    results: list[tuple[torch.Tensor, ...]] = []
    for layer in (mine, theirs):
        output = layer(given)
        inner = torch.autograd.grad(output.square().sum(), (given, layer.weight, layer.bias))
        results.append((output, *inner))
    for ours, other in zip(*results, strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("kind", "values"), [("ternary", {-1, 0, 1}), ("binary", {-1, 1})])
@pytest.mark.parametrize("training", [True, False])
def test_that_products_see_no_other_values(
    kind: str, values: set[int], training: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    layer = LowBitLinear(kind, 32, 64)
    seen: list[torch.Tensor] = []
    linear = torch.nn.functional.linear

    def noted(given: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        seen.append(weight.detach())
        return linear(given, weight, bias)

    monkeypatch.setattr("explorer.model.low_bit.F.linear", noted)
    with torch.set_grad_enabled(training):
        layer(torch.randn(3, 32))
    scale = layer.weight.abs().mean()
    assert set((seen[0] / scale).unique().tolist()) == values


def test_that_inputs_have_at_most_255_values_a_token() -> None:
    rounded = eight_bits(torch.randn(4, 5000))
    assert max(len(row.unique()) for row in rounded) <= 255


def test_that_the_same_numbers_come_with_and_without_a_gradient() -> None:
    torch.manual_seed(0)
    layer, given = LowBitLinear("ternary", 16, 16), torch.randn(4, 16)
    learning = layer(given)
    with torch.no_grad():
        assert torch.equal(layer(given), learning)


def test_that_zeros_are_no_trouble() -> None:
    layer = LowBitLinear("ternary", 4, 4)
    torch.nn.init.zeros_(layer.weight)
    assert torch.equal(layer(torch.zeros(2, 4)), layer.bias.expand(2, 4))
    numbers, scale = ternary(torch.zeros(3, 3))
    assert not numbers.any() and scale > 0


def test_that_a_model_computes_with_its_latent_weights_on_request_and_only_then() -> None:
    torch.manual_seed(0)
    shape = {"width": 16, "feed_forward": 16, "architecture": "encoder-only", "dropout": 0.0}
    model = Transformer(ModelConfig.model_validate({**shape, "weights": "ternary"}), 9)
    plain = Transformer(ModelConfig.model_validate(shape), 9)
    plain.load_state_dict(model.state_dict())
    ids = torch.randint(1, 9, (2, 8))
    before = model(ids, None)
    with full_precision(model) as changed:
        assert changed and torch.equal(model(ids, None), plain(ids, None))
    assert torch.equal(model(ids, None), before) and not torch.equal(before, plain(ids, None))
    with full_precision(plain) as changed:
        assert not changed


@pytest.mark.parametrize("kind", sorted(QUANTISERS))
def test_that_only_the_layers_of_the_blocks_are_low_bit(kind: str) -> None:
    model = Transformer(ModelConfig.model_validate({"width": 16, "weights": kind}), 9)
    low = {name for name, m in model.named_modules() if isinstance(m, LowBitLinear)}
    linear = {name for name, m in model.named_modules() if isinstance(m, torch.nn.Linear)}
    assert linear - low == {"output"}

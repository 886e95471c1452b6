"""Quick products are float32's own: same error, same gradients, and nothing of them leaks out."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.model import products
from explorer.model.products import fused_attention, products_are_quick, quick_products
from explorer.model.transformer import Transformer

CPU = torch.device("cpu")
SOURCE = torch.tensor([[4, 5, 6, 7, 10, 8, 9, 3], [4, 4, 9, 3, 0, 0, 0, 0]])
TARGET = torch.tensor([[2, 5, 6, 7, 9, 9, 4], [2, 10, 0, 0, 0, 0, 0]])

quick_here = pytest.mark.skipif(
    not getattr(products, "_SETTING", None), reason="this PyTorch has no such setting"
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Quick products whenever they are exact, however long they take on a busy machine."""
    monkeypatch.setenv(products.SWITCH, "quick")
    products_are_quick.cache_clear()
    yield
    products_are_quick.cache_clear()


def setting() -> str:
    return torch.backends.mkldnn.matmul.fp32_precision  # type: ignore[attr-defined]


def gradients(model: Transformer, source: Tensor | None) -> dict[str, Tensor]:
    model.zero_grad()
    logits = model(source, TARGET)[TARGET != 0]
    (logits.square() * torch.arange(1, logits.numel() + 1).view_as(logits)).mean().backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@quick_here
@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only"])
@pytest.mark.parametrize("width", [32, 96])
def test_that_gradients_are_those_of_plain_products(architecture: str, width: int) -> None:
    torch.manual_seed(0)
    shape: dict[str, Any] = {"architecture": architecture, "width": width, "dropout": 0.0}
    model = Transformer(ModelConfig.model_validate({**shape, "max_length": 12}), 11)
    source = SOURCE if model.config.has_encoder else None
    plain = gradients(model, source)
    with quick_products(CPU):
        quick = gradients(model, source)
    assert quick.keys() == plain.keys()
    largest = max(float(expected.abs().max()) for expected in plain.values())
    for name, expected in plain.items():
        torch.testing.assert_close(quick[name] / largest, expected / largest, atol=1e-5, rtol=1e-5)


@quick_here
@pytest.mark.parametrize("layout", ["forward", "for the input", "for the weight"])
@pytest.mark.parametrize("shape", [(768, 128, 384), (37, 19, 70), (1024, 512, 128)])
def test_that_a_product_is_as_near_to_the_truth_as_a_plain_one(
    shape: tuple[int, int, int], layout: str
) -> None:
    if not products_are_quick():
        pytest.skip("this processor would round: quick products are off")
    rows, inputs, outputs = shape
    torch.manual_seed(1)
    x, w, g = torch.randn(rows, inputs), torch.randn(outputs, inputs), torch.randn(rows, outputs)
    left, right = {"forward": (x, w.t()), "for the input": (g, w)}.get(layout, (g.t(), x))
    truth = left.double() @ right.double()
    with quick_products(CPU):
        quick = left @ right
    error, plain = ((found.double() - truth).abs().max() for found in (quick, left @ right))
    assert error <= 4 * plain


def test_that_the_check_would_notice_rounded_inputs() -> None:
    """What a processor with matrix units for bfloat16 makes of them is far beyond its bound."""
    torch.manual_seed(2)
    x, w = torch.randn(640, 64), torch.randn(64, 64)
    truth = x.double() @ w.double()
    rounded = x.bfloat16().double() @ w.bfloat16().double()
    assert (rounded - truth).abs().max() > 100 * ((x @ w).double() - truth).abs().max()


@quick_here
def test_that_the_setting_is_as_before_also_after_an_error() -> None:
    before = setting()
    with pytest.raises(ZeroDivisionError), quick_products(CPU):
        assert setting() == "bf16" or not products_are_quick()
        raise ZeroDivisionError
    assert setting() == before


def test_that_other_devices_are_left_alone() -> None:
    before = setting()
    with quick_products(torch.device("meta")):
        assert setting() == before


def test_that_they_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(products.SWITCH, "plain")
    products_are_quick.cache_clear()
    before = setting()
    with quick_products(CPU):
        assert setting() == before


@quick_here
@pytest.mark.parametrize("masked", ["nothing", "table", "future"])
def test_that_fused_attention_stays_plain_in_both_directions(masked: str) -> None:
    torch.manual_seed(3)
    q, k, v = inputs = [torch.randn(2, 4, 9, 8, requires_grad=True) for _ in range(3)]
    table = torch.rand(2, 1, 9, 9) > 0.3 if masked == "table" else None
    expected = F.scaled_dot_product_attention(q, k, v, table, is_causal=masked == "future")
    expected_gradients = torch.autograd.grad(expected.square().sum(), inputs)
    with quick_products(CPU):
        inside = setting()
        found = fused_attention(q, k, v, table, causal=masked == "future")
        found_gradients = torch.autograd.grad(found.square().sum(), inputs)
        assert setting() == inside
    assert torch.equal(found, expected)
    for ours, theirs in zip(found_gradients, expected_gradients, strict=True):
        assert torch.equal(ours, theirs)


@quick_here
def test_that_a_gradient_computed_later_leaves_no_setting_behind() -> None:
    query = torch.randn(1, 2, 5, 8, requires_grad=True)
    before = setting()
    with quick_products(CPU):
        mixed = fused_attention(query, query, query)
    mixed.sum().backward()
    assert setting() == before

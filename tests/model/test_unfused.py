"""Attention by products, as a CPU learns by it, is the attention of PyTorch's kernel."""

import pytest
import torch
import torch.nn.functional as F

from explorer.model.unfused import pays, unfused_attention

ALIBI = -torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(1))


def tables() -> dict[str, torch.Tensor | None]:
    padding = torch.ones(2, 1, 1, 6, dtype=torch.bool)
    padding[1, ..., 4:] = False
    future = torch.ones(1, 1, 6, 6, dtype=torch.bool).tril()
    return {"nothing": None, "padding": padding, "future": future, "both": padding & future}


@pytest.mark.parametrize("masked", tables())
@pytest.mark.parametrize("bias", [None, ALIBI], ids=["", "bias"])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_that_it_is_the_attention_of_the_kernel(
    masked: str, bias: torch.Tensor | None, kind: torch.dtype
) -> None:
    torch.manual_seed(0)
    table = tables()[masked]
    q, k, v = (torch.randn(2, 6, 3, 8).transpose(1, 2).to(kind).requires_grad_() for _ in range(3))
    added = torch.zeros(1, 1, 6, 6) if bias is None else bias
    if table is not None:
        added = torch.where(table, added, -torch.inf)
    expected = F.scaled_dot_product_attention(q.double(), k.double(), v.double(), added.double())
    found = unfused_attention(q, k, v, table, bias, 0.0)
    near = {torch.float32: 1e-5, torch.float64: 1e-6, torch.bfloat16: 4e-2}[kind]
    assert found.dtype == kind
    torch.testing.assert_close(found.double(), expected, atol=near, rtol=near)
    weight = torch.randn(expected.shape, dtype=torch.float64)
    ours = torch.autograd.grad((found.double() * weight).sum(), (q, k, v))
    theirs = torch.autograd.grad((expected * weight).sum(), (q, k, v))
    for gradient, wanted in zip(ours, theirs, strict=True):
        torch.testing.assert_close(gradient.double(), wanted.double(), atol=4 * near, rtol=4 * near)


def test_that_a_query_that_may_look_at_nothing_gets_a_number() -> None:
    q = torch.randn(1, 1, 2, 4, requires_grad=True)
    table = torch.tensor([[True, True], [False, False]])[None, None]
    mixed = unfused_attention(q, q, q, table, None, 0.0)
    mixed.sum().backward()
    assert torch.isfinite(mixed).all() and q.grad is not None and torch.isfinite(q.grad).all()


def test_when_it_is_taken() -> None:
    learning = torch.randn(1, 1, 2, 4, requires_grad=True)
    assert pays(learning, 64, 0.1)
    assert pays(learning.bfloat16(), 64, 0.0)
    assert not pays(learning, 64, 0.0)
    assert not pays(learning.detach(), 64, 0.1)
    assert not pays(learning, 100_000, 0.1)

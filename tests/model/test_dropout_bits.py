"""Cheap dropout is dropout: the share, the mean, independence, and the same again from a seed."""

import pytest
import torch
import torch.nn.functional as F

from explorer.model.dropout import Dropout, dropout, dropped_relu, kept

COUNT = 1 << 20


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9])
def test_that_the_share_is_met_and_the_mean_stays(share: float) -> None:
    """Over many calls; in a single one it is one of the two next 256ths."""
    torch.manual_seed(0)
    calls, each = 1000, 1000
    masks = torch.stack([kept(torch.empty(each), share) for _ in range(calls)])
    spread = (share * (1 - share) / masks.numel() + (0.5 / 256) ** 2 / calls) ** 0.5
    assert float((masks == 0).float().mean()) == pytest.approx(share, abs=5 * spread)
    assert float(masks.mean()) == pytest.approx(1.0, abs=5 * spread / (1 - share))
    assert masks.max() == pytest.approx(1 / (1 - share))


def test_that_a_share_between_two_256ths_is_met_by_both() -> None:
    torch.manual_seed(3)
    shares = [float((kept(torch.empty(COUNT), 0.1) == 0).float().mean()) for _ in range(30)]
    nearest = {round(share * 256) for share in shares}
    assert nearest == {25, 26}
    assert all(abs(share * 256 - round(share * 256)) < 0.4 for share in shares)


@pytest.mark.parametrize("distance", [1, 2, 3, 7, 8, 9, 128, 512])
def test_that_neighbours_fall_independently(distance: int) -> None:
    """Eight decisions come from one 64-bit word."""
    torch.manual_seed(1)
    gone = (kept(torch.empty(COUNT), 0.3) == 0).float()
    gone -= gone.mean()
    together = float((gone[:-distance] * gone[distance:]).mean()) / 0.21
    assert abs(together) < 5 / COUNT**0.5


def test_that_steps_and_places_differ_and_a_seed_gives_the_same_again() -> None:
    def draw(step: int) -> list[torch.Tensor]:
        torch.manual_seed(step)
        return [kept(torch.empty(64, 33), 0.3) for _ in range(2)]

    first, second = draw(7)
    assert not torch.equal(first, second)
    assert not torch.equal(first, draw(8)[0])
    again = draw(7)
    assert torch.equal(again[0], first) and torch.equal(again[1], second)


def test_that_the_gradient_falls_where_the_value_did() -> None:
    torch.manual_seed(2)
    value = torch.randn(50, 40, requires_grad=True)
    dropped = dropout(value, 0.4)
    dropped.sum().backward()
    assert value.grad is not None
    torch.testing.assert_close(value.grad * value.detach(), dropped.detach())


def test_that_relu_with_dropout_is_relu_and_then_dropout() -> None:
    torch.manual_seed(4)
    value = torch.randn(50, 40, requires_grad=True)
    weight = torch.randn(50, 40)
    torch.manual_seed(5)
    expected = dropout(F.relu(value), 0.3)
    (wanted,) = torch.autograd.grad((expected * weight).sum(), value)
    torch.manual_seed(5)
    found = dropped_relu(value, 0.3, True)
    (gradient,) = torch.autograd.grad((found * weight).sum(), value)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(gradient, wanted)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bfloat16])
def test_that_the_kind_of_number_stays(kind: torch.dtype) -> None:
    assert dropout(torch.ones(8, 9, dtype=kind), 0.5).dtype == kind


def test_that_nearly_everything_may_go() -> None:
    left = dropout(torch.ones(100_000), 0.9999999)
    assert torch.isfinite(left).all()
    assert float((left > 0).float().mean()) < 0.01


def test_that_a_still_layer_hands_its_input_on() -> None:
    value = torch.ones(3)
    assert Dropout(0.5).eval()(value) is value
    assert Dropout(0.0).train()(value) is value

"""Cheap dropout is dropout: the share, the mean, independence, and the same again from a seed."""

import pytest
import torch

from explorer.model.dropout import Dropout, dropout, kept

COUNT = 1 << 20


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_that_the_share_is_met_and_the_mean_stays(share: float) -> None:
    torch.manual_seed(0)
    mask = kept(torch.empty(COUNT), share)
    spread = (share * (1 - share) / COUNT) ** 0.5
    assert float((mask == 0).float().mean()) == pytest.approx(share, abs=5 * spread)
    assert float(mask.mean()) == pytest.approx(1.0, abs=5 * spread / (1 - share))
    assert mask.unique().numel() == 2


@pytest.mark.parametrize("distance", [1, 2, 3, 4, 8, 128, 512])
def test_that_neighbours_fall_independently(distance: int) -> None:
    """Four decisions come from one 64-bit word."""
    torch.manual_seed(1)
    gone = (kept(torch.empty(COUNT), 0.3) == 0).float() - 0.3
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


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bfloat16])
def test_that_the_kind_of_number_stays(kind: torch.dtype) -> None:
    assert dropout(torch.ones(8, 9, dtype=kind), 0.5).dtype == kind


def test_that_nearly_everything_may_go() -> None:
    assert torch.isfinite(dropout(torch.ones(1000), 0.9999999)).all()


def test_that_a_still_layer_hands_its_input_on() -> None:
    value = torch.ones(3)
    assert Dropout(0.5).eval()(value) is value
    assert Dropout(0.0).train()(value) is value

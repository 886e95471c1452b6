"""Schedules against PyTorch's own, step by step, and against nanoGPT's."""

import math

import pytest
import torch
from torch.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    LinearLR,
    LRScheduler,
    SequentialLR,
)

from explorer.messages.config import TrainingConfig
from explorer.training.schedule import rate_factor

STEPS, WARMUP = 100, 20


def theirs(schedule: str, final: float) -> list[float]:
    """The rate of every step after warm-up, as PyTorch's schedulers have it, for a peak of 1."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    after = STEPS - WARMUP
    made: LRScheduler
    match schedule:
        case "constant":
            made = ConstantLR(optimizer, factor=1.0)
        case "linear":
            made = LinearLR(optimizer, 1.0, final, total_iters=after)
        case "cosine":
            made = CosineAnnealingLR(optimizer, after, eta_min=final)
        case _:
            stable = ConstantLR(optimizer, factor=1.0)
            fall = LinearLR(optimizer, 1.0, final, total_iters=25)
            made = SequentialLR(optimizer, [stable, fall], [after - 25])
    rates: list[float] = []
    for _ in range(after):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        made.step()
    return rates


@pytest.mark.filterwarnings("ignore:The epoch parameter")
@pytest.mark.parametrize("final", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "wsd"])
def test_that_the_rate_after_warm_up_is_pytorchs(schedule: str, final: float) -> None:
    config = TrainingConfig.model_validate({
        "schedule": schedule, "steps": STEPS, "warmup_steps": WARMUP, "final_rate": final,
        "decay_share": 0.25,
    })  # fmt: skip
    ours = [rate_factor(step, config) for step in range(WARMUP, STEPS)]
    assert ours == pytest.approx(theirs(schedule, final), abs=1e-6)


def test_that_nanogpts_cosine_to_a_tenth_is_reproduced_exactly() -> None:
    peak, least, warmup, end = 1e-3, 1e-4, 100, 2000  # Its README's recipe for a CPU.

    def nanogpt(step: int) -> float:
        """`get_lr` as its paper and its README describe it: cosine from peak to a tenth."""
        share = (step - warmup) / (end - warmup)
        return least + 0.5 * (1.0 + math.cos(math.pi * share)) * (peak - least)

    config = TrainingConfig(
        schedule="cosine", steps=end, warmup_steps=warmup, final_rate=0.1, learning_rate=peak
    )
    for step in range(warmup, end):
        assert peak * rate_factor(step, config) == pytest.approx(nanogpt(step), rel=1e-12)


def test_that_the_stable_part_is_stable_and_the_last_share_falls_to_the_final_rate() -> None:
    config = TrainingConfig(
        schedule="wsd", steps=1000, warmup_steps=50, decay_share=0.2, final_rate=0.1
    )
    assert {rate_factor(step, config) for step in range(50, 801)} == {1.0}
    assert rate_factor(900, config) == pytest.approx(0.55)
    assert rate_factor(1000, config) == pytest.approx(0.1)


def test_that_a_decay_longer_than_what_follows_warm_up_begins_after_it() -> None:
    config = TrainingConfig(schedule="wsd", steps=100, warmup_steps=90, decay_share=1.0)
    assert rate_factor(89, config) == rate_factor(90, config) == 1.0
    assert rate_factor(95, config) == pytest.approx(0.5)

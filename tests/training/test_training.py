"""Schedules, objective and optimizer against their formulas, and what divergence does."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.data.coding import Coding
from explorer.data.prepare import prepare
from explorer.messages.config import TrainingConfig
from explorer.messages.events import Event, TrainStep
from explorer.model.transformer import Transformer
from explorer.training.meter import Meter
from explorer.training.objective import batch_loss
from explorer.training.optimizers import make_optimizers
from explorer.training.schedule import rate_factor
from explorer.training.stability import DivergedError
from explorer.training.trainer import Trainer, new_model
from tests.small import CPU, begin, small_config

FORMULAS: dict[str, Callable[[int], float]] = {
    "constant": lambda step: 1.0,
    "linear": lambda step: (100 - step) / 80,
    "cosine": lambda step: 0.5 * (1 + math.cos(math.pi * (step - 20) / 80)),
    "noam": lambda step: math.sqrt(20) / math.sqrt(step + 1),
}


@pytest.mark.parametrize("schedule", sorted(FORMULAS))
def test_that_the_rate_follows_its_formula(schedule: str) -> None:
    config = TrainingConfig.model_validate({
        "schedule": schedule, "steps": 100, "warmup_steps": 20,
    })  # fmt: skip
    for step in range(20):
        assert rate_factor(step, config) == pytest.approx((step + 1) / 20)
    for step in range(20, 100):
        assert rate_factor(step, config) == pytest.approx(FORMULAS[schedule](step), abs=1e-9)


def test_that_noam_is_the_papers_formula_but_for_its_peak() -> None:
    config = TrainingConfig(schedule="noam", steps=1000, warmup_steps=50)
    papers = [512**-0.5 * min(n**-0.5, n * 50**-1.5) for n in range(1, 1001)]
    ours = [rate_factor(step, config) for step in range(1000)]
    assert max(ours) == 1.0
    np.testing.assert_allclose(np.array(papers) / max(papers), ours, rtol=1e-9)


@pytest.mark.parametrize("schedule", sorted(FORMULAS))
def test_that_no_warmup_and_steps_past_the_end_are_no_trouble(schedule: str) -> None:
    config = TrainingConfig.model_validate({"schedule": schedule, "steps": 5, "warmup_steps": 0})
    assert rate_factor(0, config) == 1.0
    assert 0 <= rate_factor(50, config) <= 1


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
def test_that_the_loss_is_smoothed_as_in_the_paper(smoothing: float) -> None:
    torch.manual_seed(0)
    model = Transformer(small_config().model, 9).eval()
    targets = [[6, 5], [4], [8, 7, 6]]
    config = small_config()
    coding = Coding(config, prepare(config).coding.vocabularies)
    batch = coding.batch([[5, 6], [4], [6, 7, 8]], targets)
    logits = model(batch.source, batch.target_BT).detach().double().numpy()
    found = batch_loss(model, batch, smoothing).item()
    costs: list[float] = []
    for row, ids in enumerate(targets):
        for place, due in enumerate([*ids, 3]):
            z = logits[row, place]
            log_p = z - z.max() - np.log(np.exp(z - z.max()).sum())
            wanted = np.full(9, smoothing / 9)
            wanted[due] += 1 - smoothing
            costs.append(-(wanted * log_p).sum())
    assert found == pytest.approx(np.mean(costs), rel=1e-5)


def test_that_only_matrices_decay() -> None:
    model = Transformer(small_config().model, 9)
    groups = make_optimizers(model, TrainingConfig(weight_decay=0.5)).param_groups
    assert [group["weight_decay"] for group in groups] == [0.5, 0.0]
    assert {p.dim() for p in groups[0]["params"]} == {2}
    assert {p.dim() for p in groups[1]["params"]} == {1}
    assert sum(len(group["params"]) for group in groups) == len(list(model.parameters()))


def test_that_the_first_step_is_what_adam_says() -> None:
    config = small_config({"training.clip_norm": 0, "training.warmup_steps": 0})
    data = prepare(config)
    trainer = Trainer(config, new_model(data.coding), data, CPU)
    before = [p.detach().clone() for p in trainer.model.parameters()]
    trainer.train_step()
    for parameter, was in zip(trainer.model.parameters(), before, strict=True):
        assert parameter.grad is not None
        large = parameter.grad.abs() > 1e-5
        expected = was - config.training.learning_rate * parameter.grad.sign()
        torch.testing.assert_close(parameter[large], expected[large], rtol=1e-3, atol=1e-5)


def test_that_gradients_are_clipped_to_the_length_allowed() -> None:
    config = small_config({"training.clip_norm": 0.01})
    data = prepare(config)
    trainer = Trainer(config, new_model(data.coding), data, CPU)
    told = trainer.train_step()
    grads = [p.grad for p in trainer.model.parameters() if p.grad is not None]
    assert told.gradient_norm > 0.01  # What is told is the length before clipping.
    assert torch.cat([g.flatten() for g in grads]).norm().item() == pytest.approx(0.01, rel=1e-3)


def test_that_a_step_tells_its_figures(tmp_path: Path) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told)
    run.step()
    (figures,) = [event for event in told if isinstance(event, TrainStep)]
    assert (figures.step, figures.steps) == (1, 20)
    assert figures.learning_rate == pytest.approx(0.003 / 5)
    assert figures.tokens == run.trainer.data.stream.batch(0).tokens
    assert figures.seconds > 0 and figures.tokens_per_second > 0
    assert 0 < figures.loss < 10


def test_that_divergence_leaves_the_weights_and_says_what_to_do() -> None:
    config = small_config()
    data = prepare(config)
    trainer = Trainer(config, new_model(data.coding), data, CPU)
    trainer.train_step()
    with torch.no_grad():
        next(trainer.model.encoder.parameters())[0, 0] = float("inf")
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    with pytest.raises(DivergedError) as caught:
        trainer.train_step()
    assert "diverged at step 2" in str(caught.value)
    assert "Lower training.learning_rate" in str(caught.value)
    assert trainer.step == 1
    for name, value in trainer.model.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_that_speed_is_counted_over_the_last_seconds_of_work() -> None:
    meter = Meter(window=2.0)
    for _ in range(10):
        meter.add(1.0, 100)
    assert meter.add(1.0, 400) == pytest.approx(200)  # Two seconds of 100 and one of 400.
    assert meter.seconds == pytest.approx(11)

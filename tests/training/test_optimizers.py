"""Which parameter is moved by which optimizer, and that it moves as it should."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch

from explorer.data.prepare import prepare
from explorer.messages.config import TrainingConfig
from explorer.model.transformer import Transformer
from explorer.training.optimizers import block_matrices, make_optimizers
from explorer.training.trainer import Trainer, new_model
from tests.small import CPU, small_config


def small_trainer(values: Mapping[str, Any] = {}) -> Trainer:
    config = small_config({"model.dropout": 0.0, "training.warmup_steps": 0, **values})
    data = prepare(config)
    return Trainer(config, new_model(data.coding), data, CPU)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "muon"])
def test_that_every_parameter_has_exactly_one_optimizer(name: str) -> None:
    model = Transformer(small_config().model, 9)
    config = TrainingConfig.model_validate({"optimizer": name})
    groups = make_optimizers(model, config).param_groups
    moved = [id(p) for group in groups for p in group["params"]]
    assert sorted(moved) == sorted(id(p) for p in model.parameters())


@pytest.mark.parametrize("tied", [True, False])
def test_that_muon_moves_the_matrices_of_the_blocks_and_nothing_else(tied: bool) -> None:
    model = Transformer(small_config({"model.tie_embeddings": tied}).model, 9)
    names = {id(p): name for name, p in model.named_parameters()}
    muons = {names[id(p)] for p in block_matrices(model)}
    assert muons == {
        name
        for name, p in model.named_parameters()
        if p.dim() == 2 and name.split(".")[0] in ("encoder", "decoder")
    }
    assert muons and "output.weight" not in muons


def test_that_both_rates_of_muon_follow_the_schedule() -> None:
    values = {"training.optimizer": "muon", "training.muon_rate": 0.04, "training.warmup_steps": 4}
    trainer = small_trainer({**values, "training.learning_rate": 0.002})
    trainer.train_step()
    rates = {group["peak"]: group["lr"] for group in trainer.optimizers.param_groups}
    assert rates == {"learning_rate": pytest.approx(0.0005), "muon_rate": pytest.approx(0.01)}


def test_that_muons_step_is_orthogonal() -> None:
    trainer = small_trainer({"training.optimizer": "muon", "training.weight_decay": 0.0})
    before = [p.detach().clone() for p in block_matrices(trainer.model)]
    trainer.train_step()
    for parameter, was in zip(block_matrices(trainer.model), before, strict=True):
        rows, columns = was.shape
        move = (parameter.detach() - was) / (0.02 * max(1, rows / columns) ** 0.5)
        sizes = torch.linalg.svdvals(move)
        # Five steps of Newton and Schulz bring all directions near to the same length.
        assert sizes.max() < 1.4
        assert sizes.median() > 0.5


def test_that_plain_descent_goes_down_the_gradient() -> None:
    trainer = small_trainer({
        "training.optimizer": "sgd", "training.learning_rate": 0.1, "training.momentum": 0.5,
        "training.clip_norm": 0,
    })  # fmt: skip
    parameters = list(trainer.model.parameters())
    velocity = [torch.zeros_like(p) for p in parameters]
    for _ in range(3):
        before = [p.detach().clone() for p in parameters]
        rate = 0.1 * _factor(trainer)
        trainer.train_step()
        for p, was, speed in zip(parameters, before, velocity, strict=True):
            assert p.grad is not None
            speed.mul_(0.5).add_(p.grad)
            torch.testing.assert_close(p.detach(), was - rate * speed, rtol=1e-4, atol=1e-6)


def _factor(trainer: Trainer) -> float:
    from explorer.training.schedule import rate_factor

    return rate_factor(trainer.step, trainer.config.training)


@pytest.mark.parametrize("parts", [2, 3, 8, 50])
@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only"])
def test_that_a_batch_in_parts_has_the_gradient_of_the_whole(parts: int, architecture: str) -> None:
    shape = {"model.architecture": architecture, "training.clip_norm": 0}
    whole = small_trainer({**shape, "training.label_smoothing": 0.1})
    cut = small_trainer({**shape, "training.label_smoothing": 0.1, "training.accumulate": parts})
    one, other = whole.train_step(), cut.train_step()
    assert other.loss == pytest.approx(one.loss, rel=1e-5)
    assert other.gradient_norm == pytest.approx(one.gradient_norm, rel=1e-4)
    pairs = zip(whole.model.named_parameters(), cut.model.parameters(), strict=True)
    for (name, first), second in pairs:
        assert first.grad is not None and second.grad is not None
        torch.testing.assert_close(first.grad, second.grad, rtol=1e-4, atol=1e-6, msg=name)

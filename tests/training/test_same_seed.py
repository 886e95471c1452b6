"""The same seed gives the same run: every weight after twenty steps, to the last bit."""

from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.data.prepare import prepare
from explorer.training.trainer import Trainer, new_model
from tests.small import CPU, small_config


def weights_after(steps: int, **changes: Any) -> dict[str, Tensor]:
    """A run made from nothing, with chance of its own going on around it."""
    config = small_config({f"model.{k}": v for k, v in changes.pop("model", {}).items()} | changes)
    data = prepare(config)
    trainer = Trainer(config, new_model(data.coding), data, CPU)
    for _ in range(steps):
        torch.rand(3)
        trainer.train_step()
    return {name: p.detach().clone() for name, p in trainer.model.named_parameters()}


@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_that_the_same_seed_gives_the_same_weights(architecture: str, precision: str) -> None:
    changes = {"model": {"architecture": architecture}, "training.precision": precision}
    torch.manual_seed(1)
    one = weights_after(20, **changes)
    torch.manual_seed(2)
    same = weights_after(20, **changes)
    other = weights_after(20, **changes, **{"training.seed": 1})
    for name, weight in one.items():
        assert weight.isfinite().all(), name
        assert torch.equal(weight, same[name]), name
    assert all(not torch.equal(one[name], other[name]) for name in one if one[name].dim() > 1)


@pytest.mark.parametrize(
    "model",
    [
        {"weights": "ternary"},
        {"weights": "binary"},
        {"positions": "alibi", "sink": "learned", "score_cap": 3.0},
        {"pattern": "window", "window": 2, "positions": "rotary", "key_value_heads": 1},
    ],
    ids=str,
)
def test_that_the_same_seed_gives_the_same_weights_with_options(model: dict[str, Any]) -> None:
    one, same = weights_after(20, model=model), weights_after(20, model=model)
    assert all(torch.equal(one[name], same[name]) for name in one)


def test_that_every_weight_moves() -> None:
    model = {"sink": "learned", "query_key_norm": True, "embedding_norm": True,
             "positions": "learned", "activation": "swiglu", "norm_kind": "rms"}  # fmt: skip
    start, end = weights_after(0, model=model), weights_after(20, model=model)
    still = [name for name in start if torch.equal(start[name], end[name])]
    assert still == []

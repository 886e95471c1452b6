"""What is taken for a run gone wrong, and what is not; what a person is then told and offered."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from explorer.data.prepare import prepare
from explorer.messages.config import TrainingConfig
from explorer.training.stability import (
    PATIENCE,
    DivergedError,
    LossWatch,
    MemoryFullError,
    gentler,
    in_parts,
    is_memory_full,
)
from explorer.training.trainer import Trainer, new_model
from tests.small import CPU, small_config

WORDS = 65
GUESSING = math.log(WORDS)


def stopped_at(losses: Iterable[float], warmup: int = 20) -> int | None:
    """The step at which a run with these losses would be stopped."""
    watch = LossWatch(WORDS, warmup)
    for step, loss in enumerate(losses, 1):
        watch.take(step, loss)
        if watch.exploded:
            return step
    return None


def falling(steps: int, to: float = 0.01, noise: float = 0.2) -> list[float]:
    """An ordinary curve: from guessing down, with the noise of small batches."""
    chance = np.random.default_rng(0)
    curve = to + (GUESSING - to) * np.exp(-np.arange(steps) / 60)
    return list(curve * np.exp(noise * chance.standard_normal(steps)))


ORDINARY: Mapping[str, Callable[[], list[float]]] = {
    "a noisy fall": lambda: falling(2000, noise=0.5),
    "spikes": lambda: [loss + 20 * (step % 97 < 9) for step, loss in enumerate(falling(2000))],
    "a relapse to guessing that mends": lambda: [*falling(300, 1.0), *[4.2] * 60, *falling(300)],
    "a bad start that gets better": lambda: [*np.linspace(60, 9, 400), *falling(300)],
    "a plateau at guessing": lambda: [GUESSING] * 2000,
    "a hard warm-up": lambda: [*[12.0] * 20, *falling(300)],
}


@pytest.mark.parametrize("name", ORDINARY)
def test_that_ordinary_training_goes_on(name: str) -> None:
    assert stopped_at(ORDINARY[name]()) is None


EXPLOSIONS: Mapping[str, tuple[int, Callable[[], list[float]]]] = {
    "climbs and stays": (400, lambda: [*falling(400, 1.5), *[9.0] * 200]),
    "climbs without end": (
        430, lambda: [*falling(400, 1.5), *(1.5 * 1.05**n for n in range(400))]
    ),
    "forgets what it could": (800, lambda: [*falling(800, 0.001), *[GUESSING] * 200]),
    "far above guessing after warm-up": (20, lambda: [5.0] * 20 + [30.0] * 200),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPLOSIONS)
def test_that_an_explosion_is_stopped_soon(name: str) -> None:
    begins, curve = EXPLOSIONS[name]
    found = stopped_at(curve())
    assert found is not None
    assert begins + PATIENCE - 1 <= found <= begins + PATIENCE + 10


def test_that_a_run_taken_up_again_remembers_what_was_ordinary() -> None:
    curve = falling(400, 1.0)
    watch = LossWatch(WORDS, 20)
    watch.catch_up(range(1, 401), curve)
    watch.take(401, 6.0)
    assert watch.alarmed
    fresh = LossWatch(WORDS, 20)
    fresh.take(401, 6.0)
    assert not fresh.alarmed


def trainer(values: Mapping[str, Any] = {}) -> Trainer:
    config = small_config(values)
    data = prepare(config)
    return Trainer(config, new_model(data.coding), data, CPU)


@pytest.mark.parametrize("poison", [math.inf, math.nan])
def test_that_no_number_stops_the_run_before_the_weights_move(poison: float) -> None:
    made = trainer()
    made.train_step()
    with torch.no_grad():
        next(made.model.encoder.parameters())[0, 0] = poison
    before = {name: value.clone() for name, value in made.model.state_dict().items()}
    with pytest.raises(DivergedError, match=r"diverged at step 2.*no longer a number") as caught:
        made.train_step()
    assert "training.learning_rate" in str(caught.value) and caught.value.remedies
    for name, value in made.model.state_dict().items():
        assert torch.equal(value.nan_to_num(7), before[name].nan_to_num(7)), name


def test_that_gentler_settings_are_offered() -> None:
    harsh = TrainingConfig(learning_rate=0.01, clip_norm=0, optimizer="muon", muon_rate=0.04)
    half, tenth = gentler(harsh)
    assert half.label == "half the learning rate and gradients clipped at 1"
    assert dict(half.values) == {
        "training.learning_rate": 0.005, "training.muon_rate": 0.02, "training.clip_norm": 1.0,
    }  # fmt: skip
    assert dict(tenth.values)["training.learning_rate"] == pytest.approx(0.001)
    mild = gentler(TrainingConfig(learning_rate=0.01, clip_norm=0.5))
    assert dict(mild[0].values) == {"training.learning_rate": 0.005}


def test_that_smaller_parts_are_offered_as_long_as_there_are_rows() -> None:
    parts, half = in_parts(TrainingConfig(batch_size=64, accumulate=2))
    assert dict(parts.values) == {"training.accumulate": 4}
    assert dict(half.values) == {"training.batch_size": 32}
    assert in_parts(TrainingConfig(batch_size=1)) == ()


def _too_large() -> None:
    torch.empty(1 << 60, dtype=torch.uint8)


def _python_too_large() -> None:
    bytearray(1 << 62)


@pytest.mark.parametrize("ask", [_too_large, _python_too_large])
def test_that_a_refusal_of_memory_is_known(ask: Callable[[], None]) -> None:
    with pytest.raises((RuntimeError, MemoryError)) as caught:
        ask()
    assert is_memory_full(caught.value)


def test_that_other_errors_are_not_taken_for_it() -> None:
    with pytest.raises(RuntimeError) as caught:
        _ = torch.zeros(2) @ torch.zeros(3)
    assert not is_memory_full(caught.value)
    assert is_memory_full(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))


def test_that_a_step_without_memory_leaves_all_as_it_was() -> None:
    made = trainer()
    made.train_step()
    before = {name: value.clone() for name, value in made.model.state_dict().items()}
    hook = made.model.output.register_forward_hook(lambda *_: _too_large())
    with pytest.raises(MemoryFullError, match="Memory ran out at step 2") as caught:
        made.train_step()
    hook.remove()
    assert made.intact and made.step == 1 and caught.value.remedies
    assert all(p.grad is None for p in made.model.parameters())
    for name, value in made.model.state_dict().items():
        assert torch.equal(value, before[name]), name
    made.train_step()

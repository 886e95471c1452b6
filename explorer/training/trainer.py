"""One optimizer step after another, each a function of the seed and its number alone."""

import time
from collections import deque
from dataclasses import dataclass, field

import torch
from torch import nn

from explorer.data.coding import Coding
from explorer.data.prepare import TaskData
from explorer.messages.config import RunConfig
from explorer.messages.events import TrainStep
from explorer.model.transformer import Transformer
from explorer.subjects.subject import make_model
from explorer.training.objective import batch_loss
from explorer.training.optimizers import make_optimizer
from explorer.training.precision import computing
from explorer.training.schedule import rate_factor


class DivergedError(ArithmeticError):
    """The loss is no number any more; the message says what to change."""


@dataclass(slots=True)
class Meter:
    """Tokens per second over the last seconds of work; pauses do not count."""

    window: float = 2.0
    recent: deque[tuple[float, int]] = field(default_factory=deque)
    seconds: float = 0.0

    def add(self, seconds: float, tokens: int) -> float:
        """Count a step; the rate over the window that ends with it."""
        self.seconds += seconds
        self.recent.append((seconds, tokens))
        while (
            len(self.recent) > 1
            and sum(s for s, _ in self.recent) - self.recent[0][0] > self.window
        ):
            self.recent.popleft()
        spent = sum(s for s, _ in self.recent)
        return sum(t for _, t in self.recent) / spent if spent else 0.0


class Trainer:
    """A model on its way: its data, its optimizer and the number of steps behind it.

    Nothing random outlives a step: step n seeds dropout with (seed, n) and takes batch n, so a run
    continues bit for bit, whatever was computed in between.
    """

    def __init__(
        self, config: RunConfig, model: Transformer, data: TaskData, device: torch.device
    ) -> None:
        self.config = config
        self.model = model.to(device)
        self.data = data
        self.device = device
        self.optimizer = make_optimizer(model, config.training)
        self.step = 0
        self.meter = Meter()

    @property
    def done(self) -> bool:
        """Whether the last step is behind."""
        return self.step >= self.config.training.steps

    def train_step(self) -> TrainStep:
        """Learn from one batch.

        Raises `DivergedError` when the loss is not finite; the weights are then as before.
        """
        started = time.perf_counter()
        training = self.config.training
        rate = training.learning_rate * rate_factor(self.step, training)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss, norm, tokens = self._learn()
        self.step += 1
        seconds = time.perf_counter() - started
        speed = self.meter.add(seconds, tokens)
        return TrainStep(
            self.step, training.steps, loss, rate, norm, tokens, speed, self.meter.seconds
        )

    def _learn(self) -> tuple[float, float, int]:
        training = self.config.training
        batch = self.data.stream.batch(self.step).to(self.device)
        torch.manual_seed(training.seed * 1_000_003 + self.step)
        self.model.train()
        with computing(training, self.device):
            loss = batch_loss(self.model, batch, training.label_smoothing)
        value = loss.item()  # The one place where a GPU is waited for.
        self._require_finite(value)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        longest = training.clip_norm or float("inf")
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), longest).item()
        self._require_finite(norm)
        self.optimizer.step()
        return value, norm, batch.tokens

    def _require_finite(self, value: float) -> None:
        if value - value != 0.0:
            raise DivergedError(
                f"Training diverged at step {self.step + 1}: the loss is no longer a number. "
                "Lower training.learning_rate, lengthen training.warmup_steps or clip harder "
                "(training.clip_norm), and start again"
            )


def new_model(coding: Coding) -> Transformer:
    """An untrained model; the same seed gives the same weights."""
    config = coding.config
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.training.seed)
        return make_model(coding)

"""One optimizer step after another, each a function of the seed and its number alone."""

import math
import time
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from explorer.data.coding import Batch, Coding
from explorer.data.prepare import TaskData
from explorer.data.slicing import in_parts, share
from explorer.messages.config import RunConfig
from explorer.messages.events import TrainStep
from explorer.messages.head_names import heads_named
from explorer.messages.results import Change
from explorer.messages.settings import live_values
from explorer.model.transformer import Transformer
from explorer.subjects.subject import make_model
from explorer.training.heads import StillHeads
from explorer.training.learner import make_learner
from explorer.training.meter import Meter
from explorer.training.optimizers import make_optimizers
from explorer.training.parallel import ALONE, World, unsynchronised
from explorer.training.precision import Precision, require_precision
from explorer.training.schedule import rate_factor
from explorer.training.stability import is_memory_full, memory_full, no_number

_SMALLEST_SCALE = 1e-4
"""A loss scale of float16 below which nothing finite can be left of the gradients."""


class Trainer:
    """A model on its way: its data, its optimizers and the number of steps behind it.

    Nothing random outlives a step: step n seeds dropout with (seed, n) and takes batch n, so a run
    continues bit for bit, whatever was computed in between. Settings changed on the way (`changes`)
    are part of what a step is a function of. Of several processes each learns from its rows of the
    batch, with dropout of its own.
    """

    def __init__(
        self, config: RunConfig, model: Transformer, data: TaskData, device: torch.device,
        world: World = ALONE,
    ) -> None:  # fmt: skip
        require_precision(config.training, device)
        self.config, self.data, self.device, self.world = config, data, device, world
        self.model = model.to(device)
        self.optimizers = make_optimizers(model, config.training)
        self.precision = Precision(config.training, device)
        self.step = 0
        self.changes: tuple[Change, ...] = ()
        self.meter = Meter()
        self.intact = True
        """Whether the weights are those of `step`: not when an optimizer failed half-way."""
        self._parameters = list(model.parameters())
        self._learner = make_learner(model, config.training, device, world)
        self._ahead: tuple[int, Batch] | None = None
        self._still: StillHeads | None = None

    @property
    def done(self) -> bool:
        """Whether the last step is behind."""
        return self.step >= self.config.training.steps

    def change(self, values: Mapping[str, float]) -> tuple[Change, ...]:
        """Change live settings from the next step on; what really changed.

        Raises `SettingsError` in words for values that do not fit.
        """
        config = live_values(self.config, values)
        new = tuple(
            Change(self.step, path, value)
            for path in values
            if (value := _value(config, path)) != _value(self.config, path)
        )
        self._follow(config, new)
        return new

    def follow(self, changes: Sequence[Change]) -> None:
        """Take up a run's earlier changes, in order, when it is opened again."""
        for change in changes:
            self._follow(live_values(self.config, {change.path: change.value}), (change,))

    def _follow(self, config: RunConfig, changes: tuple[Change, ...]) -> None:
        for change in changes:
            if change.path == "training.batch_size":
                self.data.stream.resize(change.step, int(change.value))
        self.config, self.changes, self._ahead = config, self.changes + changes, None

    def train_step(self) -> TrainStep:
        """Learn from one batch.

        Raises `DivergedError` when the loss is not finite and `MemoryFullError` when memory ran
        out; the weights are then as before (`intact` says when they are not).
        """
        started = time.perf_counter()
        training = self.config.training
        factor = rate_factor(self.step, training)
        self.optimizers.set_rates(training, factor)
        try:
            loss, norm, tokens = self._learn()
        except (RuntimeError, MemoryError) as error:
            if not is_memory_full(error):
                raise
            self.optimizers.zero_grad()
            raise memory_full(self.step + 1, training) from error
        self.step += 1
        seconds = time.perf_counter() - started
        speed = self.meter.add(seconds, tokens)
        return TrainStep(
            self.step, training.steps, loss, training.learning_rate * factor, norm, tokens, speed,
            self.meter.seconds,
        )  # fmt: skip

    def _learn(self) -> tuple[float, float, int]:
        batch = self._batch(self.step)
        self._seed_dropout()
        if not self.model.training:  # It walks through all modules, taps and all.
            self.model.train()
        self.optimizers.zero_grad()
        loss = self.world.total(self._gradients(batch))
        self.precision.unscale(self.optimizers.parts)
        if self.config.training.frozen_heads:
            self._hold_heads_still().drop_gradients()
        norm = self._clip()
        if self.device.type != "cpu":  # While the device is at work.
            self._ahead = (self.step + 1, self.data.stream.batch(self.step + 1))
        figures = torch.stack((loss, norm)).tolist()  # The one place where a GPU is waited for.
        self._move(*figures)
        return (*figures, batch.tokens)

    def _batch(self, step: int) -> Batch:
        if self._ahead is not None and self._ahead[0] == step:
            return self._ahead[1]
        return self.data.stream.batch(step)

    def _seed_dropout(self) -> None:
        number = self.config.training.seed * 1_000_003 + self.step
        number += self.world.rank * 7_777_777_777
        if self.device.type == "cpu":  # Without noting the call's stack for GPUs that come later.
            torch.default_generator.manual_seed(number)
        else:
            torch.manual_seed(number)

    def _gradients(self, batch: Batch) -> Tensor:
        """The gradients of this process's rows, part by part; their share of the batch's loss."""
        world, total = self.world, torch.zeros((), device=self.device)
        due = max(1, len(batch.expected_N))
        mine = batch if world.alone else share(batch, world.rank, world.size)
        *first, last = in_parts(mine, self.config.training.accumulate)
        for part in first:
            with unsynchronised(self._learner):
                total += self._backward(part, due)
        return total + self._backward(last, due)

    def _backward(self, part: Batch, due: int) -> Tensor:
        weight = len(part.expected_N) / due
        part = part.to(self.device)
        with self.precision.computing():
            loss = self._learner(
                part.source, part.target_BT, part.places_N, part.expected_N, weight
            )
        # Gradients are averaged over the processes, but the shares add up to the whole.
        self.precision.backward(loss if self.world.alone else loss * self.world.size)
        return loss.detach().float()

    def _hold_heads_still(self) -> StillHeads:
        """Made at the first step: by then the weights that stay are there."""
        if self._still is None:
            heads = heads_named(self.config.training.frozen_heads)
            self._still = StillHeads(self.model, heads)
        return self._still

    def _clip(self) -> Tensor:
        """Shorten the gradient to the longest allowed; its length before."""
        gradients = [p.grad for p in self._parameters if p.grad is not None]
        norm = get_total_norm(gradients)
        if self.config.training.clip_norm:
            clip_grads_with_norm_(self._parameters, self.config.training.clip_norm, norm)
        return norm

    def _move(self, loss: float, norm: float) -> None:
        finite = math.isfinite(norm)
        scale = self.precision.state().get("scale", 1.0) if self.precision.scales else 1.0
        if not math.isfinite(loss) or not (finite or self.precision.scales):
            raise no_number(self.step + 1, self.config.training)
        if scale < _SMALLEST_SCALE:
            raise no_number(self.step + 1, self.config.training)
        self.intact = False
        self.precision.step(self.optimizers.parts, finite=finite)
        if self._still is not None:
            self._still.put_back()
        self.intact = True


def _value(config: RunConfig, path: str) -> float:
    section, _, name = path.partition(".")
    return getattr(getattr(config, section), name)


def new_model(coding: Coding) -> Transformer:
    """An untrained model; the same seed gives the same weights."""
    config = coding.config
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.training.seed)
        return make_model(coding)

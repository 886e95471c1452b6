"""GPT-2 of `transformers` with its own `Trainer`, at our shape, taking steps when it is told."""

import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from explorer.data.prepare import prepare
from explorer.messages.config import RunConfig

Answer = Callable[[float, float, int, list[float]], None]


class Windows(Dataset[dict[str, Tensor]]):
    """The rows of the first batches; GPT-2 shifts its labels by itself."""

    def __init__(self, config: RunConfig, batches: int = 256) -> None:
        data = prepare(config)
        self.vocabulary = len(data.coding.vocabularies.target)
        made = [data.stream.batch(n) for n in range(batches)]
        self._read = torch.cat([b.target_BT for b in made if b.target_BT is not None])
        self._due = torch.cat([b.expected_N for b in made]).view_as(self._read)

    def __len__(self) -> int:
        return 100 * len(self._read)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        row = index % len(self._read)
        due = self._due[row]
        return {"input_ids": self._read[row], "labels": due, "shift_labels": due}


class Turns(TrainerCallback):
    """Holds the run until it is told how many steps to take, and answers afterwards."""

    def __init__(self, orders: Iterator[int], answer: Answer, tokens: int) -> None:
        self._orders, self._answer, self._tokens = orders, answer, tokens
        self._losses: list[float] = []
        self._left = self._count = 0

    def take(self, loss: Tensor) -> None:
        """Note a step's loss."""
        self._losses.append(loss.item())

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Wait for an order when the last one is done."""
        if self._left == 0:
            self._count = self._left = next(self._orders, 0)
            control.should_training_stop = self._count == 0
            self._started, self._cpu = time.perf_counter(), time.process_time()
            self._losses.clear()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Answer when the order is done."""
        self._left -= 1
        if self._left == 0:
            seconds, cpu = time.perf_counter() - self._started, time.process_time() - self._cpu
            self._answer(seconds, cpu, self._count * self._tokens, list(self._losses))


class Told(Trainer):
    """A `Trainer` whose losses are noted."""

    turns: Turns

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        """A step as ever."""
        loss = super().training_step(*args, **kwargs)
        self.turns.take(loss)
        return loss


def train(config: RunConfig, device: torch.device, orders: Iterator[int], answer: Answer) -> None:
    """Train as told; GPT-2 has biases, which our shape has not, so its curve is its own."""
    model, training, windows = config.model, config.training, Windows(config)
    torch.manual_seed(0)
    shape = GPT2Config(
        vocab_size=windows.vocabulary, n_positions=model.max_length, n_embd=model.width,
        n_layer=model.decoder_layers, n_head=model.heads, n_inner=model.feed_forward,
        activation_function="gelu", resid_pdrop=model.dropout, embd_pdrop=model.dropout,
        attn_pdrop=model.dropout, bos_token_id=2, eos_token_id=3,
    )  # fmt: skip
    gpt = GPT2LMHeadModel(shape)
    turns = Turns(orders, answer, training.batch_size * config.task.context)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder, per_device_train_batch_size=training.batch_size,
            max_steps=training.steps, learning_rate=training.learning_rate,
            lr_scheduler_type="constant", weight_decay=training.weight_decay,
            adam_beta1=training.beta1, adam_beta2=training.beta2, adam_epsilon=1e-9,
            max_grad_norm=training.clip_norm, optim="adamw_torch_fused", report_to=[],
            logging_strategy="no", save_strategy="no", disable_tqdm=True,
            use_cpu=device.type == "cpu", train_sampling_strategy="sequential",
            dataloader_pin_memory=device.type == "cuda",
        )  # fmt: skip
        trainer = Told(gpt, arguments, train_dataset=windows, callbacks=[turns])
        trainer.turns = turns
        trainer.train()

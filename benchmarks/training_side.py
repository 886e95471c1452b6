"""One side of the comparison in a process of its own, which takes steps when it is told.

`python -m benchmarks.training_side SIDE SIZE DEVICE TEXT DROPOUT` reads how many steps to take, a
number a line, and answers each with a line of JSON: seconds, CPU seconds, tokens and losses.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.training_peers import EagerGpt, TorchTransformer
from benchmarks.training_sizes import size_of
from explorer.data.coding import Batch
from explorer.data.prepare import prepare
from explorer.messages.config import RunConfig
from explorer.training.memory import keep_freed_memory
from explorer.training.trainer import Trainer, new_model

Step = Callable[[], tuple[float, int]]
"""Learns from the next batch; its loss, and its tokens."""
_AHEAD = 256
"""Batches that a peer finds ready made, over and over: preparing them costs it nothing."""


def main() -> int:
    """Take steps as told."""
    side, size, device, text, dropout = sys.argv[1:6]
    config = size_of(size).config(Path(text), dropout=dropout == "dropout")
    if side == "hf":
        from benchmarks.training_hf import train

        train(config, torch.device(device), orders(), answer)
        return 0
    step = (_ours if side == "ours" else _peer)(side, config, torch.device(device))
    for count in orders():
        answer(*_timed(step, count, device))
    return 0


def orders() -> Iterator[int]:
    """How many steps to take, each time it is said; ready is told before."""
    print("ready", flush=True)
    for line in sys.stdin:
        yield int(line)


def answer(seconds: float, cpu: float, tokens: int, losses: list[float]) -> None:
    """Say what was done."""
    turn = {"seconds": seconds, "cpu": cpu, "tokens": tokens, "losses": losses}
    print(json.dumps(turn), flush=True)


def _timed(step: Step, count: int, device: str) -> tuple[float, float, int, list[float]]:
    started, cpu = time.perf_counter(), time.process_time()
    taken = [step() for _ in range(count)]
    if device == "cuda":
        torch.cuda.synchronize()
    seconds, spent = time.perf_counter() - started, time.process_time() - cpu
    return seconds, spent, sum(tokens for _, tokens in taken), [loss for loss, _ in taken]


def _ours(_side: str, config: RunConfig, device: torch.device) -> Step:
    keep_freed_memory()  # As every run of ours does.
    data = prepare(config)
    trainer = Trainer(config, new_model(data.coding), data, device)

    def step() -> tuple[float, int]:
        told = trainer.train_step()
        return told.loss, told.tokens

    return step


def _peer(side: str, config: RunConfig, device: torch.device) -> Step:
    data = prepare(config)
    ours = new_model(data.coding)
    batches = [data.stream.batch(n).to(device) for n in range(_AHEAD)]
    padded = any(b.source is not None and bool((b.source == 0).any()) for b in batches[:8])
    kind: nn.Module = EagerGpt(ours) if side == "eager" else TorchTransformer(ours, padded=padded)
    return _plain_loop(kind.to(device).train(), batches, config)


def _plain_loop(model: nn.Module, batches: list[Batch], config: RunConfig) -> Step:
    """What a competent person writes."""
    training = config.training
    optimizer = torch.optim.AdamW(
        _groups(model, training.weight_decay), lr=training.learning_rate,
        betas=(training.beta1, training.beta2), eps=1e-9, fused=True,
    )  # fmt: skip
    targets = [_targets(batch) for batch in batches]
    number = 0

    def step() -> tuple[float, int]:
        nonlocal number
        batch, target = batches[number % len(batches)], targets[number % len(batches)]
        number += 1
        optimizer.zero_grad(set_to_none=True)
        logits = model(batch)
        loss = F.cross_entropy(logits.flatten(0, 1), target, ignore_index=0)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), training.clip_norm)
        optimizer.step()
        return loss.item(), batch.tokens

    return step


def _groups(model: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Only matrices decay, as with ours."""
    learned = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in learned if p.dim() > 1], "weight_decay": decay},
        {"params": [p for p in learned if p.dim() < 2], "weight_decay": 0.0},
    ]


def _targets(batch: Batch) -> Tensor:
    """What is due at every place, 0 where nothing is."""
    assert batch.target_BT is not None
    due = torch.zeros(batch.target_BT.numel(), dtype=torch.long, device=batch.target_BT.device)
    due[batch.places_N] = batch.expected_N
    return due


if __name__ == "__main__":
    sys.exit(main())

"""One sentence through 100 kept steps of a model of a million parameters, against two loops.

    python -m benchmarks.timeline [--steps 100] [--threads 2] [--width 128]

Prints milliseconds: of the batched evaluation, when its first part was there, of a loop that loads
each step and traces it, and of the loop with no more than is needed (one model, one pass a step).
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from explorer.data.prepare import prepare
from explorer.inspection import stacking
from explorer.inspection.timeline import Asked, evolve
from explorer.inspection.tracing import trace
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.runs.moments import Moment
from explorer.runs.weights import load_weights, save_weights
from explorer.subjects.subject import Subject, make_model

SOURCE, TARGET = "3 1 4 1 5 9 2 6 5 3 5 8", "8 5 3 5 6 2 9 5 1 4 1 3"


def subject(width: int) -> Subject:
    """A model of about a million parameters at width 128: three layers on either side."""
    config = with_values(load_preset("reverse"), {
        "model.width": width, "model.feed_forward": 4 * width, "model.heads": 4,
        "model.encoder_layers": 2, "model.decoder_layers": 2,
    })  # fmt: skip
    coding = prepare(config).coding
    return Subject("some", "", config, make_model(coding), coding)


def written(model: Subject, folder: Path, steps: int) -> list[Moment]:
    """So many files of weights."""
    found: list[Moment] = []
    for step in range(steps):
        path = folder / f"step-{step:08}.safetensors"
        save_weights(path, model.model)
        found.append(Moment(step, path))
    return found


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of the quickest of three."""
    times: list[float] = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return min(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--width", type=int, default=128)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    model = subject(chosen.width)
    asked = Asked(model.source(SOURCE), model.target(TARGET), SOURCE, TARGET, own_target=False)
    with tempfile.TemporaryDirectory() as folder:
        kept = written(model, Path(folder), chosen.steps)
        print(f"{model.model.parameter_count():,} parameters, {chosen.steps} steps")
        measure(model, kept, asked)


def measure(model: Subject, kept: list[Moment], asked: Asked) -> None:
    """All ways on the same files."""

    def load_and_trace() -> None:
        for moment in kept:
            load_weights(moment.weights, model.model)
            trace(model, asked.source, asked.target, SOURCE, TARGET, own_target=False)

    def in_turn() -> None:
        stack = stacking.Stack(model.model, 1)
        question = stacking.Question(
            asked.source.as_input(model.device), asked.target.as_input(model.device),
            torch.arange(len(asked.target.tokens)),
        )  # fmt: skip
        for moment in kept:
            stacking.ask_in_turn(model.model, stack.filled([moment.weights]), question)

    print(f"batched            {timed(lambda: list(evolve(model, kept, asked))):8.0f} ms")
    print(f"  its first part   {timed(lambda: next(evolve(model, kept, asked))):8.0f} ms")
    print(f"load and trace     {timed(load_and_trace):8.0f} ms")
    print(f"one pass at a time {timed(in_turn):8.0f} ms")


if __name__ == "__main__":
    main()

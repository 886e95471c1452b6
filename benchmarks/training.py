"""Our trainer beside its peers: `python -m benchmarks.training [--json FILE] [--quick]`.

Every side trains the same shape on the same batches from the same weights, in a process of its
own; the processes take turns of a few steps, so that a busy machine slows all of them. Told are
tokens per second, and how many times ours is faster in the same turn (median of all turns).

Ours is the whole `Trainer.train_step`: it makes its batches, sets rates, clips, watches for
divergence and counts. The peers find their batches ready made.

First all sides train without dropout: their losses have to be the same, step by step.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.training_sizes import SIDES, SIZES, Size, made_up_text

_TEXT = Path("../shared/data/tinyshakespeare/input.txt")
_ALIKE = 20
"""Steps over which losses have to be the same."""
_SAME = 0.02
"""Share by which losses may differ at the end of the comparison, as roundings add up."""
_WANTED = {("pairs", "torch"): 2.0, ("gpt", "eager"): 1.5}
"""Ratios on a CPU that the project holds itself to."""


@dataclass
class Side:
    """A process that trains one side, and what it has told."""

    name: str
    process: subprocess.Popen[str]
    turns: list[dict[str, Any]] = field(default_factory=list)

    def await_ready(self) -> None:
        """Until it has made its model; raises `SystemExit` with its own words when it fails."""
        if self._line() != "ready":
            raise SystemExit(f"{SIDES[self.name]}: did not start")

    def take(self, steps: int) -> dict[str, Any]:
        """A turn of so many steps."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def _line(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(("ready", "{")):
                return line.strip()
        raise SystemExit(f"{SIDES[self.name]}: ended early")

    @property
    def losses(self) -> list[float]:
        """All losses, in order."""
        return [loss for turn in self.turns for loss in turn["losses"]]

    @property
    def speeds(self) -> list[float]:
        """Tokens per second of every turn."""
        return [turn["tokens"] / turn["seconds"] for turn in self.turns]


def main() -> int:
    """Compare on every device found; returns 1 when losses differ or a ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.training")
    parser.add_argument("--json", type=Path, help="also write every turn to this file")
    parser.add_argument("--quick", action="store_true", help="few turns")
    parser.add_argument("--size", choices=[size.name for size in SIZES], help="this size alone")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--text", type=Path, help="a text for the decoder alone")
    parser.add_argument("--device", help="this device alone")
    options = parser.parse_args()
    sizes = [size for size in SIZES if options.size in (None, size.name)]
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home:
        text = options.text or (_TEXT if _TEXT.exists() else made_up_text(Path(home) / "text.txt"))
        devices = [options.device] if options.device else _devices()
        for device in devices:
            for size in sizes:
                results.append(_compare(size, device, text.resolve(), options))
    if options.json:
        options.json.write_text(json.dumps({"machine": _machine(), "results": results}, indent=1))
    return 0 if all(result["held"] for result in results) else 1


def _devices() -> list[str]:
    import torch

    found = ["cuda"] if torch.cuda.is_available() else []
    return [*found, *(["mps"] if torch.backends.mps.is_available() else []), "cpu"]


def _machine() -> dict[str, Any]:
    import torch

    return {
        "torch": torch.__version__, "processor": platform.processor(), "cores": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
    }  # fmt: skip


def _compare(size: Size, device: str, text: Path, options: argparse.Namespace) -> dict[str, Any]:
    print(f"\n{size.name} on {device}, {options.threads} threads: {size.title}", flush=True)
    names = [name for name in size.sides if _there(name)]
    steps, turns = (20, 5) if options.quick else (100, 25)
    sides = _start(names, size, device, text, "without", options.threads)
    _take_turns(sides, 10, steps // 10)
    held = _print_losses(sides)
    result = {"size": size.name, "device": device, "equal": {s.name: s.losses for s in sides}}
    if size.config(text, dropout=True) != size.config(text, dropout=False):
        _end(sides)
        sides = _start(names, size, device, text, "dropout", options.threads)
    _take_turns(sides, 5, 1)
    for side in sides:
        side.turns.clear()  # The first steps are not like the others.
    _take_turns(sides, 3 if options.quick else 6, turns)
    held = _print_speeds(sides, size, device) and held
    _end(sides)
    return result | {"held": held, "turns": {side.name: side.turns for side in sides}}


def _there(name: str) -> bool:
    if name == "hf" and not _installed("transformers", "accelerate"):
        print(f"  {SIDES[name]}: left out, transformers or accelerate is not installed")
        return False
    return True


def _installed(*names: str) -> bool:
    return all(importlib.util.find_spec(name) for name in names)


def _start(
    names: Sequence[str], size: Size, device: str, text: Path, dropout: str, threads: int
) -> list[Side]:
    surroundings = os.environ | {"OMP_NUM_THREADS": str(threads)}
    sides = [
        Side(
            name,
            subprocess.Popen(
                [
                    sys.executable, "-m", "benchmarks.training_side", name, size.name, device,
                    str(text), dropout,
                ],
                env=surroundings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            ),
        )
        for name in names
    ]  # fmt: skip
    for side in sides:
        side.await_ready()
    return sides


def _take_turns(sides: Sequence[Side], steps: int, turns: int) -> None:
    for _ in range(turns):
        for side in sides:
            side.turns.append(side.take(steps))


def _end(sides: Sequence[Side]) -> None:
    for side in sides:
        side.end()


def _print_losses(sides: Sequence[Side]) -> bool:
    ours, same = sides[0].losses, True
    print(f"  loss of step 1, {len(ours) // 2} and {len(ours)} without dropout, same batches")
    for side in sides:
        losses = side.losses
        shown = "".join(f"{losses[at]:9.5f}" for at in (0, len(losses) // 2 - 1, -1))
        # Beyond, a model that learns by leaps magnifies what rounding makes different.
        apart = max(abs(a - b) / a for a, b in zip(ours[:_ALIKE], losses[:_ALIKE], strict=True))
        told = "" if side is sides[0] else f"  largest difference up to step {_ALIKE} {apart:.1e}"
        if side.name == "hf":
            told = "  (has biases and other first weights: a curve of its own)"
        elif apart > _SAME:
            same, told = False, f"{told}  NOT THE SAME"
        print(f"    {SIDES[side.name]:<46}{shown}{told}")
    return same


def _print_speeds(sides: Sequence[Side], size: Size, device: str) -> bool:
    ours, held = sides[0], True
    print(f"    {'':<46}{'tokens/s':>10}{'ours is':>10}{'by CPU':>9}{'last loss':>11}")
    for side in sides:
        pairs = list(zip(ours.turns, side.turns, strict=True))
        ratio = statistics.median(b["seconds"] / a["seconds"] for a, b in pairs)
        by_cpu = statistics.median(b["cpu"] / a["cpu"] for a, b in pairs)
        wanted = _WANTED.get((size.name, side.name), 0.0) if device == "cpu" else 0.0
        told = f"  wanted ≥ {wanted}" if wanted else ""
        held = held and ratio >= wanted
        last = statistics.mean(side.losses[-10:])
        print(
            f"    {SIDES[side.name]:<46}{statistics.median(side.speeds):10,.0f}{ratio:9.2f}×"
            f"{by_cpu:8.2f}×{last:11.4f}{told}",
            flush=True,
        )
    return held


if __name__ == "__main__":
    sys.exit(main())

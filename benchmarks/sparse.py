"""Sparse attention beside full attention: `python -m benchmarks.sparse [--json FILE] [--quick]`.

The model of the preset `long-shift` learns from lists of 512, 1,024 and 2,048 items, in three
processes that take the same trainer's steps turn by turn: with its pattern as the model runs it
(in blocks where that is cheaper), with its pattern as a mask over the whole table, and with full
attention. Told are milliseconds a step by the clock and of the processor, with all threads (medians
of all steps), tokens a second, and the memory that a step needs at most beyond the model at rest.
On a machine that others load, the processor's milliseconds are the ones to compare.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LENGTHS = (512, 1024, 2048)
SIDES = ("blocks", "mask", "full")
_BATCH = 8


def main() -> int:
    """Compare, and print a table and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.sparse")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--quick", action="store_true", help="two turns in place of five")
    parser.add_argument("--device", default="", help="cpu or cuda; both where there are both")
    parser.add_argument("--side", nargs=2, metavar=("SIDE", "LENGTH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        return _take_steps(options.side[0], int(options.side[1]), options.device)
    turns, rows = 2 if options.quick else 5, list[dict[str, Any]]()
    for device in [options.device] if options.device else _devices():
        for length in LENGTHS:
            rows.append(_compare(device, length, turns))
            print("\n".join(_lines(rows[-1])), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


def _devices() -> list[str]:
    import torch

    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def _compare(device: str, length: int, turns: int) -> dict[str, Any]:
    """Each side's figures at a length; one side steps while the others wait."""
    command = [sys.executable, "-m", "benchmarks.sparse", "--device", device, "--side"]
    sides = {
        side: subprocess.Popen(
            [*command, side, str(length)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for side in SIDES
    }
    told: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for _ in range(turns):
        for side, process in sides.items():
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write("go\n")
            process.stdin.flush()
            told[side].append(json.loads(process.stdout.readline()))
    for process in sides.values():
        process.communicate()
    return {"device": device, "length": length} | {side: _figures(told[side]) for side in SIDES}


def _figures(turns: list[dict[str, Any]]) -> dict[str, float]:
    seconds = statistics.median(s for turn in turns for s in turn["seconds"])
    spent = statistics.median(s for turn in turns for s in turn["cpu"])
    return {
        "milliseconds": 1000 * seconds, "cpu_milliseconds": 1000 * spent,
        "tokens_per_second": turns[0]["tokens"] / seconds,
        "megabytes": max(turn["megabytes"] for turn in turns),
    }  # fmt: skip


def _lines(row: dict[str, Any]) -> list[str]:
    lines = [f"{row['device']}, {_BATCH} lists of {row['length']:,} items"]
    full = row["full"]
    for side in SIDES:
        own = row[side]
        faster = full["milliseconds"] / own["milliseconds"]
        lighter = full["cpu_milliseconds"] / own["cpu_milliseconds"]
        lines.append(
            f"  {side:<7}{own['milliseconds']:>9.1f} ms a step"
            f" {own['cpu_milliseconds']:>9.1f} cpu ms"
            f" {own['tokens_per_second']:>9,.0f} tokens/s {own['megabytes']:>7,.0f} MB"
            f"   {faster:.2f} × full ({lighter:.2f} by cpu ms)"
        )
    return lines


def _take_steps(side: str, length: int, device: str) -> int:
    """A side: three steps, each time it is told."""
    trainer = _trainer(side, length, device)
    before = _peak(device)
    for number, _ in enumerate(sys.stdin):
        if number == 0:
            trainer.train_step()
        seconds, cpu, tokens = list[float](), list[float](), 0
        for _ in range(3):
            started, spent = time.perf_counter(), time.process_time()
            tokens = trainer.train_step().tokens
            seconds.append(time.perf_counter() - started)
            cpu.append(time.process_time() - spent)
        told = {
            "seconds": seconds, "cpu": cpu, "tokens": tokens,
            "megabytes": _peak(device) - before,
        }  # fmt: skip
        print(json.dumps(told), flush=True)
    return 0


def _trainer(side: str, length: int, device: str) -> Any:
    import torch

    from explorer.data.prepare import prepare
    from explorer.messages.presets import load_preset
    from explorer.messages.settings import with_values
    from explorer.model import transformer
    from explorer.training.trainer import Trainer, new_model

    values: dict[str, Any] = {
        "task.min_length": length, "task.max_length": length, "training.batch_size": _BATCH,
    }  # fmt: skip
    if side == "full":
        values["model.pattern"] = "full"
    if side == "mask":
        transformer.worthwhile = lambda *_, **__: False
    config = with_values(load_preset("long-shift"), values)
    data = prepare(config)
    return Trainer(config, new_model(data.coding), data, torch.device(device))


def _peak(device: str) -> float:
    """Megabytes of memory at most so far: of the process, or of the graphics card."""
    if device == "cuda":
        import torch

        return torch.cuda.max_memory_allocated() / 1e6
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    sys.exit(main())

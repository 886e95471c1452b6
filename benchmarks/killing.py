"""Killed at any instant, a run opens and goes on: `python -m benchmarks.killing [--quick]`.

The command `train … --resume` runs with watched sentences, a checkpoint every few steps and
snapshots, and is ended by signal 9 after a random time, as often as `--times` says; each time the
next one goes on with what lies in the folder. After every kill the folder has to open: settings,
log, the newest checkpoint as a model, every snapshot, every record. In the end its weights have to
be those of a run that was never disturbed, to the last bit.

Children are forked from a process that has imported everything, so that kills fall into training
and not into imports; that needs Linux or macOS.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import torch

from explorer.cli import main as command_line
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.metrics import read_history
from explorer.runs.watch import WatchFolder
from explorer.runs.weights import load_tensors
from explorer.subjects.opening import open_subject

SETTINGS = (
    "training.checkpoint_every=3", "training.evaluate_every=20", "training.evaluate_examples=4",
    "training.warmup_steps=5", "training.batch_size=8", "training.baselines=false",
    "training.keep_checkpoints=2", "task.validation=8", "task.test=4", "task.max_length=5",
    "model.width=16", "model.feed_forward=32", "model.dropout=0.1", "model.max_length=16",
    "decoding.max_length=16",
)  # fmt: skip
WATCHED = ("3 1 4=>4 1 3", "2 7 1 8")


@dataclass(frozen=True, slots=True)
class Killed:
    """After how many seconds a child was ended, and what lay in the folder then."""

    seconds: float
    step: int
    snapshots: int
    records: int
    finished: bool


def arguments(folder: Path, steps: int) -> list[str]:
    """The command that begins the run, or goes on with it."""
    changes = [f"training.steps={steps}", *SETTINGS]
    sets = [part for change in changes for part in ("--set", change)]
    watched = [part for sentence in WATCHED for part in ("--watch", sentence)]
    resume = ["--resume"] if (folder / "run.toml").exists() else []
    live = [] if resume else sets  # A run that exists has its settings.
    return ["train", "reverse", "--out", str(folder), *live, *watched, *resume, "--json"]


def child(folder: Path, steps: int) -> int:
    """Fork a process that trains; its number."""
    number = os.fork()
    if number == 0:
        with redirect_stdout(StringIO()):
            status = command_line(arguments(folder, steps))
        os._exit(status)
    return number


def killed(folder: Path, steps: int, seconds: float) -> bool:
    """Let a child train for so long and end it by signal 9; whether it had ended by itself.

    Raises `RuntimeError` when it ended in failure.
    """
    number = child(folder, steps)
    time.sleep(seconds)
    ended, status = os.waitpid(number, os.WNOHANG)
    if ended == 0:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
        return False
    if status:
        raise RuntimeError(f"train ended with the status {os.waitstatus_to_exitcode(status)}")
    return True


def look(folder: Path) -> tuple[int, int, int]:
    """Open all that is there; the newest step, snapshots and records. Raises what is wrong."""
    run = RunFolder(folder)
    if not run.is_run:
        return 0, 0, 0
    run.config()
    run.vocabularies()
    if run.metrics.exists():
        read_history(run.metrics)
    watch = WatchFolder.of(run)
    records = [watch.records(step) for step in watch.steps()]
    snapshots = [load_tensors(path) for path in run.snapshots()]
    if not run.checkpoints():
        return 0, len(snapshots), len(records)
    return open_subject(str(folder), torch.device("cpu")).step, len(snapshots), len(records)


def undisturbed(folder: Path, steps: int) -> float:
    """A run from here to its end in one go; the seconds that it took."""
    started = time.perf_counter()
    _, status = os.waitpid(child(folder, steps), 0)
    if status:
        raise RuntimeError("the undisturbed run failed")
    return time.perf_counter() - started


def same(one: Path, other: Path) -> bool:
    """Whether the last weights, the optimizer's memory and all losses are equal bit for bit."""
    last = [RunFolder(path).checkpoints()[-1] for path in (one, other)]
    if step_of(last[0]) != step_of(last[1]):
        return False
    files = ("model.safetensors", "optimizer.safetensors")
    equal = all((last[0] / name).read_bytes() == (last[1] / name).read_bytes() for name in files)
    losses = [read_history(RunFolder(path).metrics).losses.tolist() for path in (one, other)]
    return equal and losses[0] == losses[1]


def kill_often(home: Path, times: int, steps: int, seed: int = 0) -> list[Killed]:
    """Kill so many times in all, each within the time that a whole run takes.

    A run that comes to its end is held up to the undisturbed one, and another begins.

    Raises `RuntimeError` where it differs, and what opening a folder raises.
    """
    chance, told = random.Random(seed), list[Killed]()
    whole, folder = home / "whole", home / "killed"
    with redirect_stdout(StringIO()):
        command_line(arguments(home / "warm", 4))  # Imports all that children need.
    longest = undisturbed(whole, steps)
    while len(told) < times:
        seconds = chance.uniform(0.0, longest)
        finished = killed(folder, steps, seconds)
        told.append(Killed(seconds, *look(folder), finished))
        if finished:
            _require_same(whole, folder)
            shutil.rmtree(folder)
            told.pop()  # It was not killed.
    undisturbed(folder, steps)
    _require_same(whole, folder)
    return told


def _require_same(whole: Path, folder: Path) -> None:
    if not same(whole, folder):
        raise RuntimeError(f"{folder} came to other weights than {whole}")


def main() -> int:
    """Kill, look, go on; print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.killing")
    parser.add_argument("--json", type=Path, help="also write every kill to this file")
    parser.add_argument("--quick", action="store_true", help="five times in place of a hundred")
    parser.add_argument("--times", type=int, default=100, help="how often")
    parser.add_argument("--steps", type=int, default=150, help="steps of the run")
    options = parser.parse_args()
    times = 5 if options.quick else options.times
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        told = kill_often(Path(home), times, options.steps)
    steps = [one.step for one in told]
    print(f"killed by signal 9             {len(told)} times")
    print(f"the folder opened              {len(told)} of {len(told)}")
    print(f"checkpoints that it went on from  steps {min(steps)} to {max(steps)}")
    print(f"before the first checkpoint    {sum(not step for step in steps)} of {len(told)}")
    print("weights, memory and losses at the end: those of an undisturbed run, bit for bit")
    if options.json:
        entries = [{"seconds": o.seconds, "step": o.step, "snapshots": o.snapshots} for o in told]
        options.json.write_text(json.dumps(entries, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

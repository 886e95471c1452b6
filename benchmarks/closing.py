"""Closing the window in mid-training: `python -m benchmarks.closing [--json FILE] [--quick]`.

Each time the real application, in a process of its own, trains a model that reverses lists and is
closed at some step. It has to end by itself with status 0 within two seconds and without a word,
and the run has to go on from its folder to the very weights of a run that was never interrupted.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from explorer.messages.config import RunConfig
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values

LINE = "3 1 4 1 5 9"
_STEPS = 200
_LIMIT = 2.0
_NOISE = "plugin does not support"
"""Qt's offscreen platform says so of some calls; a platform with a screen does not."""


def settings(steps: int) -> RunConfig:
    """A small run that evaluates and saves often, so that it is closed in the middle of both."""
    values = {
        "training.steps": steps, "training.evaluate_every": 40, "training.checkpoint_every": 30,
        "model.dropout": 0.1,
    }  # fmt: skip
    return with_values(load_preset("reverse"), values)


def main() -> int:
    """Close many times and print the figures; returns 1 when one of them was not clean."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.closing")
    parser.add_argument("--json", type=Path, help="also write every closing to this file")
    parser.add_argument("--quick", action="store_true", help="five times in place of fifty")
    parser.add_argument("--times", type=int, default=50, help="how often")
    parser.add_argument("--continued", type=int, default=10, help="how many are gone on with")
    options = parser.parse_args()
    times = 5 if options.quick else options.times
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as home:
        closings: list[dict[str, Any]] = []
        try:
            for n in range(times):
                closings.append(_close(Path(home, f"{n}"), chance.randint(1, 150)))
                shown = {key: closings[n][key] for key in ("status", "step", "seconds", "words")}
                print(f"{n + 1}: {shown}", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            print("interrupted; here is what there is", file=sys.stderr)
        whole = _finish(str(Path(home, "whole")), new=True)
        for n in range(min(options.continued, len(closings))):
            same = _same(whole, _finish(closings[n]["folder"]))
            closings[n]["same weights"] = same
    _print(closings)
    if options.json:
        options.json.write_text(json.dumps(closings, indent=1) + "\n")
    return 0 if all(_is_clean(closing) for closing in closings) else 1


def _close(home: Path, moment: int) -> dict[str, Any]:
    """Train in a window of its own process and close it; how it ended."""
    surroundings = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(home),
        "ATTENTION_EXPLORER_HOME": str(home),
    }  # fmt: skip
    folder = str(home / "run")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.closing_probe", str(_STEPS), str(moment), folder],
        env=surroundings, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    ended = time.time()
    lines = done.stdout.splitlines()
    told = json.loads(lines[-1]) if lines else {}
    words = [line for line in done.stderr.splitlines() if _NOISE not in line]
    return {
        "status": done.returncode, "words": words, "folder": folder, "step": told.get("step", 0),
        "seconds": ended - told["closed"] if told else float("inf"),
    }  # fmt: skip


def _finish(folder: str, new: bool = False) -> dict[str, Any]:
    """Go on with the run in a folder, or take a whole one, to its end; the last weights."""
    import torch

    from explorer.engine.run import Run
    from explorer.runs.library import find_model

    told: list[object] = []
    cpu = torch.device("cpu")
    if new:
        run = Run.begin(settings(_STEPS), Path(folder), cpu, told.append, _silent)
    else:
        found = find_model(folder)
        run = Run.reopen(found.folder, found.checkpoint, cpu, told.append, _silent)
    while not run.done:
        run.advance()
    run.close()
    return run.trainer.model.state_dict()


def _silent(_doing: str, _done: int, _total: int) -> None:
    """Nobody waits for the reports of a small task."""


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether all weights are the same to the last bit."""
    import torch

    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def _is_clean(closing: dict[str, Any]) -> bool:
    ended = closing["status"] == 0 and not closing["words"] and closing["seconds"] <= _LIMIT
    return ended and closing.get("same weights", True)


def _print(closings: list[dict[str, Any]]) -> None:
    times = len(closings)
    seconds = [closing["seconds"] for closing in closings]
    gone_on = [closing["same weights"] for closing in closings if "same weights" in closing]
    steps = [closing["step"] for closing in closings]
    print(f"closed {times} times, between steps {min(steps)} and {max(steps)} of {_STEPS}")
    print(f"status 0, without a word       {sum(_quiet(c) for c in closings)} of {times}")
    print(
        f"within {_LIMIT:.0f} s                     {sum(s <= _LIMIT for s in seconds)} of {times}"
    )
    print(f"seconds, middle and worst      {statistics.median(seconds):.2f}  {max(seconds):.2f}")
    print(f"continued to the same weights  {sum(gone_on)} of {len(gone_on)}")


def _quiet(closing: dict[str, Any]) -> bool:
    return closing["status"] == 0 and not closing["words"]


if __name__ == "__main__":
    sys.exit(main())

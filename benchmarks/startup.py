"""How long the application takes to start: `python -m benchmarks.startup [--json FILE] [--quick]`.

Each start is the real application in a process of its own, without a screen. All times are in
milliseconds since that process began. A stall is how late a 10 ms timer fired.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PHASES = ("interpreter", "imports", "window", "painted", "ready", "opened", "attention")
_LIMITS = {"painted": 600.0, "attention": 3000.0, "worst stall": 50.0}


def main() -> int:
    """Start several times and print the phases; returns 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.startup")
    parser.add_argument("--json", type=Path, help="also write every start to this file")
    parser.add_argument("--quick", action="store_true", help="two starts in place of seven")
    parser.add_argument("--model", default=None, help="open this model")
    options = parser.parse_args()
    starts = [_start(options.model) for _ in range(2 if options.quick else 7)]
    _print(starts)
    if options.json:
        options.json.write_text(json.dumps({"unit": "ms", "starts": starts}, indent=1) + "\n")
    return 0 if all(_median(starts, name) <= limit for name, limit in _LIMITS.items()) else 1


def _start(model: str | None) -> dict[str, float]:
    """One start in a process of its own, with settings and runs of its own."""
    with tempfile.TemporaryDirectory() as home:
        surroundings = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": home,
            "ATTENTION_EXPLORER_HOME": home,
        }  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.startup_probe", *([model] if model else [])]
        began = time.time()
        done = subprocess.run(
            command, env=surroundings, capture_output=True, text=True, timeout=120
        )
    if done.returncode:
        raise SystemExit(f"the application failed to start:\n{done.stderr}")
    marks: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    stall = marks.pop("worst stall")
    return {name: (at - began) * 1000 for name, at in marks.items()} | {"worst stall": stall}


def _median(starts: list[dict[str, float]], name: str) -> float:
    return statistics.median(start[name] for start in starts)


def _print(starts: list[dict[str, float]]) -> None:
    print(f"{len(starts)} starts, milliseconds since the process began")
    print(f"{'':<14}{'median':>9}{'best':>9}{'worst':>9}{'limit':>9}")
    for name in (*PHASES, "worst stall"):
        values = [start[name] for start in starts]
        limit = f"{_LIMITS[name]:9.0f}" if name in _LIMITS else ""
        figures = f"{statistics.median(values):9.0f}{min(values):9.0f}{max(values):9.0f}"
        print(f"{name:<14}{figures}{limit}")


if __name__ == "__main__":
    sys.exit(main())

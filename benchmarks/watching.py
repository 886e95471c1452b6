"""What watching sentences costs: `python -m benchmarks.watching [--json FILE] [--quick]`.

The same run twice, with two watched sentences and with none, a step of each in turn, so that both
meet the same load. Told are the share of training's time that watching took by its own account, the
ratio of processor time of all that both did, and whether both came to the same weights.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from explorer.engine.run import Run
from explorer.engine.watching import SHARE
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.runs.watch import Watched, WatchFolder

SENTENCES = (Watched("7 3 1 4 9 5 7 3", "1 4 9 5"), Watched("8 2 6 0 4 1 9 8 2 6"))


def begin(folder: Path, preset: str, steps: int, *, watched: bool) -> Run:
    """A run of the preset, cut off after so many steps."""
    config = with_values(load_preset(preset), {"training.baselines": False})
    assert steps <= config.training.steps
    run = Run.begin(config, folder, torch.device("cpu"), lambda _: None, lambda *_: None)
    if watched:
        run.watch(SENTENCES)
    return run


def measure(home: Path, preset: str, steps: int) -> dict[str, Any]:
    """Both runs in turns; figures of the comparison."""
    runs = [begin(home / name, preset, steps, watched=name == "watched") for name in _NAMES]
    spent: list[list[float]] = [[], []]
    for _ in range(steps):
        for run, times in zip(runs, spent, strict=True):
            run.finish_evaluation()
            started = time.process_time()
            run.step()
            times.append(time.process_time() - started)
    watcher = runs[0].watcher
    assert watcher is not None
    weights = [run.trainer.model.state_dict() for run in runs]
    same = all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    found = {
        "preset": preset, "steps": steps, "looks": watcher.looks, "share": watcher.share,
        "bytes": WatchFolder.of(runs[0].folder).bytes(), "same weights": same,
        "processor time": sum(spent[0]) / sum(spent[1]),
        "middle step": statistics.median(spent[0]) / statistics.median(spent[1]),
    }  # fmt: skip
    for run in runs:
        run.close()
    return found


_NAMES = ("watched", "alone")


def main() -> int:
    """Measure and print; 1 where it took more than its share, or weights differ."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.watching")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--quick", action="store_true", help="60 steps in place of 600")
    parser.add_argument("--preset", default="repeat", help="what is learned")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        found = measure(Path(home), options.preset, 60 if options.quick else 600)
    print(f"{found['looks']} looks at {len(SENTENCES)} sentences in {found['steps']} steps")
    print(f"share of training's time       {found['share']:.2%}  (at most {SHARE:.0%})")
    print(f"processor time, with to without  {found['processor time']:.3f}")
    print(f"records on disk                {found['bytes'] / 1e6:.2f} MB")
    print(f"same weights                   {found['same weights']}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0 if found["share"] <= SHARE * 1.05 and found["same weights"] else 1


if __name__ == "__main__":
    sys.exit(main())

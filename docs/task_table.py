"""The table of generated tasks: `python -m docs.task_table [NAMES] [--json FILE] [--out FILE]`.

Trains every preset of a generated task by the command line, measures it by the command line on
test examples that it never trained on, and writes `docs/tasks.md` with the figures. What the JSON
file already holds for an unchanged preset is not trained again.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from explorer.data.batches import held_out_pairs
from explorer.data.tasks import TASKS
from explorer.messages.config import RunConfig
from explorer.messages.presets import load_preset, preset_names
from explorer.messages.task_config import GENERATED
from explorer.messages.tasks import TASK_INFO

HERE = Path(__file__).parent
Row = dict[str, Any]
_HEAD = """# The generated tasks

Each task makes its examples as they are needed. One source in ten (by a hash of its text) is never
trained on; exact match is the share of such sources whose whole answer the finished model wrote
without any error. Every row is a preset: `attention-explorer train NAME --out FOLDER`, then
`attention-explorer evaluate`. Minutes are those of the whole training command by the clock, start,
checks on held-out data and saving included, on two cores of which other programs took their share:
*load* is how many programs wanted a core in those minutes (the system's mean of five minutes). CPU
minutes are those that the training itself worked, all its processes together.

"""
_AIMS = {"english-french": 0.98, "english-chinese": 0.98, "tones": 0.97, "shapes": 0.97}
_USUAL_AIM = 0.99
_COLUMNS = ("Task", "What attention has to learn", "Model", "Parameters", "Steps", "Minutes",
            "CPU minutes", "Load", "Held out", "Exact match")  # fmt: skip


def main() -> int:
    """Train what is missing, tell each row, write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="presets; all of generated tasks when none")
    parser.add_argument("--json", type=Path, default=HERE / "task_table.json")
    parser.add_argument("--out", type=Path, default=HERE / "tasks.md")
    parser.add_argument("--examples", type=int, default=1000, help="held-out examples at most")
    chosen = parser.parse_args()
    rows: dict[str, Row] = json.loads(chosen.json.read_text()) if chosen.json.exists() else {}
    for name in chosen.names or _generated():
        config = load_preset(name)
        if rows.get(name, {}).get("settings") != _settings(config):
            rows[name] = _measured(name, config, chosen.examples)
            chosen.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        print(_line(_cells(name, rows[name])), flush=True)
    chosen.out.write_text(page(rows))
    return 0


def _settings(config: RunConfig) -> str:
    """A fingerprint of a preset, so that a changed one is trained again."""
    return blake2b(config.model_dump_json().encode(), digest_size=8).hexdigest()


def _measured(name: str, config: RunConfig, examples: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        run, began, worked = Path(folder) / name, time.monotonic(), _cpu_seconds()
        _command("train", name, "--out", str(run), "--device", "cpu", "--json")
        seconds, worked = time.monotonic() - began, _cpu_seconds() - worked
        file = Path(folder) / "held-out.tsv"
        held = _held_out(config, examples)
        file.write_text("".join(f"{source}\t{target}\n" for source, target in held), "utf-8")
        found = json.loads(_command("evaluate", str(run), str(file), "--device", "cpu", "--json"))
        return {
            "settings": _settings(config), "steps": config.training.steps,
            "parameters": _parameters(run), "minutes": seconds / 60, "cpu_minutes": worked / 60,
            "examples": len(held), "exact_match": found["exact_match"], "machine": _machine(),
            "load": os.getloadavg()[1],
        }  # fmt: skip


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _held_out(config: RunConfig, count: int) -> list[tuple[str, str]]:
    """Held-out examples that no figure during training came from."""
    task, seed = config.task, config.training.seed
    pairs = held_out_pairs(TASKS[task.name], task, task.validation + count, seed)
    kept = pairs[min(task.validation, len(pairs) // 2) :]
    return [(pair.source, pair.target) for pair in kept]


def _command(*arguments: str) -> str:
    command = [sys.executable, "-m", "explorer", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _parameters(run: Path) -> int:
    newest = max(run.glob("checkpoints/*/model.safetensors"))
    with safe_open(newest, framework="pt") as weights:
        return sum(weights.get_tensor(key).numel() for key in weights.keys())  # noqa: SIM118


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = f"Python {platform.python_version()}, PyTorch {torch.__version__}"
    threads = f"{torch.get_num_threads()} of PyTorch's threads"
    return f"{_processor()}, {cores} cores, {threads}, {versions}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def page(rows: Mapping[str, Row]) -> str:
    """The whole page: a row for each measured preset, in the order of the list of presets."""
    names = [name for name in preset_names() if name in rows]
    table = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
    table += [_line(_cells(name, rows[name])) for name in names]
    machines = sorted({rows[name]["machine"] for name in names})
    measured = f"Measured by `python -m docs.task_table` on {'; '.join(machines)}.\n"
    return _HEAD + "\n".join(table) + "\n\n" + measured + "".join(_shortcomings(rows))


def _shortcomings(rows: Mapping[str, Row]) -> Iterable[str]:
    """What a reader should not have to look for: what fell short, and what was not measured."""
    names = _generated()
    short = [n for n in names if n in rows and rows[n]["exact_match"] < _aim(n)]
    slow = [n for n in names if n in rows and rows[n]["minutes"] >= 3]
    changed = [n for n in names if n in rows and rows[n]["settings"] != _settings(load_preset(n))]
    missing = [n for n in names if n not in rows]
    yield f"\nAimed at: {_USUAL_AIM:.0%} exact match, 98 % of translations, 97 % of signals.\n"
    for words, found in (
        ("Short of that", short), ("Over three minutes by the clock, at that load", slow),
        ("Measured before their settings last changed", changed),
        ("Not measured yet", missing),
    ):  # fmt: skip
        if found:
            yield f"\n{words}: {', '.join(f'`{name}`' for name in found)}.\n"


def _generated() -> list[str]:
    return [name for name in preset_names() if load_preset(name).task.name in GENERATED]


def _aim(name: str) -> float:
    return _AIMS.get(load_preset(name).task.name, _USUAL_AIM)


def _cells(name: str, row: Row) -> Sequence[str]:
    config = load_preset(name)
    info = TASK_INFO[config.task.name]
    return (
        f"{info.title} (`{name}`)", info.learns, _model(config), f"{row['parameters']:,}",
        f"{row['steps']:,}", f"{row['minutes']:.1f}", f"{row['cpu_minutes']:.1f}",
        f"{row['load']:.0f}", f"{row['examples']:,}", f"{100 * row['exact_match']:.1f} %",
    )  # fmt: skip


def _model(config: RunConfig) -> str:
    model = config.model
    layers = {
        "encoder-decoder": f"{model.encoder_layers}+{model.decoder_layers}",
        "encoder-only": str(model.encoder_layers), "decoder-only": str(model.decoder_layers),
    }[model.architecture]  # fmt: skip
    return f"{model.architecture}, {layers} × {model.width}, {model.heads} heads"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())

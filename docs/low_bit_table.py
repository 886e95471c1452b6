"""The table of `low-bit.md`: `python -m docs.low_bit_table [--preset NAME] [--set PATH=VALUE …]`.

Trains a preset three times, in full precision, ternary and binary, from the same seed on the same
batches, and prints each one's figures on the held-out test pairs and its bytes on disk.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import torch

from explorer.data.pairs import Pair
from explorer.engine.run import Run
from explorer.messages.config import RunConfig
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.runs.export import export_model
from explorer.subjects.opening import open_subject
from explorer.training.scoring import score_pairs

KINDS = ("full", "ternary", "binary")
_CPU = torch.device("cpu")


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(description=__doc__, prog="docs.low_bit_table")
    parser.add_argument("--preset", default="reverse")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    options = parser.parse_args()
    values = dict(change.split("=", 1) for change in options.set)
    config = with_values(load_preset(options.preset), values)
    print("| weights | test loss | latent, unrounded | exact match | bytes | seconds |")
    print("|---|--:|--:|--:|--:|--:|")
    for kind in KINDS:
        print(row(with_values(config, {"model.weights": kind})), flush=True)


def row(config: RunConfig) -> str:
    """A line of the table."""
    with tempfile.TemporaryDirectory() as home:
        folder, packed = Path(home, "run"), Path(home, "packed")
        started = time.process_time()
        test = _train(config, folder)
        seconds = time.process_time() - started
        export_model(str(folder), packed, half=False, packed=config.model.weights != "full")
        figures = score_pairs(open_subject(str(packed), _CPU), test)
        latent = score_pairs(open_subject(str(folder), _CPU), test).get("full_precision_loss")
        [file] = packed.glob("checkpoints/*/model.safetensors")
        size = file.stat().st_size
    return "| " + " | ".join(_cells(config, figures, latent, size, seconds)) + " |"


def _train(config: RunConfig, folder: Path) -> list[Pair]:
    run = Run.begin(config, folder, _CPU, lambda event: None, lambda *progress: None)
    while not run.done:
        run.advance()
    run.close()
    return list(run.trainer.data.test)


def _cells(
    config: RunConfig, figures: Mapping[str, float], latent: float | None, size: int,
    seconds: float,
) -> list[str]:  # fmt: skip
    return [
        config.model.weights, f"{figures['loss']:.4f}",
        "" if latent is None else f"{latent:.4f}", f"{100 * figures['exact_match']:.1f} %",
        f"{size:,}", f"{seconds:.0f}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()

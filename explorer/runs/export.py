"""A run's model alone, to share it: no optimizer state, no snapshots, no data."""

import json
import shutil
import tomllib
from pathlib import Path

import tomli_w
import torch

from explorer.runs.atomic import whole_folder
from explorer.runs.library import Found, find_model
from explorer.runs.metrics import read_metrics
from explorer.runs.packing import as_dtype, packed_tensors
from explorer.runs.weights import ModelFileError, load_tensors, save_tensors

CURVE_POINTS = 1500
"""Steps kept of the training curve; evaluations are all kept."""


def export_model(reference: str, out: Path, *, half: bool, packed: bool = False) -> None:
    """Write the model to a new folder that opens as any run does, but cannot be continued.

    `half` writes float16; `packed` writes low-bit weights at 2 bits or 1 bit. Raises
    `ModelFileError` when the run cannot be read or packed, or the folder exists already.
    """
    found = find_model(reference)
    if found.checkpoint.is_file():
        raise ModelFileError(f"{found.checkpoint} is a snapshot; export the run or a checkpoint")
    if out.exists():
        raise ModelFileError(f"{out} exists already; choose another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(out) as beside:
        for vocabulary in found.folder.path.glob("*tokenizer.json"):
            shutil.copy(vocabulary, beside)
        (beside / "run.toml").write_text(_settings(found.folder.path), encoding="utf-8")
        (beside / "metrics.jsonl").write_text(_thinned(found.folder.metrics), encoding="utf-8")
        target = beside / "checkpoints" / found.checkpoint.name
        target.mkdir(parents=True)
        shutil.copy(found.checkpoint / "state.json", target)
        dtype = torch.float16 if half else torch.float32
        _write_weights(found, target / "model.safetensors", dtype, packed=packed)


def _write_weights(found: Found, path: Path, dtype: torch.dtype, *, packed: bool) -> None:
    tensors, told = load_tensors(found.checkpoint / "model.safetensors"), None
    if packed:
        config = found.folder.config().model
        tensors, told = packed_tensors(tensors, config, found.folder.path, dtype)
    else:
        tensors = {name: as_dtype(name, tensor, dtype) for name, tensor in tensors.items()}
    save_tensors(path, tensors, told)


def _settings(folder: Path) -> str:
    """The settings with the corpus's name instead of its place on this machine."""
    data = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
    data["task"]["file"] = Path(data["task"]["file"]).name
    return tomli_w.dumps(data)


def _thinned(metrics: Path) -> str:
    entries = list(read_metrics(metrics))
    steps = sum("loss" in entry for entry in entries)
    every = -(-steps // CURVE_POINTS) or 1
    kept = [
        entry for entry in entries
        if "loss" not in entry or entry["step"] == 1 or entry["step"] % every == 0
    ]  # fmt: skip
    return "".join(json.dumps(entry) + "\n" for entry in kept)

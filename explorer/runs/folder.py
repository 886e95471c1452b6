"""Where everything of a run lies, and how it is written.

run.toml            all settings, versions, a hash of the data
tokenizer.json      the vocabulary; that of the source is source_tokenizer.json where it differs
metrics.jsonl       every step's figures
data/               the held-out pairs, as TSV
checkpoints/step-00001000/   model.safetensors, optimizer.safetensors, state.json
snapshots/          weights alone, for travelling back
"""

import json
import platform
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
import torch

import explorer
from explorer.data.coding import Vocabularies
from explorer.data.pairs import Pair
from explorer.data.vocabulary import Vocabulary
from explorer.messages.config import RunConfig
from explorer.messages.settings import SettingsError, validated
from explorer.model.transformer import Transformer
from explorer.runs.atomic import whole_file, whole_folder, write_text
from explorer.runs.weights import (
    ModelFileError,
    load_tensors,
    load_weights,
    optimizer_tensors,
    restore_optimizer,
    save_tensors,
    save_weights,
)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's place on disk."""

    path: Path

    @property
    def metrics(self) -> Path:
        """The log of figures."""
        return self.path / "metrics.jsonl"

    def begin(
        self, config: RunConfig, vocabularies: Vocabularies, fingerprint: str,
        held_out: Mapping[str, Sequence[Pair]],
    ) -> None:  # fmt: skip
        """Write all that stays the same throughout the run.

        Raises `FileExistsError` rather than write over another run.
        """
        if (self.path / "run.toml").exists():
            raise FileExistsError(
                f"{self.path} holds a run already; continue it (--resume) or choose another folder"
            )
        write_text(self.path / "tokenizer.json", vocabularies.target.to_json())
        if not vocabularies.shared:
            write_text(self.path / "source_tokenizer.json", vocabularies.source.to_json())
        for name, pairs in held_out.items():
            lines = (f"{_flat(p.source)}\t{_flat(p.target)}\n" for p in pairs)
            write_text(self.path / "data" / f"{name}.tsv", "".join(lines))
        self._write_settings(config, fingerprint)

    def _write_settings(self, config: RunConfig, fingerprint: str) -> None:
        made = {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "data": fingerprint,
            "explorer": explorer.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        }
        text = tomli_w.dumps({**config.model_dump(), "made": made})
        write_text(self.path / "run.toml", text)

    def config(self) -> RunConfig:
        """The run's settings; raises `ModelFileError` when they cannot be read."""
        data = self._settings()
        data.pop("made", None)
        try:
            return validated(data)
        except SettingsError as error:
            raise ModelFileError(f"{self.path / 'run.toml'}: {error}") from None

    def fingerprint(self) -> str:
        """The hash of the data that the run learned from."""
        return str(self._settings().get("made", {}).get("data", ""))

    def _settings(self) -> dict[str, Any]:
        path = self.path / "run.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ModelFileError(f"{path} cannot be read: {error}") from None
        except tomllib.TOMLDecodeError as error:
            raise ModelFileError(f"{path} is damaged: {error}") from None

    def vocabularies(self) -> Vocabularies:
        """The run's words; raises `ModelFileError` when they cannot be read."""
        target = self._vocabulary("tokenizer.json")
        if not (self.path / "source_tokenizer.json").exists():
            return Vocabularies.one(target)
        return Vocabularies(self._vocabulary("source_tokenizer.json"), target)

    def _vocabulary(self, name: str) -> Vocabulary:
        try:
            return Vocabulary.load(self.path / name)
        except ValueError as error:
            raise ModelFileError(f"{self.path}: {error}") from None

    def checkpoints(self) -> list[Path]:
        """Whole checkpoints, oldest first."""
        return sorted((self.path / "checkpoints").glob("step-*"), key=step_of)


def _flat(text: str) -> str:
    return " ".join(text.split())


def step_of(path: Path) -> int:
    """The step in a checkpoint's or snapshot's name (`step-00001000`)."""
    return int(path.name.removeprefix("step-").split(".")[0])


def save_checkpoint(
    folder: RunFolder, step: int, model: Transformer, optimizer: torch.optim.Optimizer,
    seconds: float, keep: int,
) -> Path:  # fmt: skip
    """Write all that is needed to go on from here, then let go of the oldest ones past `keep`."""
    path = folder.path / "checkpoints" / f"step-{step:08}"
    with whole_folder(path) as beside:
        save_weights(beside / "model.safetensors", model)
        save_tensors(beside / "optimizer.safetensors", optimizer_tensors(optimizer))
        state = {"step": step, "seconds": seconds}
        (beside / "state.json").write_text(json.dumps(state), encoding="utf-8")
    for old in folder.checkpoints()[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return path


def load_checkpoint(
    path: Path, model: Transformer, optimizer: torch.optim.Optimizer | None = None
) -> tuple[int, float]:
    """Fill model and optimizer; the step and the seconds of work behind it."""
    load_weights(path / "model.safetensors", model)
    if optimizer is not None:
        if not (path / "optimizer.safetensors").exists():
            raise ModelFileError(
                f"{path} was exported without the optimizer's state and cannot be continued"
            )
        restore_optimizer(optimizer, load_tensors(path / "optimizer.safetensors"))
    try:
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        return int(state["step"]), float(state["seconds"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"{path / 'state.json'} is damaged: {error}") from None


def save_snapshot(folder: RunFolder, step: int, model: Transformer) -> None:
    """Keep the weights of this step for travelling back."""
    save_weights(folder.path / "snapshots" / f"step-{step:08}.safetensors", model)


def is_snapshot_step(step: int, steps: int) -> bool:
    """Whether weights are kept at a step: 0, 1, 2, 4, 8 … early on, then twenty even ones."""
    even = max(1, steps // 20)
    if step >= even or step == steps:
        return step % even == 0 or step == steps
    return step & (step - 1) == 0


def truncate_metrics(folder: RunFolder, step: int) -> None:
    """Drop figures after a step, as continuing from an earlier checkpoint must."""
    if not folder.metrics.exists():
        return
    kept: list[str] = []
    for line in folder.metrics.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            if json.loads(line)["step"] <= step:
                kept.append(line)
        except (ValueError, KeyError, TypeError):
            continue
    with whole_file(folder.metrics) as beside:
        beside.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

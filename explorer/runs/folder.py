"""Where everything of a run lies, and how it is written.

run.toml            all settings, versions, a hash of the data
tokenizer.json      the vocabulary; that of the source is source_tokenizer.json where it differs
metrics.jsonl       every step's figures
data/               the held-out pairs, as TSV
checkpoints/step-00001000/   model.safetensors, optimizer.safetensors, state.json
snapshots/          weights alone, for travelling back
watch/              the attention of watched sentences over time
.training           which process trains it; locked as long as one does
notes.md            what a person wrote about the run
best.json           which checkpoint was best, where training may stop early
metrics.csv         the figures once more, and tensorboard/ its event files, on request
"""

import platform
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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
from explorer.runs.atomic import write_text
from explorer.runs.weights import ModelFileError


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a run branched off: the parent's folder, the step, and the settings that differ.

    Without `memory` the optimizer began anew there.
    """

    parent: str
    step: int
    changed: Mapping[str, Any]
    memory: bool


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's place on disk."""

    path: Path

    @property
    def metrics(self) -> Path:
        """The log of figures."""
        return self.path / "metrics.jsonl"

    def existing_metrics(self) -> Path:
        """The log of figures; raises `ModelFileError` where there is none."""
        if not self.metrics.exists():
            raise ModelFileError(
                f"{self.path} holds no metrics.jsonl: give the folder that a training made"
            )
        return self.metrics

    def begin(
        self, config: RunConfig, vocabularies: Vocabularies, fingerprint: str,
        held_out: Mapping[str, Sequence[Pair]], fork: "Fork | None" = None,
    ) -> None:  # fmt: skip
        """Write all that stays the same throughout the run; `fork` is where it branched off.

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
        self._write_settings(config, fingerprint, fork)

    def _write_settings(self, config: RunConfig, fingerprint: str, fork: "Fork | None") -> None:
        made = {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "data": fingerprint,
            "explorer": explorer.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
            **({"fork": asdict(fork)} if fork else {}),
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

    def fork(self) -> "Fork | None":
        """Where the run branched off; None for one that began by itself."""
        told = self._settings().get("made", {}).get("fork")
        if not isinstance(told, dict):
            return None
        return Fork(
            str(told.get("parent", "")), int(told.get("step", 0)), dict(told.get("changed", {})),
            bool(told.get("memory", True)),
        )  # fmt: skip

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

    def snapshots(self) -> list[Path]:
        """Weights kept for travelling back, oldest first."""
        return sorted((self.path / "snapshots").glob("step-*.safetensors"), key=step_of)

    @property
    def is_run(self) -> bool:
        """Whether a run began here."""
        return (self.path / "run.toml").exists()

    def newest_step(self) -> int:
        """The step of the newest checkpoint; 0 where there is none."""
        return max(map(step_of, self.checkpoints()), default=0)


def _flat(text: str) -> str:
    return " ".join(text.split())


def step_of(path: Path) -> int:
    """The step in a checkpoint's or snapshot's name (`step-00001000`)."""
    return int(path.name.removeprefix("step-").split(".")[0])

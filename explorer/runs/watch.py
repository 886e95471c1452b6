"""What a run keeps of watched sentences: their attention at many steps, in the folder `watch`.

sentences.json       the sentences, in order
step-00000100.safetensors   of each sentence the weights of all sites (`0.cross.1`), float32; told
                     besides are tokens and the target that was read
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open

from explorer.messages.heads import Floats
from explorer.messages.results import Trace
from explorer.messages.travel import Watched
from explorer.runs.atomic import write_text
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.weights import ModelFileError, save_tensors

MOST_BYTES = 64 * 2**20
"""What the records of a run may take; past it some in between go, never first or last."""


def as_watched(text: str) -> Watched:
    """`SOURCE` or `SOURCE=>TARGET`."""
    source, _, target = text.partition("=>")
    return Watched(source.strip(), target.strip())


@dataclass(frozen=True, slots=True)
class Record:
    """One watched sentence at one step: weights by site's name, tokens, and what was read."""

    step: int
    source_text: str
    target_text: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class WatchFolder:
    """The watched sentences of a run on disk."""

    path: Path

    @classmethod
    def of(cls, folder: RunFolder) -> "WatchFolder":
        """That of a run; it need not exist."""
        return cls(folder.path / "watch")

    def sentences(self) -> tuple[Watched, ...]:
        """What is watched; nothing where the file is not there or makes no sense."""
        try:
            entries = json.loads((self.path / "sentences.json").read_text(encoding="utf-8"))
            return tuple(Watched(str(e["source"]), str(e.get("target", ""))) for e in entries)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return ()

    def watch(self, sentences: Sequence[Watched]) -> None:
        """Watch these from now on; what was recorded stays, and says of which sentences it is."""
        if tuple(sentences) == self.sentences():
            return
        entries = [{"source": one.source, "target": one.target} for one in sentences]
        write_text(self.path / "sentences.json", json.dumps(entries, ensure_ascii=False, indent=1))

    def steps(self) -> list[int]:
        """The steps that are recorded, rising."""
        return sorted(map(step_of, self.path.glob("step-*.safetensors")))

    def forget(self, after: int) -> None:
        """Drop records of later steps, as going on from an earlier one must."""
        for step in self.steps():
            if step > after:
                self._file(step).unlink(missing_ok=True)

    def record(self, step: int, traces: Sequence[Trace]) -> None:
        """Keep the sentences of a step, whole or not at all; raises `OSError`, as a full disk."""
        tensors: dict[str, torch.Tensor] = {}
        told: list[dict[str, Any]] = []
        for number, trace in enumerate(traces):
            for site, weights in trace.weights.items():
                tensors[f"{number}.{site}"] = torch.from_numpy(np.asarray(weights))
            told.append({
                "source_text": trace.source_text, "target_text": trace.target_text,
                "source": [t.text for t in trace.source], "target": [t.text for t in trace.target],
            })  # fmt: skip
        save_tensors(self._file(step), tensors, {"sentences": json.dumps(told)})
        self._thin()

    def records(self, step: int) -> tuple[Record, ...]:
        """The sentences of a step; raises `ModelFileError` for a file that is not whole."""
        file = self._file(step)
        try:
            with safe_open(file, framework="np") as opened:
                told = json.loads(opened.metadata()["sentences"])
                arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
            raise ModelFileError(f"{file} cannot be read: {error}") from None
        return tuple(
            Record(
                step, one["source_text"], one["target_text"], tuple(one["source"]),
                tuple(one["target"]), _of(number, arrays),
            )
            for number, one in enumerate(told)
        )  # fmt: skip

    def bytes(self) -> int:
        """What the records take."""
        return sum(self._file(step).stat().st_size for step in self.steps())

    def _thin(self) -> None:
        """Drop what is missed least: records close to both neighbours, early ones closer still."""
        sizes = {step: self._file(step).stat().st_size for step in self.steps()}
        while sum(sizes.values()) > MOST_BYTES and len(sizes) > 2:
            steps = list(sizes)
            gaps = {
                step: (after - before) / math.sqrt(after)
                for before, step, after in zip(steps, steps[1:], steps[2:], strict=False)
            }
            dropped = min(gaps, key=lambda step: gaps[step])
            self._file(dropped).unlink(missing_ok=True)
            del sizes[dropped]

    def _file(self, step: int) -> Path:
        return self.path / f"step-{step:08}.safetensors"


def _of(number: int, arrays: Mapping[str, Floats]) -> dict[str, Floats]:
    begin = f"{number}."
    return {n.removeprefix(begin): array for n, array in arrays.items() if n.startswith(begin)}

"""Which models there are: the samples that ship, and the user's own runs."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from explorer.resources import sample_models
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.library import home
from explorer.runs.weights import ModelFileError


@dataclass(frozen=True, slots=True)
class Entry:
    """A model on disk; `bytes` is the size of its newest weights."""

    name: str
    kind: Literal["sample", "run"]
    title: str
    task: str
    step: int
    bytes: int
    path: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def catalogue() -> list[Entry]:
    """Every model that can be opened; runs without a checkpoint or damaged ones are left out."""
    samples = [_entry(name, "sample", path) for name, path in sample_models().items()]
    runs = [_entry(path.name, "run", path) for path in sorted((home() / "runs").glob("*"))]
    return [entry for entry in (*samples, *runs) if entry is not None]


def _entry(name: str, kind: Literal["sample", "run"], path: Path) -> Entry | None:
    folder = RunFolder(path)
    try:
        config = folder.config()
    except ModelFileError:
        return None
    checkpoints = folder.checkpoints()
    if not checkpoints:
        return None
    newest = checkpoints[-1]
    size = sum(file.stat().st_size for file in newest.glob("model.safetensors"))
    return Entry(name, kind, config.title, config.task.name, step_of(newest), size, str(path))

"""The steps of a run whose weights are still on disk."""

from dataclasses import dataclass
from pathlib import Path

from explorer.runs.folder import RunFolder, step_of
from explorer.runs.weights import ModelFileError


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of a run and the file of its weights; `checkpoint` has the optimizer's memory too."""

    step: int
    weights: Path
    checkpoint: Path | None = None

    @property
    def whole(self) -> bool:
        """Whether the optimizer's memory is there too."""
        return self.checkpoint is not None and (self.checkpoint / "optimizer.safetensors").exists()


def moments(folder: RunFolder) -> tuple[Moment, ...]:
    """Snapshots and checkpoints by rising step; of a step that has both, the checkpoint."""
    found = {step_of(path): Moment(step_of(path), path) for path in folder.snapshots()}
    for path in folder.checkpoints():
        weights = path / "model.safetensors"
        if weights.exists():
            found[step_of(path)] = Moment(step_of(path), weights, path)
    return tuple(found[step] for step in sorted(found))


def moment_at(folder: RunFolder, step: int) -> Moment:
    """The moment of a step; raises `ModelFileError` that names the nearest ones."""
    known = moments(folder)
    for moment in known:
        if moment.step == step:
            return moment
    if not known:
        raise ModelFileError(f"{folder.path} keeps no weights yet: it stopped before its first")
    near = sorted(sorted(known, key=lambda m: abs(m.step - step))[:4], key=lambda m: m.step)
    raise ModelFileError(
        f"{folder.path} keeps no weights of step {step:,}; the nearest are those of "
        + ", ".join(f"{moment.step:,}" for moment in near)
    )

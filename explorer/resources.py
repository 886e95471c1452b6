"""Where the files lie that come with the application: icons, presets, help, sample models.

In a clone they are the folders `resources/` and `sample_models/` beside the package; a wheel
carries the same folders inside it (see `setup.py`).
"""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _folder(name: str) -> Path:
    carried = _PACKAGE / f"_{name}"
    return carried if carried.is_dir() else _PACKAGE.parent / name


def resource(*parts: str) -> Path:
    """The path of a file or folder in `resources/`; it need not exist."""
    return _folder("resources").joinpath(*parts)


def sample_models() -> dict[str, Path]:
    """Every sample model that ships, by name: folders in `sample_models/` with a `run.toml`."""
    folder = _folder("sample_models")
    if not folder.is_dir():
        return {}
    return {run.parent.name: run.parent for run in sorted(folder.glob("*/run.toml"))}

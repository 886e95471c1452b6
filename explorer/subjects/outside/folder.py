"""Whether a folder holds a model of `transformers` that may be opened, without loading it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from explorer.messages.foreign import folder_title
from explorer.runs.weights import ModelFileError

CONFIG = "config.json"
PROCESSOR = "preprocessor_config.json"
"""How a model's pictures are made, in the place of a tokenizer."""
_WEIGHTS = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_FOREIGN = ("*.h5", "*.msgpack", "*.gguf", "*.onnx")
_TOKENIZERS = (
    "tokenizer.json", "vocab.json", "vocab.txt", "*.model", "*.spm", "*.tiktoken", "merges.txt",
)  # fmt: skip
_BYTES = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2,
    "U16": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outside:
    """A folder of `transformers`: its configuration, and its weights by kind of number.

    `numbers` counts the weights of each safetensors type, such as F32.
    """

    path: Path
    config: Mapping[str, Any]
    numbers: Mapping[str, int]

    @property
    def title(self) -> str:
        """What to call it."""
        return folder_title(self.path)

    @property
    def stored_bytes(self) -> int:
        """Bytes of the weights as they lie on disk."""
        return sum(count * _BYTES.get(kind, 1) for kind, count in self.numbers.items())

    @property
    def model_type(self) -> str:
        """The family, as `transformers` calls it."""
        return str(self.config.get("model_type", ""))


def outside_folder(reference: str) -> Path | None:
    """The folder, if a path is one of `transformers` or a file within; None for anything else."""
    path = Path(reference).expanduser()
    if path.is_file() and (path.name in (CONFIG, _WEIGHTS, _INDEX) or _is_shard(path)):
        path = path.parent
    if not path.is_dir() or (path / "run.toml").exists():
        return None
    if (path.parent.parent / "run.toml").exists():
        return None  # One of our own checkpoints.
    known = (CONFIG, _WEIGHTS, _INDEX, "pytorch_model.bin")
    return path.absolute() if any((path / name).exists() for name in known) else None


def _is_shard(path: Path) -> bool:
    """Whether a file is one of several that hold a model's weights together."""
    return path.suffix == ".safetensors" and (path.parent / _INDEX).exists()


def check_folder(path: Path) -> Outside:
    """Read the configuration and the headers of the weights; raises `ModelFileError` in words."""
    config = _json(path / CONFIG)
    if not isinstance(config.get("model_type"), str):
        raise ModelFileError(
            f"{path / CONFIG} names no model_type, so nobody can tell which family this model is of"
        )
    numbers: dict[str, int] = {}
    for file in _weight_files(path):
        for kind, count in _header(file):
            numbers[kind] = numbers.get(kind, 0) + count
    if not any(next(path.glob(name), None) for name in (*_TOKENIZERS, PROCESSOR)):
        raise ModelFileError(
            f"{path} holds no tokenizer (tokenizer.json), so no sentence can be read. Download the "
            "model's folder whole"
        )
    return Outside(path, config, numbers)


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelFileError(
            f"{path.parent} has no {path.name}: it is not downloaded to its end, or not a model"
        ) from None
    except (OSError, ValueError) as error:
        raise ModelFileError(f"{path} cannot be read: {error}. Download it anew") from None
    if not isinstance(found, dict):
        raise ModelFileError(f"{path} cannot be read: it holds no table of names. Download it anew")
    return found


def _weight_files(path: Path) -> list[Path]:
    if (path / _INDEX).exists():
        names = sorted(set(_json(path / _INDEX).get("weight_map", {}).values()))
        files = [path / Path(name).name for name in names]
        missing = [file.name for file in files if not file.exists()]
        if missing or not files:
            raise ModelFileError(
                f"{path} is not downloaded to its end: of {len(files)} files of weights "
                f"{len(missing)} are missing, such as {missing[0] if missing else _WEIGHTS}"
            )
        return files
    if (path / _WEIGHTS).exists():
        return [path / _WEIGHTS]
    raise ModelFileError(_no_weights(path))


def _no_weights(path: Path) -> str:
    pickled = next((file for name in _PICKLED for file in path.glob(name)), None)
    if pickled is not None:
        return (
            f"{path} has its weights only as {pickled.name}, a pickled file: opening one can run "
            "any program that somebody put into it, so it stays closed. Get the model as "
            "safetensors; most models have a version of it"
        )
    foreign = next((file for name in _FOREIGN for file in path.glob(name)), None)
    if foreign is not None:
        return f"{path} has its weights only as {foreign.name}; model.safetensors is what is read"
    return f"{path} is not downloaded to its end: it has a config.json but no model.safetensors"


def _header(file: Path) -> Iterator[tuple[str, int]]:
    """The kind and the size of each tensor; raises `ModelFileError` for a file cut short."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        start = stream.read(8)
        length = int.from_bytes(start, "little")
        if start == b"version ":
            raise ModelFileError(
                f"{file} is only a pointer to the weights (git LFS): fetch it with git lfs pull"
            )
        if len(start) < 8 or length > size - 8:
            raise ModelFileError(_cut_short(file))
        try:
            told = json.loads(stream.read(length))
            tensors = [entry for name, entry in told.items() if name != "__metadata__"]
            end = max((entry["data_offsets"][1] for entry in tensors), default=0)
            rows = [(str(entry["dtype"]), prod(entry["shape"])) for entry in tensors]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise ModelFileError(
                f"{file} cannot be read as safetensors weights. Download it anew"
            ) from None
    if size < 8 + length + end:
        raise ModelFileError(_cut_short(file))
    yield from rows


def _cut_short(file: Path) -> str:
    return f"{file} is not downloaded to its end: it is shorter than it says. Download it anew"

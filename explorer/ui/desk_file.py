"""A session as one small file: the model, what each panel remembers, and the layout; no Qt."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from explorer.resources import sample_models
from explorer.runs.atomic import write_text

SUFFIX = ".attention"
VERSION = 1
FORMAT = "attention-explorer session"
Pixels = Annotated[int, Field(ge=0, le=20_000)]
_LARGEST = 4_000_000
"""Bytes; a session with the longest sentences takes a tenth of it."""


class DeskFileError(ValueError):
    """A file that is no session of ours, or one that cannot be opened here; in words."""


class SavedModel(BaseModel):
    """Which model it was: a sample's name, another name, or where its run or checkpoint lies."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sample: str = ""
    name: str = ""
    """What is neither a sample nor a path here, such as a model known by its name."""
    path: str = ""
    beside: str = ""
    """The same path as seen from the session's file, so that both can be moved together."""
    step: int = 0


class SavedLayout(BaseModel):
    """Where window and docks are, as Qt writes it."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64")

    geometry: Base64Bytes = b""
    state: Base64Bytes = b""
    width: Pixels = 0
    height: Pixels = 0


class SavedDesk(BaseModel):
    """All of a session; unknown fields of a later version are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["attention-explorer session"]
    version: Annotated[int, Field(ge=1)] = VERSION
    model: SavedModel | None = None
    appearance: Literal["system", "light", "dark"] = "system"
    panels: dict[str, dict[str, JsonValue]] = {}
    layout: SavedLayout = SavedLayout()


def is_desk_file(name: str) -> bool:
    """Whether a reference on the command line or a dropped file is a session."""
    return name.lower().endswith(SUFFIX)


def saved_model(reference: str, step: int, file: Path) -> SavedModel:
    """How a session's file names a model that was opened by name or path."""
    if reference in sample_models():
        return SavedModel(sample=reference, step=step)
    path = Path(reference).expanduser().absolute()
    for name, folder in sample_models().items():
        if folder == path:
            return SavedModel(sample=name, step=step)
    if not path.exists():
        return SavedModel(name=reference, step=step)
    try:
        beside = Path(os.path.relpath(path, file.absolute().parent)).as_posix()
    except ValueError:  # On another drive.
        beside = ""
    return SavedModel(path=str(path), beside=beside, step=step)


def reference_of(model: SavedModel, file: Path) -> str:
    """How the model is opened; raises `DeskFileError` when it is not here."""
    if model.sample:
        if model.sample in sample_models():
            return model.sample
        raise DeskFileError(
            f"{file.name} is of the sample model “{model.sample}”, which this installation "
            "does not have."
        )
    if model.name:
        return model.name  # Whoever opens it knows whether it is there.
    near = file.absolute().parent / model.beside
    for path in (near if model.beside else None, Path(model.path)):
        if path is not None and path.exists():
            return os.path.normpath(path)
    raise DeskFileError(
        f"The model of {file.name} is not here any more: {model.path}. Put its folder back, or "
        "beside the session as it was."
    )


def write_desk(desk: SavedDesk, path: Path) -> None:
    """Write it whole or not at all; raises `OSError`."""
    write_text(path, desk.model_dump_json(indent=1) + "\n")


def read_desk(path: Path) -> SavedDesk:
    """The session in a file; raises `DeskFileError` in words."""
    try:
        if path.stat().st_size > _LARGEST:
            raise DeskFileError(
                f"{path.name} is no session of Attention Explorer: it is too large."
            )
        text = path.read_bytes()
    except OSError as error:
        raise DeskFileError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        desk = SavedDesk.model_validate_json(text)
    except ValidationError as error:
        raise DeskFileError(_why(path, text, error)) from None
    if desk.version > VERSION:
        raise DeskFileError(
            f"{path.name} was saved by a later version of Attention Explorer (format "
            f"{desk.version}, this one reads up to {VERSION}). Update the application to open it."
        )
    return desk


def _why(path: Path, text: bytes, error: ValidationError) -> str:
    if FORMAT.encode() not in text:
        return f"{path.name} is no session of Attention Explorer."
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    what = f"{where}: {first['msg']}" if where else first["msg"]
    return f"{path.name} is damaged and cannot be opened ({what})."

"""The recycle bin: a folder goes there whole, and comes back whole."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile


class BinError(OSError):
    """What the system would not do, in words for a person."""


@dataclass(frozen=True, slots=True)
class Thrown:
    """A folder that was put into the bin: whence, and its place there, empty where unknown."""

    before: str
    there: str


def throw_away(folder: str) -> Thrown:
    """Put a folder into the system's recycle bin; raises `BinError`, and then it stays."""
    file = QFile(folder)
    if not file.moveToTrash():
        raise BinError(
            f"“{Path(folder).name}” could not be put into the recycle bin: {file.errorString()}. "
            "It is as it was; show its folder to remove it by hand."
        )
    there = file.fileName()
    return Thrown(folder, there if there != folder else "")


def take_back(thrown: Thrown) -> None:
    """Bring it back to where it was; raises `BinError` in words."""
    before, there = Path(thrown.before), Path(thrown.there)
    if not thrown.there or not there.exists():
        raise BinError(f"“{before.name}” is not where it was put; look into the recycle bin.")
    if before.exists():
        raise BinError(f"There is another “{before.name}” by now; it stays in the recycle bin.")
    try:
        there.rename(before)
    except OSError as error:
        raise BinError(f"“{before.name}” could not be brought back: {error.strerror}.") from None
    # On Linux the bin keeps a note on where each thing came from.
    (there.parent.parent / "info" / f"{there.name}.trashinfo").unlink(missing_ok=True)

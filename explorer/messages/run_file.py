"""A run as one file: to write it, and to take it in."""

from dataclasses import dataclass

SUFFIX = ".run.zip"
"""How the name of such a file ends."""
MOST_BYTES = 8_000_000_000
"""Room on disk that an imported run may take."""


@dataclass(frozen=True, slots=True)
class ExportRun:
    """Write the run in folder `path` into one file."""

    path: str
    file: str


@dataclass(frozen=True, slots=True)
class ImportRun:
    """Put the run that a file holds among the user's runs."""

    file: str


@dataclass(frozen=True, slots=True)
class RunExported:
    """A run was written into a file of so many bytes."""

    path: str
    file: str
    bytes: int


@dataclass(frozen=True, slots=True)
class RunImported:
    """A run was taken in, and has this folder now."""

    path: str
    file: str

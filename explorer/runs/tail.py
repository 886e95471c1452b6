"""A log of figures that another process is still writing, read as it grows."""

import os
from pathlib import Path
from typing import BinaryIO

from explorer.runs.metrics import Entry, read_entry

CHUNK = 1 << 16
"""Bytes read at one look, so that catching up with a long log leaves others their turn."""


class LogTail:
    """Reads whole lines that are new; works by polling, so also on a mounted folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = 0
        self._identity: tuple[int, int] | None = None
        self._torn = b""
        self.more = False
        """Whether the last look did not reach the end."""

    def look(self) -> list[Entry] | None:
        """New entries; None when the file is another one than before, and shall be read anew."""
        try:
            with self._path.open("rb") as file:
                return self._read(file)
        except OSError:  # Not there yet, or just being replaced.
            self.more = False
            return []

    def _read(self, file: BinaryIO) -> list[Entry] | None:
        state = os.fstat(file.fileno())
        identity = (state.st_dev, state.st_ino)
        if self._identity not in (None, identity) or state.st_size < self._place:
            self._place, self._identity, self._torn = 0, None, b""
            return None
        self._identity = identity
        file.seek(self._place)
        new = file.read(CHUNK)
        self._place += len(new)
        self.more = self._place < state.st_size
        *lines, self._torn = (self._torn + new).split(b"\n")
        return [entry for line in lines if (entry := read_entry(line)) is not None]

"""Queries, keys and values as the model itself keeps them, made float32 where they are read.

Axes: H head, G key–value head, L position, D head width.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

Floats = NDArray[np.float32]
Index = int | tuple[int, int | slice]

_LASTING = Path("/var/tmp")
"""On a disk, where a system's own folder for short-lived files is often memory."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Stands where H×L×D float32 would be too many: `[head]` and `[head, rows]` make a part.

    `numbers_GLD` are float32, float16, or the upper halves of float32 (bfloat16) as uint16; a head
    of each `times` in a row shares them. What is made is multiplied with `factor`.
    """

    numbers_GLD: NDArray[np.generic]
    times: int = 1
    factor: float = 1.0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Heads, positions, width."""
        groups, length, width = self.numbers_GLD.shape
        return groups * self.times, length, width

    @property
    def held(self) -> int:
        """Bytes that lie in memory; those of a file count nothing."""
        return 0 if isinstance(self.numbers_GLD, np.memmap) else self.numbers_GLD.nbytes

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Index) -> Floats:
        head, rows = index if isinstance(index, tuple) else (index, slice(None))
        return self._read(self.numbers_GLD[head // self.times, rows])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray:
        """All of it, H×L×D."""
        if copy is False:
            raise ValueError("These numbers are made when they are read; there is only a copy.")
        whole = self._read(np.repeat(self.numbers_GLD, self.times, axis=0))
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def _read(self, numbers: NDArray[np.generic]) -> Floats:
        if numbers.dtype == np.uint16:
            found = (numbers.astype(np.uint32) << np.uint32(16)).view(np.float32)
        else:
            found = np.array(numbers, np.float32)
        if self.factor != 1:
            found *= np.float32(self.factor)
        return found


class Aside:
    """A file without a name for what memory should not hold; gone with the last who reads it."""

    def __init__(self) -> None:
        folder = str(_LASTING) if _LASTING.is_dir() else None
        # Closed by `close`, when all is put.
        self._file = tempfile.TemporaryFile(  # noqa: SIM115
            buffering=0, dir=folder, prefix="attention-explorer-"
        )

    def put(self, numbers: NDArray[np.generic]) -> NDArray[np.generic]:
        """The same numbers, read from the file; raises `OSError` where there is no room."""
        begun = self._file.seek(0, 2)
        left = np.ascontiguousarray(numbers).data.cast("B")
        while left:
            left = left[self._file.write(left) :]
        return np.memmap(self._file, numbers.dtype, "r", begun, numbers.shape)

    def close(self) -> None:
        """No more is put; what was stays readable."""
        self._file.close()

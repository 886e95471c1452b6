"""What training is given of a task."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.data.batches import BatchStream
from explorer.data.coding import Coding
from explorer.data.pairs import Pair

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""
_NO_TEXT = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class TaskData:
    """All that training needs of a task; `fingerprint` is a hash of the data.

    Of running text, `validation_text` and `test_text` are the held-out ids and there are no pairs.
    """

    coding: Coding
    stream: BatchStream
    validation: list[Pair]
    test: list[Pair]
    fingerprint: str
    notes: tuple[str, ...] = ()
    validation_text: NDArray[np.integer] = field(default_factory=lambda: _NO_TEXT)
    test_text: NDArray[np.integer] = field(default_factory=lambda: _NO_TEXT)

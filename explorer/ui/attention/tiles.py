"""Square parts of a large map at several levels, made on other threads when they are looked at.

A tile of level n holds 256 × 256 values, each pooled from 2ⁿ × 2ⁿ weights; level 0 is exact.
"""

import atexit
import logging
import os
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from explorer.messages.heads import Floats, Pooling
from explorer.ui.attention.map_source import MapSource

_log = logging.getLogger(__name__)

SIDE = 256
"""Values along a tile's edge."""
BUDGET = 96 << 20
"""Bytes that kept tiles may take."""
_POLL = 8
"""Milliseconds between looks at what has come."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which tile: of which map, pooled how, at which level, row and column of tiles."""

    source: MapSource
    how: Pooling
    level: int
    row: int
    column: int
    by_row: bool = False
    """Whether weights are shares of their row's largest."""

    @property
    def factor(self) -> int:
        """Weights along the edge of one value."""
        return 1 << self.level

    @property
    def span(self) -> int:
        """Weights along the edge of the tile."""
        return SIDE << self.level

    @property
    def part(self) -> tuple[slice, slice]:
        """Rows and columns of the map."""
        rows, columns = self.source.shape
        return _stretch(self.row, self.span, rows), _stretch(self.column, self.span, columns)

    @property
    def parent(self) -> "Key":
        """The coarser tile around it."""
        return replace(self, level=self.level + 1, row=self.row // 2, column=self.column // 2)


def _stretch(index: int, span: int, count: int) -> slice:
    return slice(index * span, min((index + 1) * span, count))


@dataclass(frozen=True, slots=True)
class Tile:
    """Pooled weights, rows × columns, and where all of a block is closed to its queries."""

    values: Floats
    closed: NDArray[np.bool_] | None

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        return self.values.nbytes + (0 if self.closed is None else self.closed.nbytes)


def make(
    key: Key, peaks_Q: Floats | None = None, wanted: Callable[[], bool] = lambda: True
) -> Tile | None:
    """One tile; None when it is wanted no more. Shares of the row need the rows' `peaks_Q`."""
    peaks_Q = peaks_Q if key.by_row else None
    found = key.source.pooled(*key.part, key.factor, key.how, peaks_Q, wanted)
    return None if found is None else Tile(*found)


def top_level(shape: tuple[int, int]) -> int:
    """The level at which one tile holds the whole map."""
    return max(0, int(np.ceil(np.log2(max(*shape, 1) / SIDE))))


Work = Key | MapSource
"""A tile, or the peaks of a map's rows."""


class Tiles(QObject):
    """Hands out tiles that are there and has those made that are not; `came` tells of new ones."""

    came = Signal()

    def __init__(self, parent: QObject | None = None, budget: int = BUDGET) -> None:
        super().__init__(parent)
        self._budget = budget
        self._kept: OrderedDict[Key, Tile] = OrderedDict()
        self._peaks: dict[MapSource, Floats] = {}
        self._wanted: frozenset[Work] = frozenset()
        self._running: set[Work] = set()
        self._failed: set[Work] = set()
        self._come: deque[tuple[Work, Tile | Floats | None]] = deque()
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL)
        self._poll.timeout.connect(self._collect)

    @property
    def bytes(self) -> int:
        """Memory that the kept tiles take."""
        return sum(tile.bytes for tile in self._kept.values())

    @property
    def busy(self) -> bool:
        """Whether something that is wanted has not come."""
        return bool(self._wanted & self._running)

    def get(self, key: Key) -> Tile | None:
        """The tile, if it is there."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def now(self, key: Key) -> Tile:
        """The tile, made here and now if it is not there: for pictures that go to a file."""
        peaks_Q = self.peaks(key.source, now=True) if key.by_row else None
        found = self.get(key) or make(key, peaks_Q)
        assert found is not None
        return found

    def peaks(self, source: MapSource, *, now: bool = False) -> Floats | None:
        """The largest weight of each row, if it has been found; `now`: found here."""
        found = self._peaks.get(source)
        if found is None and now:
            found = source.peaks()
            if found is not None:
                self._peaks[source] = found
        return found

    def want(self, works: Iterable[Work]) -> None:
        """Have these made, in this order; whatever else is being made is given up."""
        missing = [work for work in works if not self._there(work) and work not in self._failed]
        self._wanted = frozenset(missing)
        for work in missing:
            if work not in self._running:
                self._running.add(work)
                _pool().start(lambda work=work: self._make(work))
        if missing:
            self._poll.start()

    def forget(self, but: MapSource | None) -> None:
        """Let go of all maps but those of the same trace and reading."""
        shown = None if but is None else but.shown
        self._wanted = frozenset(w for w in self._wanted if _source(w).shown is shown)
        self._failed.clear()
        for key in [key for key in self._kept if key.source.shown is not shown]:
            del self._kept[key]
        for source in [source for source in self._peaks if source.shown is not shown]:
            del self._peaks[source]

    def _there(self, work: Work) -> bool:
        return work in (self._kept if isinstance(work, Key) else self._peaks)

    def _make(self, work: Work) -> None:
        """On another thread; takes numpy arrays that nobody writes to, and leaves one behind."""
        made: Tile | Floats | None = None
        try:
            if work in self._wanted:
                made = self._made(work)
        except Exception:
            self._failed.add(work)
            _log.exception("A part of a map could not be made")
        self._come.append((work, made))

    def _made(self, work: Work) -> Tile | Floats | None:
        def wanted() -> bool:
            return work in self._wanted

        if isinstance(work, MapSource):
            return work.peaks(wanted)
        peaks_Q = self.peaks(work.source)
        return None if work.by_row and peaks_Q is None else make(work, peaks_Q, wanted)

    def _collect(self) -> None:
        """Take in what has come, and make what was given up and is wanted again."""
        came = False
        while self._come:
            work, made = self._come.popleft()
            self._running.discard(work)
            if isinstance(made, Tile) and isinstance(work, Key):
                self._kept[work] = made
            elif isinstance(made, np.ndarray) and isinstance(work, MapSource):
                self._peaks[work] = made
            came = came or made is not None
        while self.bytes > self._budget and len(self._kept) > 1:
            self._kept.popitem(last=False)
        if not self._running:
            self._poll.stop()
        if came or self._wanted - self._running:
            self.came.emit()


def _source(work: Work) -> MapSource:
    return work.source if isinstance(work, Key) else work


@cache
def _pool() -> QThreadPool:
    """One for all maps; one core is left to the window."""
    made = QThreadPool()
    made.setMaxThreadCount(max((os.cpu_count() or 2) - 1, 1))
    atexit.register(_end, made)
    return made


def _end(pool: QThreadPool) -> None:
    pool.clear()
    pool.waitForDone(5000)

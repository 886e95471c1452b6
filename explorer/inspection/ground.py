"""Where the queries of a sentence may look, and which keys each measure watches.

Axes: H head, Q query position, K key position.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats
from explorer.messages.results import SiteKind, Token, Trace

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Watched:
    """Cells of a map, as rows and columns; `queries` are the rows in which there is any.

    `chance` sums over these rows what even attention over the open keys would pay to the cells.
    """

    rows: Places
    columns: Places
    queries: int
    chance: float

    def paid(self, weights_HQK: Floats) -> NDArray[np.float64]:
        """The weight that each head pays to the cells, over all rows."""
        return weights_HQK[:, self.rows, self.columns].sum(axis=1, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ground:
    """What all sites of a kind share: open keys, and the cells that each measure watches."""

    kind: SiteKind
    open_QK: Flags
    watched: dict[str, Watched]

    @property
    def keys_Q(self) -> NDArray[np.intp]:
        """How many keys each query may look at."""
        return self.open_QK.sum(axis=1)

    @property
    def choice_Q(self) -> Flags:
        """Which queries have more than one key to look at."""
        return self.keys_Q > 1


def ground_of(trace: Trace, kind: SiteKind) -> Ground:
    """The ground of a trace's sites of a kind."""
    queries, keys = trace.queries(kind), trace.keys(kind)
    open_QK = _open(trace, kind, len(queries), len(keys))
    wanted = {key: find(queries, keys) for key, find in _CELLS[kind].items()}
    return Ground(kind, open_QK, {key: _watched(*cells, open_QK) for key, cells in wanted.items()})


def _open(trace: Trace, kind: SiteKind, queries: int, keys: int) -> Flags:
    table = trace.allowed.get(kind)
    if table is not None:
        return table
    everywhere = np.ones((queries, keys), bool)
    return np.tril(everywhere) if kind is SiteKind.DECODER else everywhere


def _watched(rows: Places, columns: Places, open_QK: Flags) -> Watched:
    """The cells that are open, in rows that have a choice."""
    keys_Q = open_QK.sum(axis=1)
    kept = open_QK[rows, columns] & (keys_Q[rows] > 1)
    rows, columns = rows[kept], columns[kept]
    return Watched(rows, columns, len(np.unique(rows)), float((1 / keys_Q[rows]).sum()))


# Cells: of queries and keys, rows and columns

Cells = tuple[Places, Places]
Tokens = Sequence[Token]


def _at(key: int) -> Callable[[Tokens, Tokens], Cells]:
    def find(queries: Tokens, keys: Tokens) -> Cells:
        rows = np.arange(len(queries))
        return rows, np.full_like(rows, key % len(keys))

    return find


def _beside(step: int) -> Callable[[Tokens, Tokens], Cells]:
    def find(queries: Tokens, keys: Tokens) -> Cells:
        rows = np.arange(len(queries))
        rows = rows[(rows + step >= 0) & (rows + step < len(keys))]
        return rows, rows + step

    return find


def _alike(queries: Tokens, keys: Tokens) -> Flags:
    """Which keys are the same token as the query; parts of a signal are none."""
    ids_Q, ids_K = (np.array([token.id for token in side], int) for side in (queries, keys))
    return (ids_Q[:, None] == ids_K) & (ids_Q[:, None] >= 0)


def _duplicates(queries: Tokens, keys: Tokens) -> Cells:
    alike_QK = _alike(queries, keys)
    np.fill_diagonal(alike_QK, False)
    rows, columns = alike_QK.nonzero()
    return rows, columns


def _after_duplicates(queries: Tokens, keys: Tokens) -> Cells:
    """The token after an earlier occurrence; where that is the query itself, it says nothing."""
    rows, columns = np.tril(_alike(queries, keys), -2).nonzero()
    return rows, columns + 1


def _in_step(*, backwards: bool) -> Callable[[Tokens, Tokens], Cells]:
    """Words of the target, by the query that decides each, beside words of the source."""

    def find(queries: Tokens, keys: Tokens) -> Cells:
        rows = np.array([q for q, token in enumerate(queries[1:]) if not token.special], int)
        columns = np.array([k for k, token in enumerate(keys) if not token.special], int)
        if len(rows) < 2 or len(columns) < 2:
            return np.zeros(0, int), np.zeros(0, int)
        down, across = (np.linspace(0, 1, len(places)) for places in (rows, columns))
        nearest = 0.5 * max(down[1], across[1]) + 1e-9
        line = across[::-1] if backwards else across
        i, j = (abs(down[:, None] - line) <= nearest).nonzero()
        return rows[i], columns[j]

    return find


_SELF = {
    "first": _at(0), "previous": _beside(-1), "same": _beside(0),
    "duplicate": _duplicates, "induction": _after_duplicates,
}  # fmt: skip
_CELLS: dict[SiteKind, dict[str, Callable[[Tokens, Tokens], Cells]]] = {
    SiteKind.DECODER: _SELF,
    SiteKind.ENCODER: {**_SELF, "next": _beside(1), "last": _at(-1)},
    SiteKind.CROSS: {
        "first": _at(0), "last": _at(-1),
        "diagonal": _in_step(backwards=False), "antidiagonal": _in_step(backwards=True),
    },
}  # fmt: skip

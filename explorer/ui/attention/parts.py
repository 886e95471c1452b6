"""Parts of maps as they are shown, made when they are looked at; knows no Qt.

Axes: Q query position, K key position, of the tokens or words that are shown.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats, MadeWeights
from explorer.messages.results import Site, SiteKind, Trace
from explorer.messages.shown import Axis, Shown, joined
from explorer.ui.widgets.head_selection import Head, HeadSelection

ALL = slice(None)
_ROWS = 256
"""Rows that are made at a time where whole rows are needed and few columns are kept."""


def part(
    shown: Shown, site: Site, head: int, rows: slice = ALL, columns: slice = ALL
) -> Floats:  # fmt: skip
    """Q×K weights of some rows and columns as `shown.weights` has them, without the whole map."""
    if not isinstance(shown.trace.weights[site], MadeWeights):
        return shown.weights(site, head)[rows, columns]
    found = _made(shown, shown.trace, site, head, rows, columns)
    if shown.other is not None:
        found = found - _made(shown, shown.other, site, head, rows, columns)
    return found


def _made(shown: Shown, trace: Trace, site: Site, head: int, rows: slice, columns: slice) -> Floats:
    queries, keys = shown.axes(site.kind)
    first, past, _ = rows.indices(len(queries.groups))
    if shown.reading.hide_special and shown.reading.renormalise and columns != ALL:
        bands = [
            _made(shown, trace, site, head, slice(a, min(a + _ROWS, past)), ALL)[:, columns]
            for a in range(first, past, _ROWS)
        ]
        return np.concatenate(bands) if bands else np.zeros((0, 0), np.float32)
    renormalise = shown.reading.hide_special and shown.reading.renormalise
    if queries.plain and keys.plain and not renormalise:
        return trace.heads[site].block(head, rows, columns)
    own_rows, row_axis = _cut(queries, rows)
    own_columns, column_axis = _cut(keys, columns)
    block_QK = trace.heads[site].block(head, own_rows, own_columns)
    return joined(block_QK, row_axis, column_axis, renormalise=renormalise)


def _cut(axis: Axis, part: slice) -> tuple[slice, Axis]:
    """The tokens of the trace under a part of an axis, and the axis of that part alone."""
    groups, tokens = axis.groups[part], axis.tokens[part]
    if not groups:
        return slice(0, 0), Axis((), (), 0)
    start, end = groups[0][0], groups[-1][1]
    cut = tuple((a - start, b - start) for a, b in groups)
    return slice(start, end), Axis(tokens, cut, end - start)


def mean_row(shown: Shown, heads: Sequence[Head], query: int) -> Floats:
    """K: what a query pays to each key, on average over heads."""
    one = slice(query, query + 1)
    return _mean([part(shown, *head, one, ALL)[0] for head in heads])


def mean_column(shown: Shown, heads: Sequence[Head], key: int) -> Floats:
    """Q: what each query pays to a key, on average over heads."""
    one = slice(key, key + 1)
    return _mean([part(shown, *head, ALL, one)[:, 0] for head in heads])


def _mean(many: list[Floats]) -> Floats:
    return np.stack(many).mean(axis=0)


def open_keys(shown: Shown, kind: SiteKind, query: int) -> NDArray[np.bool_] | None:
    """K: which keys a query may look at; None: all."""
    table = shown.trace.allowed.get(kind)
    if table is None:
        return None
    queries, keys = shown.axes(kind)
    start, end = queries.groups[query]
    return _any_of(np.logical_or.reduce(table[start:end], axis=0), keys)


def open_queries(shown: Shown, kind: SiteKind, key: int) -> NDArray[np.bool_] | None:
    """Q: which queries may look at a key; None: all."""
    table = shown.trace.allowed.get(kind)
    if table is None:
        return None
    queries, keys = shown.axes(kind)
    start, end = keys.groups[key]
    return _any_of(np.logical_or.reduce(table[:, start:end], axis=1), queries)


def _any_of(open_L: NDArray[np.bool_], axis: Axis) -> NDArray[np.bool_]:
    counted = np.concatenate([[0], np.cumsum(open_L)])
    groups = np.array(axis.groups, np.intp).reshape(-1, 2)
    return counted[groups[:, 1]] > counted[groups[:, 0]]


def heads_here(selection: HeadSelection, shown: Shown | None) -> tuple[tuple[Head, ...], int]:
    """The heads to show over the axes of the chosen one, and how many pinned ones have others."""
    site = selection.site
    if shown is None or site is None or site not in shown.trace.weights:
        return (), 0
    there = [
        (s, h) for s, h in selection.heads
        if s in shown.trace.weights and h < shown.trace.weights[s].shape[0]
    ]  # fmt: skip
    here = tuple(one for one in there if one[0].kind is site.kind)
    if not here and selection.head < shown.trace.weights[site].shape[0]:
        return ((site, selection.head),), len(there)
    return here, len(there) - len(here)

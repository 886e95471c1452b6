"""Which lines to draw between the tokens in sight; knows no Qt.

Axes: N line, Q query position, K key position.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats, MadeWeights
from explorer.messages.results import SiteKind
from explorer.messages.shown import Shown
from explorer.ui.attention import parts
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import Head, Side

MOST = 2500
"""Lines that are drawn at a time; of more, the strongest."""
_SAID = 4
Places = NDArray[np.intp]
_Found = tuple[tuple[Places, Places, Places], Floats]


@dataclass(frozen=True, slots=True)
class Focus:
    """The token whose lines alone are shown."""

    side: Side
    index: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines by falling weight: where they begin and end, which of the heads, how strong.

    `possible` counts the weights from which they were taken, `reached` those at or above the
    threshold, `hidden` is the share of the attention (of its size, for differences) below it.
    """

    query_N: Places
    key_N: Places
    head_N: Places
    weight_N: Floats
    possible: int
    reached: int
    hidden: float

    @property
    def left_out(self) -> int:
        """Lines that reach the threshold and are too many to draw."""
        return self.reached - len(self.weight_N)


def find(
    shown: Shown, heads: Sequence[Head], threshold: float, rows: slice, columns: slice,
    focus: Focus | None = None, most: int = MOST,
) -> Lines:  # fmt: skip
    """Lines that begin in `rows` or end in `columns`; with a focus, those of its token alone.

    Of weights that are made when looked at, lines that only end in sight are left out.
    """
    found: list[_Found] = []
    possible, total, lost = 0, 0.0, 0.0
    for number, (site, head) in enumerate(heads):
        for row, column in _windows(shown, (site, head), rows, columns, focus):
            block_QK = parts.part(shown, site, head, row, column)
            size_QK = np.abs(block_QK)
            hits = (size_QK >= threshold) & (size_QK > 0)
            query_N, key_N = np.nonzero(hits)
            weight_N = block_QK[hits]
            possible += block_QK.size
            total += float(np.nansum(size_QK))
            lost += float(np.nansum(size_QK, where=~hits))
            head_N = np.full(len(query_N), number)
            ends = query_N + (row.start or 0), key_N + (column.start or 0), head_N
            found.append((ends, weight_N))
    hidden = lost / total if total else 0.0
    return _strongest(found, most, possible, hidden)


def _windows(
    shown: Shown, head: Head, rows: slice, columns: slice, focus: Focus | None
) -> list[tuple[slice, slice]]:
    """The parts of a map to look through, which do not overlap."""
    queries = len(shown.queries(head[0].kind))
    if focus is not None:
        one = slice(focus.index, focus.index + 1)
        return [(one, parts.ALL) if focus.side == "query" else (parts.ALL, one)]
    if isinstance(shown.trace.weights[head[0]], MadeWeights):  # Whole columns would take long.
        return [(rows, parts.ALL)]
    above, below = slice(0, rows.start), slice(rows.stop, queries)
    around = [(part, columns) for part in (above, below) if part.stop > part.start]
    return [(rows, parts.ALL), *around]


def _strongest(found: list[_Found], most: int, possible: int, hidden: float) -> Lines:
    if not found:
        none = np.zeros(0, np.intp)
        return Lines(none, none, none, np.zeros(0, np.float32), 0, 0, 0.0)
    query_N, key_N, head_N = (np.concatenate([ends[i] for ends, _ in found]) for i in range(3))
    weight_N = np.concatenate([weights for _, weights in found])
    size_N = np.abs(weight_N)
    kept = np.arange(len(size_N))
    if len(kept) > most:  # Sorting them all would take long.
        kept = np.sort(np.argpartition(-size_N, most)[:most])
    order = kept[np.argsort(-size_N[kept], kind="stable")]
    return Lines(
        query_N[order], key_N[order], head_N[order], weight_N[order],
        possible, len(weight_N), hidden,
    )  # fmt: skip


def peaks(shown: Shown, heads: Sequence[Head], lines: Lines, range_: str) -> Floats:
    """For each line the weight that is drawn strongest: 1, its map's largest or its row's."""
    if range_ == "fixed":
        return np.ones(len(lines.weight_N), np.float32)
    found_N = np.ones(len(lines.weight_N), np.float32)
    for number, (site, head) in enumerate(heads):
        mine = lines.head_N == number
        weights = shown.trace.weights[site]
        if isinstance(weights, MadeWeights):  # Whole rows of these are not at hand.
            found_N[mine] = np.abs(lines.weight_N[mine]).max(initial=0.0)
            continue
        size_QK = np.abs(shown.weights(site, head))
        if range_ == "row":
            found_N[mine] = size_QK.max(axis=1, initial=0.0)[lines.query_N[mine]]
        else:
            found_N[mine] = size_QK.max(initial=0.0)
    return np.where(found_N > 0, found_N, 1).astype(np.float32)


def said(lines: Lines, *, in_sight: bool, signed: bool) -> str:
    """How many lines there are and what the threshold hides, in words."""
    where = " in sight" if in_sight else ""
    hidden = f"{_share(lines.hidden)} {'difference' if signed else 'attention'} is hidden"
    text = f"{lines.reached:,} of {lines.possible:,} lines{where}; {hidden}"
    if lines.left_out:
        text += f"; the {len(lines.weight_N):,} strongest are drawn"
    return text


def _share(hidden: float) -> str:
    """How much, so that neither nothing nor everything is said where it is only nearly so."""
    if not 0 < hidden < 1:
        return "all" if hidden else "no"
    if not 0.01 <= hidden < 0.99:
        return "less than 1% of the" if hidden < 0.5 else "more than 99% of the"
    return f"{100 * hidden:.0f}% of the"


def reading(shown: Shown, kind: SiteKind, focus: Focus, lines: Lines) -> str:
    """A token and the strongest of its lines, in words."""
    from_query = focus.side == "query"
    mine, its = (shown.queries, shown.keys) if from_query else (shown.keys, shown.queries)
    others = (lines.key_N if from_query else lines.query_N)[:_SAID].tolist()
    strongest = [
        f"{words.quoted(its(kind)[other])} {words.signed_number(weight, signed=shown.signed)}"
        for other, weight in zip(others, lines.weight_N[:_SAID].tolist(), strict=True)
    ]
    verb = "looks at" if from_query else "is looked at by"
    rest = ", ".join(strongest) or "nothing above the threshold"
    return f"{words.quoted(mine(kind)[focus.index])} {verb} {rest}"

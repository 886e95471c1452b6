"""A trace as a person asked to see it: sub-words joined, special tokens hidden, two compared.

Nothing here happens unless it was asked for, and `note` says on screen what was done.

Axes: Q query position, K key position, of the tokens or words that are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from explorer.messages.heads import Floats
from explorer.messages.results import Site, SiteKind, Token, Trace

Group = tuple[int, int]
"""First token and the one after the last of what is shown as one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How tokens are shown; as they are, if nothing else is asked for.

    `renormalise` makes the rows add up to 1 again where hidden tokens took a share.
    """

    words: bool = False
    hide_special: bool = False
    renormalise: bool = False


AS_IT_IS = Reading()


@dataclass(frozen=True, slots=True)
class Axis:
    """The tokens or words along one side of a map, and which tokens each stands for."""

    tokens: tuple[Token, ...]
    groups: tuple[Group, ...]
    length: int
    """Tokens of the trace, those left out included."""

    @property
    def plain(self) -> bool:
        """Whether every token stands for itself, and none is left out."""
        return len(self.groups) == self.length


def axis_of(tokens: Sequence[Token], reading: Reading) -> Axis:
    """What is shown of these tokens."""
    groups: list[Group] = []
    for place, token in enumerate(tokens):
        if token.special and reading.hide_special:
            continue
        start, end = groups[-1] if groups else (0, -1)
        goes_on = reading.words and token.word is not None and end == place
        if goes_on and tokens[start].word == token.word:
            groups[-1] = (start, place + 1)
        else:
            groups.append((place, place + 1))
    return Axis(tuple(_word(tokens[a:b]) for a, b in groups), tuple(groups), len(tokens))


def _word(parts: Sequence[Token]) -> Token:
    if len(parts) == 1:
        return parts[0]
    text, piece = ("".join(getattr(part, name) for part in parts) for name in ("text", "piece"))
    unknown = any(part.unknown for part in parts)
    return replace(parts[0], text=text, piece=piece, end=parts[-1].end, unknown=unknown)


def joined(weights_QK: Floats, queries: Axis, keys: Axis, *, renormalise: bool) -> Floats:
    """The map over groups: the sum over a group's keys, the mean over its queries."""
    if not queries.plain:
        rows = [weights_QK[start:end].mean(axis=0) for start, end in queries.groups]
        weights_QK = np.stack(rows) if rows else weights_QK[:0]
    if not keys.plain:
        columns = [weights_QK[:, start:end].sum(axis=1) for start, end in keys.groups]
        weights_QK = np.stack(columns, axis=1) if columns else weights_QK[:, :0]
    if renormalise:
        total_Q1 = weights_QK.sum(axis=1, keepdims=True)
        weights_QK = np.divide(weights_QK, total_Q1, where=total_Q1 > 0, out=weights_QK.copy())
    return weights_QK


@dataclass(slots=True)
class Shown:
    """A trace with its reading, and another one that it is compared with.

    With `other`, `weights` are this trace's minus the other's, from −1 to 1 (`signed`); both need
    the same axes (`comparable`). `beside` is a trace that stands next to this one, of any axes.
    """

    trace: Trace
    reading: Reading = AS_IT_IS
    other: Trace | None = None
    beside: Trace | None = None
    _axes: dict[SiteKind, tuple[Axis, Axis]] = field(default_factory=dict)
    _maps: dict[tuple[Site, int], Floats] = field(default_factory=dict)

    @property
    def signed(self) -> bool:
        """Whether weights are differences."""
        return self.other is not None

    def axes(self, kind: SiteKind) -> tuple[Axis, Axis]:
        """Queries and keys of the sites of a kind."""
        if kind not in self._axes:
            self._axes[kind] = (
                axis_of(self.trace.queries(kind), self.reading),
                axis_of(self.trace.keys(kind), self.reading),
            )
        return self._axes[kind]

    def queries(self, kind: SiteKind) -> tuple[Token, ...]:
        """The tokens or words on the rows of a site of this kind."""
        return self.axes(kind)[0].tokens

    def keys(self, kind: SiteKind) -> tuple[Token, ...]:
        """The tokens or words on its columns."""
        return self.axes(kind)[1].tokens

    def weights(self, site: Site, head: int) -> Floats:
        """Q×K: the map of one head as it is shown; must not be written to."""
        found = self._maps.get((site, head))
        if found is None:
            found = self._joined(self.trace, site, head)
            if self.other is not None:
                found = found - self._joined(self.other, site, head)
            if found.size <= _KEPT:
                self._maps[site, head] = found
        return found

    def _joined(self, trace: Trace, site: Site, head: int) -> Floats:
        queries, keys = self.axes(site.kind)
        renormalise = self.reading.hide_special and self.reading.renormalise
        return joined(trace.weights[site][head], queries, keys, renormalise=renormalise)

    def allowed(self, kind: SiteKind) -> NDArray[np.bool_] | None:
        """Q×K: where a query may look at any of what a column stands for; None: anywhere."""
        table = self.trace.allowed.get(kind)
        if table is None:
            return None
        queries, keys = self.axes(kind)
        if queries.plain and keys.plain:
            return table
        rows = [table[start:end].any(axis=0) for start, end in queries.groups]
        columns = [np.stack(rows)[:, start:end].any(axis=1) for start, end in keys.groups]
        return np.stack(columns, axis=1)

    def place(self, kind: SiteKind, query: int, key: int) -> tuple[int, int]:
        """The tokens of the trace at which a shown row and column begin."""
        queries, keys = self.axes(kind)
        return queries.groups[query][0], keys.groups[key][0]

    @property
    def note(self) -> str:
        """What was done to the weights, for the screen; empty when they are the model's own."""
        said: list[str] = []
        if self.reading.words:
            said.append("Sub-words joined: sum over keys, mean over queries")
        if self.reading.hide_special:
            shares = "rows renormalised" if self.reading.renormalise else "rows not renormalised"
            said.append(f"special tokens hidden, {shares}")
        if self.other is not None:
            said.append(f"difference to {self.other.model}, step {self.other.step:,}")
        return "; ".join(said)


_KEPT = 1 << 20
"""Weights of a map up to which what was joined is kept."""


def comparable(one: Trace, other: Trace) -> str:
    """Why two traces cannot be subtracted; empty when they can: same sites, heads and lengths."""
    if list(one.weights) != list(other.weights):
        return "The two models have other layers"
    if any(one.weights[site].shape != other.weights[site].shape for site in one.weights):
        return "The two have other numbers of heads or tokens"
    return ""

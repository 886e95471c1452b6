"""Which heads of what is shown are written, and whether that is more than a file should hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.messages.results import Floats, Site, SiteKind, Token
from explorer.messages.shown import Shown, axis_of

Head = tuple[Site, int]
MOST_BYTES = 1_000_000_000
"""The largest file that is written without a smaller choice."""


class TooMuchError(ValueError):
    """The file would be gigabytes; the message says what to choose instead."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some heads of what is shown, in the order of their sites."""

    shown: Shown
    heads: tuple[Head, ...]

    @property
    def sites(self) -> dict[Site, list[int]]:
        """The chosen heads of each site."""
        found: dict[Site, list[int]] = {}
        for site, head in self.heads:
            found.setdefault(site, []).append(head)
        return found

    @property
    def source(self) -> tuple[Token, ...]:
        """The source's tokens or words as they are shown."""
        return axis_of(self.shown.trace.source, self.shown.reading).tokens

    @property
    def target(self) -> tuple[Token, ...]:
        """The target's tokens or words as they are shown."""
        return axis_of(self.shown.trace.target, self.shown.reading).tokens

    @property
    def size(self) -> int:
        """How many weights they have together."""
        return sum(self.cells(site) for site, _ in self.heads)

    def cells(self, site: Site) -> int:
        """How many weights one head of a site has."""
        return len(self.shown.queries(site.kind)) * len(self.shown.keys(site.kind))

    def map(self, site: Site, head: int) -> Floats:
        """One head's weights as they are shown, Q×K."""
        return np.ascontiguousarray(self.shown.weights(site, head), dtype=np.float32)

    def check(self, bytes_a_weight: float) -> None:
        """Refuse what would make a file of gigabytes; raises `TooMuchError`."""
        size = self.size * bytes_a_weight
        if size <= MOST_BYTES:
            return
        advice = "Choose one head" if len(self.heads) > 1 else "Choose a shorter text"
        raise TooMuchError(
            f"The weights of {len(self.heads):,} heads would be a file of {size / 1e9:.1f} GB. "
            f"{advice}, or write NPZ, which is the smallest."
        )


def part_of(
    shown: Shown, kind: SiteKind | None = None, layer: int | None = None, head: int | None = None,
) -> Part:  # fmt: skip
    """All heads of a kind, a layer (from 0) and a number (from 0); None: of every one."""
    weights = shown.trace.weights
    chosen = [
        (site, each)
        for site in weights
        for each in range(weights[site].shape[0])
        if kind in (None, site.kind) and layer in (None, site.layer) and head in (None, each)
    ]
    return Part(shown, tuple(chosen))


def one_head(shown: Shown, site: Site, head: int) -> Part:
    """A single head."""
    return Part(shown, ((site, head),))


def piece_texts(tokens: Sequence[Token]) -> list[str]:
    """Tokens as the vocabulary has them."""
    return [token.piece for token in tokens]


def digits(weights: Floats) -> list[str]:
    """Each weight with the fewest digits that give the very same float32 again."""
    return np.asarray(weights, np.float32).ravel().astype("U").tolist()

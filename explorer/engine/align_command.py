"""Word alignment of a file of pairs by a model's cross-attention, from the command line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from explorer.inspection.alignment import (
    ErrorRate,
    Links,
    Rows,
    Way,
    averaged,
    links,
    pharaoh,
    read_gold,
    sharpness,
    ways,
    word_maps,
)
from explorer.inspection.tracing import trace
from explorer.subjects.subject import Subject

Pairs = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Aligned:
    """What each way of aligning found, a set of links a pair."""

    ways: tuple[Way, ...]
    found: list[list[Links]]
    sharp: dict[int, tuple[float, int]] = field(default_factory=dict)
    """Of each layer's average: the sum of its largest weights, and of how many words."""

    @property
    def sharpest(self) -> int:
        """The layer that is taken where nothing is known of the truth."""
        return max(
            self.sharp, key=lambda layer: self.sharp[layer][0] / max(self.sharp[layer][1], 1)
        )

    def chosen(self, layer: int, head: int, *, average: bool) -> int:
        """Where the way stands that a person asked for; layers and heads count from 1, 0: none.

        Raises `ValueError` where there is no such layer or head.
        """
        if average:
            return self.index(None, None)
        if head and not layer:
            raise ValueError("--head needs --layer: say which layer's head.")
        return self.index(layer - 1 if layer else self.sharpest, head - 1 if head else None)

    def lines(self, way: int) -> Iterator[str]:
        """The links of each pair as a line."""
        return (pharaoh(found[way]) for found in self.found)

    def index(self, layer: int | None, head: int | None) -> int:
        """Where a way stands; raises `ValueError` where there is none."""
        for place, way in enumerate(self.ways):
            if (way.layer, way.head) == (layer, head):
                return place
        raise ValueError("There is no such layer or head.")


def align(
    subject: Subject, pairs: Pairs, rows: Rows, *, moved: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> Aligned:  # fmt: skip
    """Read the alignment of every pair off each head and average."""
    made: Aligned | None = None
    for number, (source, target) in enumerate(pairs):
        read, written = subject.source(source), subject.target(target)
        seen = trace(subject, read, written, source, target, own_target=False)
        maps = word_maps(seen, rows, moved=moved)
        if made is None:
            layers, heads = (max(place) + 1 for place in zip(*maps, strict=True))
            made = Aligned(tuple(ways(layers, heads)), [])
        found: list[Links] = []
        for way in made.ways:
            map_TS = averaged(maps, way)
            found.append(links(map_TS))
            if way.head is None and way.layer is not None:
                total, words = sharpness(map_TS)
                before = made.sharp.get(way.layer, (0.0, 0))
                made.sharp[way.layer] = (before[0] + total, before[1] + words)
        made.found.append(found)
        told(number + 1)
    if made is None:
        raise ValueError("The file holds no pairs.")
    return made


def rated(aligned: Aligned, gold: Sequence[tuple[Links, Links]]) -> list[ErrorRate]:
    """The error of each way over the corpus."""
    rates = [ErrorRate() for _ in aligned.ways]
    for found, (sure, possible) in zip(aligned.found, gold, strict=True):
        for rate, one in zip(rates, found, strict=True):
            rate.add(one, sure, possible)
    return rates


def table(aligned: Aligned, rates: Sequence[ErrorRate]) -> Iterator[str]:
    """The best head, the average, the sharpest layer and every layer, a line each."""
    yield f"{'':<38}{'error rate':>11}{'precision':>11}{'recall':>9}"
    single = [n for n, way in enumerate(aligned.ways) if way.head is not None]
    best = min(single, key=lambda n: np.nan_to_num(rates[n].rate, nan=1.0))
    sharpest = aligned.index(aligned.sharpest, None)
    for title, place in (
        (f"best head ({aligned.ways[best].name})", best),
        ("average of all heads", aligned.index(None, None)),
        (f"sharpest layer ({aligned.sharpest + 1}), without the truth", sharpest),
    ):
        yield _line(title, rates[place])
    for place, way in enumerate(aligned.ways):
        if way.head is None and way.layer is not None:
            yield _line(way.name, rates[place])


def diagonal_line(pairs: Pairs, gold: Sequence[tuple[Links, Links]]) -> str:
    """What one gets without a model: each word linked to the one at the same relative place."""
    rate = ErrorRate()
    for (source, target), (sure, possible) in zip(pairs, gold, strict=True):
        sources, targets = len(source.split()), len(target.split())
        rate.add(frozenset((t * sources // targets, t) for t in range(targets)), sure, possible)
    return _line("the diagonal, without a model", rate)


def _line(title: str, rate: ErrorRate) -> str:
    return f"{title:<38}{rate.rate:>10.1%} {rate.precision:>10.1%} {rate.recall:>8.1%}"


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Source and target of each line, with a tab between.

    Raises `ValueError`, which names the line, where there is none.
    """
    pairs: list[tuple[str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        source, tab, target = line.partition("\t")
        if not tab or not source.strip() or not target.strip():
            raise ValueError(f"{path}, line {number}: source, a tab and target are needed.")
        pairs.append((source.strip(), target.partition("\t")[0].strip()))
    return pairs


def read_truth(path: Path, count: int, *, swapped: bool) -> list[tuple[Links, Links]]:
    """A line of links for each pair; raises `ValueError`, which names the line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) != count:
        raise ValueError(f"{path} has {len(lines):,} lines for {count:,} pairs.")
    found: list[tuple[Links, Links]] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(read_gold(line, swapped=swapped))
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
    return found

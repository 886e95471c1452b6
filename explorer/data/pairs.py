"""Examples of a source and its target, and which of them are held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Pair:
    """What goes in and what should come out."""

    source: str
    target: str


class CorpusError(ValueError):
    """A corpus that cannot be used; the message says where it fails and what to do."""


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs to learn from, to watch learning with, and for the final figure."""

    train: list[Pair]
    validation: list[Pair]
    test: list[Pair]


def split_by_source(pairs: Sequence[Pair], validation: int, test: int) -> Split:
    """Hold out whole sources, so that no translation of a held-out sentence is trained on.

    Which ones is decided by a hash of the source, so the same file always splits the same way.
    Held-out lists keep the first pair of each source. At least half of the sources stay to train.
    """
    by_source: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_source.setdefault(pair.source, []).append(pair)
    if len(by_source) < 3:
        raise CorpusError(
            f"the corpus holds {len(by_source)} different sources; training needs at least 3, "
            "so that some can be held out"
        )
    order = sorted(by_source, key=_hash)
    spare = len(order) // 2
    if validation + test > spare:
        share = spare / (validation + test)
        wanted, validation = validation, int(validation * share)
        validation, test = max(int(wanted > 0), validation), int(test * share)
    held_out = [by_source[source][0] for source in order[: validation + test]]
    train = [pair for source in order[validation + test :] for pair in by_source[source]]
    return Split(train, held_out[test:], held_out[:test])


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()

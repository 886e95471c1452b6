"""Which source word belongs to which target word, read off cross-attention.

Axes: A way of aligning (a head, or an average), T target word, S source word, Q query (token),
K key (token).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.messages.heads import Floats
from explorer.messages.results import SiteKind, Token, Trace

Rows = Literal["decides", "reads"]
"""Whether a target word's look is that of the query that decides it, or of the one that reads it.

The latter knows the word already (Chen et al., 2020, “shift-AET”).
"""
Links = frozenset[tuple[int, int]]
"""Pairs of a source word and a target word, counted from 0."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Way:
    """A name for people, and the layers and heads (`None`: all) whose weights are averaged."""

    name: str
    layer: int | None = None
    head: int | None = None


def word_maps(trace: Trace, rows: Rows, *, moved: bool = False) -> Mapping[tuple[int, int], Floats]:
    """T×(S+1) for each layer and head: what target words pay to source words, and to marks.

    Sub-words are joined: sum over keys, mean over queries. Words are what stands between spaces.
    With `moved`, weights are multiplied by the length of what they move, ‖α·v·W_O‖ (Kobayashi et
    al., 2020). Raises `ValueError` for a model without cross-attention.
    """
    sites = [site for site in trace.weights if site.kind is SiteKind.CROSS]
    if not sites:
        raise ValueError("An alignment is read off cross-attention, which this model has not.")
    words_S, words_T = _WORD.findall(trace.source_text), _WORD.findall(trace.target_text)
    key_SK = _membership(trace.source, trace.source_text, len(words_S))
    marks_K = 1 - key_SK.sum(axis=0)
    query_TQ = _membership(trace.target, trace.target_text, len(words_T))
    if rows == "decides":  # The query before each token decides it.
        query_TQ = np.concatenate([query_TQ[:, 1:], np.zeros_like(query_TQ[:, :1])], axis=1)
    query_TQ /= np.maximum(query_TQ.sum(axis=1, keepdims=True), 1)
    found: dict[tuple[int, int], Floats] = {}
    for site in sites:
        for head in range(trace.weights[site].shape[0]):
            look_TK = query_TQ @ trace.weights[site][head]
            if moved:
                look_TK = look_TK * trace.heads[site].moved_HK[head]
            found[site.layer, head] = np.column_stack([look_TK @ key_SK.T, look_TK @ marks_K])
    return found


def _membership(tokens: Sequence[Token], text: str, words: int) -> Floats:
    """Words × tokens: 1 where a token is a part of a word."""
    spans = [found.span() for found in _WORD.finditer(text)]
    made = np.zeros((words, len(tokens)), np.float32)
    for place, token in enumerate(tokens):
        if token.special and token.start == token.end:
            continue
        for word, (start, end) in enumerate(spans):  # A token may begin with the space before.
            if token.start < end and start < token.end:
                made[word, place] = 1
    return made


def links(map_TS: Floats, *, least: float = 0.0) -> Links:
    """For each target word the source word that it looks at most.

    None where all words together get less than `least`; the last column is what goes to marks, such
    as the end of the sentence, on which heads rest.
    """
    words_TS = map_TS[:, :-1]
    if not words_TS.size:
        return frozenset()
    best_T, total_T = words_TS.argmax(axis=1), words_TS.sum(axis=1)
    return frozenset((int(s), t) for t, s in enumerate(best_T) if total_T[t] > max(least, 0))


def ways(layers: int, heads: int) -> Iterator[Way]:
    """All heads one by one, each layer's average, the average of all."""
    for layer in range(layers):
        for head in range(heads):
            yield Way(f"layer {layer + 1}, head {head + 1}", layer, head)
    for layer in range(layers):
        yield Way(f"layer {layer + 1}, all heads", layer)
    yield Way("all layers, all heads")


def averaged(maps: Mapping[tuple[int, int], Floats], way: Way) -> Floats:
    """The map of a way: the mean of its heads."""
    chosen = [
        found
        for (layer, head), found in maps.items()
        if way.layer in (None, layer) and way.head in (None, head)
    ]
    return np.mean(chosen, axis=0)


def sharpness(map_TS: Floats) -> tuple[float, int]:
    """Sum of the target words' largest weights on a word, and how many words there are.

    The layer whose average is sharpest over a corpus is taken where nothing is known of the truth.
    """
    words_TS = map_TS[:, :-1]
    return (float(words_TS.max(axis=1).sum()) if words_TS.size else 0.0), len(words_TS)


def pharaoh(found: Links) -> str:
    """A line such as `0-0 1-2`, source before target."""
    return " ".join(f"{source}-{target}" for source, target in sorted(found))


def read_gold(line: str, *, swapped: bool = False) -> tuple[Links, Links]:
    """Sure and possible links of a line: `i-j` is sure, `ipj` possible; every sure one is both.

    With `swapped` the target stands first. Raises `ValueError` for anything else.
    """
    sure: set[tuple[int, int]] = set()
    possible: set[tuple[int, int]] = set()
    for item in line.split():
        read = re.fullmatch(r"(\d+)([-p])(\d+)", item)
        if read is None:
            raise ValueError(f"“{item}” is no link: write 3-4 for a sure one, 3p4 for a possible")
        first, second = int(read[1]), int(read[3])
        link = (second, first) if swapped else (first, second)
        possible.add(link)
        if read[2] == "-":
            sure.add(link)
    return frozenset(sure), frozenset(possible)


@dataclass(slots=True)
class ErrorRate:
    """Alignment error rate over a corpus, 1 − (|A∩S| + |A∩P|) / (|A| + |S|) (Och and Ney, 2003)."""

    right_sure: int = 0
    right_possible: int = 0
    found: int = 0
    sure: int = 0

    def add(self, found: Links, sure: Links, possible: Links) -> None:
        """Count one sentence."""
        self.right_sure += len(found & sure)
        self.right_possible += len(found & possible)
        self.found += len(found)
        self.sure += len(sure)

    @property
    def rate(self) -> float:
        """From 0 (perfect) to 1; NaN where there is nothing to compare."""
        whole = self.found + self.sure
        right = self.right_sure + self.right_possible
        return 1 - right / whole if whole else float("nan")

    @property
    def precision(self) -> float:
        """Share of the found links that are possible."""
        return self.right_possible / self.found if self.found else float("nan")

    @property
    def recall(self) -> float:
        """Share of the sure links that were found."""
        return self.right_sure / self.sure if self.sure else float("nan")

"""Baselines for tokens that follow each other: unigram, n-gram, and copying the source."""

from collections.abc import Sequence

import numpy as np

from explorer.training.baselines.grams import Counts, Ids
from explorer.training.baselines.material import Material, Row
from explorer.training.baselines.ngram import NGram, choose_order
from explorer.training.baselines.scores import Scores, scores

LONGEST = 8
"""Tokens of the longest grams that are tried."""
KEPT = 0.1
"""Share of the training data, from its end, on which the order is chosen."""


def unigram(material: Material) -> Scores:
    """Every token in its share of the training data, whatever stands around it."""
    counts = _counts(material.ended, material.ended.train.targets)
    return NGram(counts, 1).score(material.ended.held_out.targets, material.skip)


def ngram(material: Material) -> tuple[int, Scores]:
    """The order that did best on kept-back training data, and its scores on the held-out tokens."""
    ended = material.ended
    learned, kept = _parted(ended.train.targets)
    order = choose_order(_counts(ended, learned), kept, LONGEST)
    whole = NGram(_counts(ended, ended.train.targets), order)
    return order, whole.score(ended.held_out.targets, ended.skip)


def _counts(material: Material, rows: Sequence[Ids]) -> Counts:
    return Counts(rows, material.vocabulary, lead=material.form != "text")


def _parted(rows: Sequence[Ids]) -> tuple[Sequence[Ids], Sequence[Ids]]:
    """Most of the rows and the last ones; a single row is cut."""
    if len(rows) == 1:
        cut = int(len(rows[0]) * (1 - KEPT))
        return [rows[0][:cut]], [rows[0][cut:]]
    cut = max(1, int(len(rows) * (1 - KEPT)))
    return rows[:cut], rows[cut:]


def copied(material: Material) -> Scores:
    """The source's token at the same place, and the end where the source ends; no probabilities."""
    ended = material.ended
    pairs = zip(material.held_out.sources, ended.held_out.targets, strict=True)
    end = [] if material.end is None else [material.end]
    right = [_same(np.append(source, end), target) for source, target in pairs]
    return scores(np.empty(0), np.concatenate(right))


def _same(copy: Row, target: Row) -> Row:
    padded = np.full(len(target), -1)
    padded[: len(copy)] = copy[: len(target)]
    return padded == target

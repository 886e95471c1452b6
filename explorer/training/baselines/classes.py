"""Baselines for one answer: the most frequent one, and a logistic regression without order."""

from collections.abc import Sequence

import numpy as np

from explorer.training.baselines.material import Material, Row
from explorer.training.baselines.scores import Scores, scores

SMOOTHING = 1.0
_ROUNDS = 300


def majority(material: Material) -> Scores:
    """Every answer in its share of the training data; the most frequent one is the guess."""
    counts = np.full(material.vocabulary, SMOOTHING)
    np.add.at(counts, _answers(material.train.targets), 1)
    true = _answers(material.held_out.targets)
    p = counts / counts.sum()
    return scores(p[true], counts.argmax() == true, _ends(material))


def regression(material: Material) -> Scores | None:
    """Softmax regression on how often each token occurs, or on the numbers of a picture.

    None where sources of different sizes cannot be laid side by side, or all answers are alike.
    """
    from scipy.sparse import csr_matrix, vstack
    from sklearn.linear_model import LogisticRegression

    sources = [*material.train.sources, *material.held_out.sources]
    size = len(material.train)
    true = _answers(material.train.targets)
    if len(np.unique(true)) < 2:
        return None
    if sources[0].ndim > 1:
        if len({row.shape for row in sources}) > 1:
            return None
        table = np.stack([row.ravel() for row in sources])
    else:
        words = 1 + max(int(row.max(initial=0)) for row in sources)
        table = vstack([_bag(row, words, csr_matrix) for row in sources]).tocsr()
    model = LogisticRegression(max_iter=_ROUNDS).fit(table[:size], true)
    return _measured(model.predict_proba(table[size:]), model.classes_, material)


def _bag(row: Row, words: int, matrix: type) -> object:
    found, counts = np.unique(row, return_counts=True)
    return matrix((counts.astype(float), (np.zeros_like(found), found)), shape=(1, words))


def _measured(p: Row, classes: Row, material: Material) -> Scores:
    true = _answers(material.held_out.targets)
    at = np.searchsorted(classes, true).clip(max=len(classes) - 1)
    known = classes[at] == true
    chosen = np.where(known, p[np.arange(len(true)), at], 0.0)
    return scores(chosen, classes[p.argmax(1)] == true, _ends(material))


def _answers(targets: Sequence[Row]) -> Row:
    return np.array([row[0] for row in targets])


def _ends(material: Material) -> int:
    """End tokens that are due: after a single answer they cannot be missed."""
    return 0 if material.end is None else len(material.held_out)

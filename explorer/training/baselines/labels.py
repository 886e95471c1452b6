"""Baselines for a label for each word: the word's usual label, a hidden Markov model, a CRF.

The hidden Markov model is hmmlearn's, with probabilities counted from the labelled words; the
conditional random field is CRFsuite's (Lafferty, McCallum and Pereira, 2001).
"""

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.training.baselines.material import Examples, Material, Row
from explorer.training.baselines.scores import Scores, scores

Floats = NDArray[np.float64]
SMOOTHING = 0.1
"""Added to every count (Lidstone), so that nothing is impossible."""
ITERATIONS = 100
MOST_WORK = 2_000_000
"""Tokens times labels that a random field learns from: some seconds."""


def aligned(examples: Examples) -> Examples:
    """The examples that have a label for each word."""
    pairs = zip(examples.sources, examples.targets, strict=True)
    kept = [(s, t) for s, t in pairs if len(s) == len(t) > 0 and s.ndim == 1]
    return Examples([s for s, _ in kept], [t for _, t in kept])


def bounded(material: Material) -> Material:
    """As much of the training data as a random field can take in."""
    labels = len(np.unique(np.concatenate(material.train.targets)))
    ends = np.cumsum([len(row) for row in material.train.targets])
    most = max(1, int(np.searchsorted(ends, MOST_WORK / labels, "right")))
    train = Examples(material.train.sources[:most], material.train.targets[:most])
    return dataclasses.replace(material, train=train)


class _Labelled:
    """Words and labels numbered from 0 without gaps, laid out one row after the other."""

    def __init__(self, material: Material) -> None:
        train, held_out = material.train, material.held_out
        self.labels = np.unique(np.concatenate([*train.targets, *held_out.targets]))
        self.words = np.unique(np.concatenate([*train.sources, *held_out.sources]))
        self.x, self.y = self._flat(train)
        self.held_x, self.held_y = self._flat(held_out)
        self.starts = np.cumsum([0, *map(len, train.targets)])[:-1]
        self.lengths = np.array([len(row) for row in held_out.targets])

    def _flat(self, examples: Examples) -> tuple[Row, Row]:
        x = np.searchsorted(self.words, np.concatenate(examples.sources))
        return x, np.searchsorted(self.labels, np.concatenate(examples.targets))

    def emissions(self) -> Floats:
        """How often each label stands with each word, smoothed."""
        return _counted((len(self.labels), len(self.words)), self.y, self.x)


def _counted(shape: tuple[int, int], rows: Row, columns: Row) -> Floats:
    table = np.full(shape, SMOOTHING)
    np.add.at(table, (rows, columns), 1)
    return table


def usual_label(material: Material) -> Scores:
    """Each word gets the labels that it had in training, in their shares."""
    data = _Labelled(material)
    given_word = data.emissions() / data.emissions().sum(0)
    at = given_word[:, data.held_x]
    return scores(
        at[data.held_y, np.arange(len(data.held_y))], at.argmax(0) == data.held_y, _ends(material)
    )


def hidden_markov(material: Material) -> Scores:
    """Labels follow each other and words follow labels, each by counted probabilities."""
    from hmmlearn.hmm import CategoricalHMM

    data = _Labelled(material)
    size = len(data.labels)
    inner = np.setdiff1d(np.arange(1, len(data.y)), data.starts)
    steps = _counted((size, size), data.y[inner - 1], data.y[inner])
    first = _counted((1, size), np.zeros_like(data.starts), data.y[data.starts])[0]
    emissions = data.emissions()
    model = CategoricalHMM(n_components=size, init_params="", params="")
    model.n_features = len(data.words)
    model.startprob_ = first / first.sum()
    model.transmat_ = steps / steps.sum(1, keepdims=True)
    model.emissionprob_ = emissions / emissions.sum(1, keepdims=True)
    x = data.held_x[:, None]
    right = model.predict(x, data.lengths) == data.held_y
    if not material.joint:
        posterior = model.predict_proba(x, data.lengths)
        return scores(posterior[np.arange(len(x)), data.held_y], right)
    joint = _joint(model, data) - model.score(x, data.lengths)
    total = len(x) + _ends(material)
    return Scores(-joint / total, (float(right.sum()) + _ends(material)) / total)


def _joint(model: object, data: _Labelled) -> float:
    """Log probability of the held-out words together with their labels."""
    starts, steps, emissions = (
        np.log(getattr(model, name)) for name in ("startprob_", "transmat_", "emissionprob_")
    )
    y = data.held_y
    begins = np.cumsum([0, *data.lengths])[:-1]
    inner = np.setdiff1d(np.arange(1, len(y)), begins)
    return float(
        starts[y[begins]].sum() + steps[y[inner - 1], y[inner]].sum()
        + emissions[y, data.held_x].sum()
    )  # fmt: skip


def random_field(material: Material) -> Scores:
    """Labels weigh their neighbours and the words two places to either side."""
    from pycrfsuite import Tagger, Trainer  # type: ignore[attr-defined]

    trainer = Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({
        "c1": 0.0, "c2": 0.01, "max_iterations": ITERATIONS, "feature.possible_transitions": True,
    })  # fmt: skip
    for source, target in zip(material.train.sources, material.train.targets, strict=True):
        trainer.append(_features(source), [str(label) for label in target])
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "field.crfsuite")
        trainer.train(path)
        tagger = Tagger()
        tagger.open(path)
        found = [_tagged(tagger, s, t, material.joint) for s, t in _pairs(material.held_out)]
        tagger.close()
    nats, right = (sum(part) for part in zip(*found, strict=True))
    total = sum(len(row) for row in material.held_out.targets) + _ends(material)
    loss = nats / total if np.isfinite(nats) else None
    return Scores(loss, (right + _ends(material)) / total)


def _pairs(examples: Examples) -> Sequence[tuple[Row, Row]]:
    return list(zip(examples.sources, examples.targets, strict=True))


def _tagged(tagger: object, source: Row, target: Row, joint: bool) -> tuple[float, int]:
    """Nats of the true labels, and how many the best labelling has right."""
    tag, mark = tagger.tag, tagger.marginal  # type: ignore[attr-defined]
    found, true = tag(_features(source)), [str(label) for label in target]
    right = sum(a == b for a, b in zip(found, true, strict=True))
    known = set(tagger.labels())  # type: ignore[attr-defined]
    if not known.issuperset(true):
        return float("inf"), right
    if joint:
        p = [tagger.probability(true)]  # type: ignore[attr-defined]
    else:
        p = [mark(label, place) for place, label in enumerate(true)]
    with np.errstate(divide="ignore"):
        return float(-np.log(p).sum()), right


def _features(source: Row) -> list[list[str]]:
    words = ["<", "<", *map(str, source), ">", ">"]
    return [
        [
            "b", f"0{words[i]}", f"-{words[i - 1]}", f"+{words[i + 1]}", f"={words[i - 2]}",
            f"#{words[i + 2]}", f"<{words[i - 1]}|{words[i]}", f">{words[i]}|{words[i + 1]}",
        ]
        for i in range(2, len(words) - 2)
    ]  # fmt: skip


def _ends(material: Material) -> int:
    """End tokens that are due: with a label for each word they cannot be missed."""
    return 0 if material.end is None else len(material.held_out)

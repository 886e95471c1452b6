"""Which baselines a task has, and what they reach."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

import numpy as np

from explorer.messages.results import Baseline
from explorer.training.baselines import classes, labels, text
from explorer.training.baselines.material import Material
from explorer.training.baselines.scores import Scores

MISSING = (
    "Some baselines need libraries that are not installed; get them with "
    "pip install attention-explorer[baselines]"
)


def uniform(vocabulary: int) -> Baseline:
    """Every token of the vocabulary equally likely: ln V nats, known before anything is counted."""
    detail = f"Each of the {vocabulary:,} tokens is equally likely: ln {vocabulary:,}."
    return Baseline("uniform", "uniform", math.log(vocabulary), 1 / vocabulary, detail)


def find_baselines(material: Material) -> Iterator[Baseline]:
    """The baselines that fit the form of the task, the quick ones first."""
    yield uniform(material.vocabulary)
    match material.form:
        case "text" | "sequence":
            yield from _of_text(material)
        case "aligned":
            yield from _of_labels(material)
        case "class":
            yield from _of_classes(material)


def _of_text(material: Material) -> Iterator[Baseline]:
    detail = f"How often each token occurs, whatever stands around it, in {material.sample}."
    yield _named("unigram", "unigram", text.unigram(material), detail)
    if material.form == "text" and not material.skip:
        return  # Tokens that an encoder guesses have no beginning and no order.
    order, found = text.ngram(material)
    before = "token before decides" if order == 2 else f"{order - 1} tokens before decide"
    detail = (
        f"The {before} the next one: interpolated n-gram with modified Kneser–Ney smoothing, "
        f"counted in {material.sample}; the order did best on a tenth of it that was kept back."
    )
    if order > 1:  # Else it is the unigram again.
        yield _named("n-gram", f"{order}-gram", found, detail)
    if material.form == "sequence" and material.same_words and material.held_out.sources[0].ndim:
        detail = "Says the source again, token for token; it has no probabilities, so no loss."
        yield _named("copy", "copy the source", text.copied(material), detail)


def _of_labels(material: Material) -> Iterator[Baseline]:
    detail = f"How often each label occurs in {material.sample}."
    yield _named("unigram", "unigram", text.unigram(material), detail)
    fitting = labels.aligned(material.train)
    if not len(fitting) or len(labels.aligned(material.held_out)) < len(material.held_out):
        return  # Without a token for each label there is nothing to line up.
    material = dataclasses.replace(material, train=fitting)
    detail = f"Each token gets the label that it has most often in {material.sample}."
    yield _named("usual", "usual label", labels.usual_label(material), detail)
    detail = f"Hidden Markov model (hmmlearn), counted in {material.sample}, decoded by Viterbi."
    yield from _with_library(
        "hmmlearn", lambda: _named("hmm", "HMM", labels.hidden_markov(material), detail)
    )
    field = labels.bounded(material)
    about = (
        f"Linear-chain conditional random field (CRFsuite) over the tokens two places to either "
        f"side, learned from {_part(field, material)}."
    )
    yield from _with_library(
        "pycrfsuite", lambda: _named("crf", "CRF", labels.random_field(field), about)
    )


def _part(smaller: Material, material: Material) -> str:
    most = len(smaller.train)
    return material.sample if most == len(material.train) else f"{most:,} of {material.sample}"


def _of_classes(material: Material) -> Iterator[Baseline]:
    detail = f"The answers as often as in {material.sample}; the most frequent one is the guess."
    yield _named("majority", "most frequent", classes.majority(material), detail)
    frames = material.train.sources[0].ndim > 1
    if not frames and not len(material.train.sources[0]):
        return
    what = "the numbers of the picture" if frames else "how often each token occurs, not where"
    about = f"Logistic regression (scikit-learn) on {what}, learned from {material.sample}."

    def regression() -> Baseline | None:
        found = classes.regression(material)
        return found and _named("regression", "logistic regression", found, about)

    yield from _with_library("sklearn", regression)


def _with_library(name: str, find: Callable[[], Baseline | None]) -> Iterator[Baseline]:
    """What needs a library that may not be there; a note in its place when it is not."""
    if find_spec(name) is None:
        yield Baseline("note", "", None, None, MISSING)
    elif (found := find()) is not None:
        yield found


def _named(name: str, title: str, found: Scores, detail: str) -> Baseline:
    return Baseline(name, title, found.loss, found.accuracy, detail)


def told_once(found: Sequence[Baseline]) -> tuple[Baseline, ...]:
    """The baselines, a note at most once, and no figure that is no number."""
    by_name = {baseline.name: baseline for baseline in found}
    return tuple(b for b in by_name.values() if b.loss is None or np.isfinite(b.loss))

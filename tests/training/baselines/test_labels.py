"""Labelling baselines against every labelling of tiny sequences, one by one."""

import itertools
import math

import numpy as np
import pytest

from explorer.training.baselines import labels
from explorer.training.baselines.material import Examples, Material

SMOOTHING = labels.SMOOTHING


def examples(seed: int, count: int) -> Examples:
    """Labels 10 to 12 that depend on the word and, often, on the label before."""
    chance = np.random.default_rng(seed)
    sources = [chance.integers(20, 24, chance.integers(1, 6)) for _ in range(count)]
    targets = []
    for source in sources:
        said = [10]
        for word in source:
            said.append(10 + (int(word) + (said[-1] if chance.random() < 0.7 else 0)) % 3)
        targets.append(np.array(said[1:]))
    return Examples(sources, targets)


def material(*, joint: bool) -> Material:
    end = 3 if joint else None
    return Material("aligned", 30, end, joint, 0, True, "60", examples(0, 60), examples(1, 12))


class ByCounting:
    """The hidden Markov model's joint probability, straight from its definition."""

    def __init__(self, train: Examples) -> None:
        self.first, self.step, self.word = {}, {}, {}
        for source, target in zip(train.sources, train.targets, strict=True):
            self.add(self.first, (int(target[0]),))
            for a, b in itertools.pairwise(target):
                self.add(self.step, (int(a), int(b)))
            for a, b in zip(target, source, strict=True):
                self.add(self.word, (int(a), int(b)))

    def add(self, table: dict, key: tuple[int, ...]) -> None:
        table[key] = table.get(key, 0) + 1

    def share(self, table: dict, key: tuple[int, ...], others: range) -> float:
        total = sum(table.get((*key[:-1], other), 0) + SMOOTHING for other in others)
        return (table.get(key, 0) + SMOOTHING) / total

    def joint(self, source: np.ndarray, said: tuple[int, ...]) -> float:
        p = self.share(self.first, (said[0],), range(10, 13))
        for a, b in itertools.pairwise(said):
            p *= self.share(self.step, (a, b), range(10, 13))
        for a, b in zip(said, source, strict=True):
            p *= self.share(self.word, (a, int(b)), range(20, 24))
        return p


@pytest.mark.parametrize("joint", [True, False])
def test_that_the_hidden_markov_model_is_the_sum_over_all_labellings(joint: bool) -> None:
    data = material(joint=joint)
    model, nats, right, tokens = ByCounting(data.train), 0.0, 0, 0
    for source, target in zip(data.held_out.sources, data.held_out.targets, strict=True):
        every = {
            said: model.joint(source, said)
            for said in itertools.product(range(10, 13), repeat=len(source))
        }
        total, true = sum(every.values()), tuple(target.tolist())
        best = max(every, key=lambda said: every[said])
        right += sum(a == b for a, b in zip(best, true, strict=True)) + joint
        tokens += len(true) + joint
        if joint:
            nats -= math.log(every[true] / total)
            continue
        for place, label in enumerate(true):
            alike = sum(p for said, p in every.items() if said[place] == label)
            nats -= math.log(alike / total)
    found = labels.hidden_markov(data)
    assert found.loss == pytest.approx(nats / tokens, abs=1e-9)
    assert found.accuracy == pytest.approx(right / tokens)


def test_that_the_usual_label_is_the_words_own_share() -> None:
    train = Examples([np.array([5, 5, 5, 6])], [np.array([7, 7, 8, 8])])
    held = Examples([np.array([5, 6])], [np.array([7, 8])])
    found = labels.usual_label(Material("aligned", 9, None, False, 0, True, "", train, held))
    of_five, of_six = (2 + SMOOTHING) / (3 + 2 * SMOOTHING), (1 + SMOOTHING) / (1 + 2 * SMOOTHING)
    assert found.loss == pytest.approx(-(math.log(of_five) + math.log(of_six)) / 2)
    assert found.accuracy == 1


def test_that_a_random_field_knows_what_depends_on_neighbours() -> None:
    chance = np.random.default_rng(2)
    sources = [chance.integers(5, 15, 8) for _ in range(400)]
    targets = [np.concatenate([row[1:], [5]]) for row in sources]
    whole = Examples(sources, targets)
    cut = Examples(sources[:300], targets[:300]), Examples(sources[300:], targets[300:])
    assert len(whole) == 400
    for joint in (True, False):
        data = Material("aligned", 15, None, joint, 0, True, "", *cut)
        found = labels.random_field(data)
        assert found.accuracy > 0.99 and found.loss is not None and found.loss < 0.1
        assert labels.hidden_markov(data).accuracy < 0.5


def test_that_a_label_never_seen_leaves_the_random_field_without_a_loss() -> None:
    train = Examples([np.array([5, 6])], [np.array([7, 8])])
    held = Examples([np.array([5, 6])], [np.array([7, 9])])
    found = labels.random_field(Material("aligned", 10, None, True, 0, True, "", train, held))
    assert found.loss is None and found.accuracy == 0.5


def test_that_a_random_field_takes_no_more_than_it_can() -> None:
    data = material(joint=True)
    labels_seen = 3
    most = sum(map(len, data.train.targets[:10])) * labels_seen
    whole, labels.MOST_WORK = labels.MOST_WORK, most
    try:
        assert len(labels.bounded(data).train) == 10
    finally:
        labels.MOST_WORK = whole

"""Which baselines each form of task has, and figures that can be worked out by hand."""

import math
import sys

import numpy as np
import pytest

from explorer.messages.results import Baseline
from explorer.messages.tasks import Form
from explorer.training.baselines import finding
from explorer.training.baselines.finding import MISSING, find_baselines, told_once
from explorer.training.baselines.material import Examples, Material, packed, unpacked


def rows(seed: int, count: int) -> list[np.ndarray]:
    chance = np.random.default_rng(seed)
    return [chance.integers(5, 15, chance.integers(2, 8)) for _ in range(count)]


def material(form: Form, *, end: int | None = 3) -> Material:
    sources, held = rows(0, 300), rows(1, 40)
    if form == "text":
        text = Examples([], [np.concatenate(sources)]), Examples([], held)
        return Material("text", 15, None, False, 1, True, "it", *text)
    answer = (lambda row: row[:1]) if form == "class" else (lambda row: row)
    parts = [Examples(part, [answer(row) for row in part]) for part in (sources, held)]
    return Material(form, 15, end, end is not None, 0, True, "it", *parts)


def found(data: Material) -> dict[str, Baseline]:
    return {baseline.name: baseline for baseline in find_baselines(unpacked(packed(data)))}


def test_that_each_form_has_its_baselines() -> None:
    assert list(found(material("text"))) in (
        ["uniform", "unigram"],
        ["uniform", "unigram", "n-gram"],
    )
    assert "copy" in found(material("sequence"))
    assert list(found(material("aligned"))) == ["uniform", "unigram", "usual", "hmm", "crf"]
    assert list(found(material("class"))) == ["uniform", "majority", "regression"]


def test_that_the_uniform_baseline_is_the_logarithm_of_the_vocabulary() -> None:
    uniform = found(material("text"))["uniform"]
    assert uniform.loss == math.log(15) and uniform.accuracy == 1 / 15


def test_that_copying_is_right_where_the_source_is_the_answer_and_has_no_loss() -> None:
    copy = found(material("sequence"))["copy"]
    assert copy.accuracy == 1 and copy.loss is None


def test_that_the_most_frequent_answer_is_counted() -> None:
    train = Examples(rows(0, 4), [np.array([5]), np.array([5]), np.array([6]), np.array([5])])
    held = Examples(rows(1, 2), [np.array([5]), np.array([6])])
    majority = found(Material("class", 10, 3, True, 0, True, "it", train, held))["majority"]
    expected = -(math.log(4 / 14) + math.log(2 / 14)) / 4  # Two answers and two sure ends.
    assert majority.loss == pytest.approx(expected) and majority.accuracy == 3 / 4


def test_that_a_regression_learns_what_needs_no_order() -> None:
    parts = []
    for seed, count in ((0, 400), (1, 50)):
        sources = rows(seed, count)
        parts.append(Examples(sources, [np.array([5 + (9 in row)]) for row in sources]))
    regression = found(Material("class", 15, None, False, 0, True, "it", *parts))["regression"]
    assert regression.accuracy == 1 and regression.loss is not None and regression.loss < 0.2


def test_that_a_regression_looks_at_pictures() -> None:
    chance = np.random.default_rng(0)
    pictures = [chance.normal(size=(4, 6)).astype(np.float32) for _ in range(400)]
    answers = [np.array([5 + (picture[2, 3] > 0)]) for picture in pictures]
    train, held = Examples(pictures[:350], answers[:350]), Examples(pictures[350:], answers[350:])
    baselines = found(Material("class", 15, None, False, 0, True, "it", train, held))
    accuracy = baselines["regression"].accuracy
    assert accuracy is not None and accuracy > 0.8 > (baselines["majority"].accuracy or 0)


def test_that_words_without_a_label_each_are_not_lined_up() -> None:
    data = material("aligned")
    short = Examples(data.held_out.sources, [row[:-1] for row in data.held_out.targets])
    found_there = found(Material("aligned", 15, 3, True, 0, True, "it", data.train, short))
    assert list(found_there) == ["uniform", "unigram"]


def test_that_missing_libraries_cost_one_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "find_spec", lambda name: None)
    told = told_once(list(find_baselines(material("aligned"))))
    assert [b.detail for b in told if b.name == "note"] == [MISSING]
    assert "sklearn" not in sys.modules or "hmm" not in {b.name for b in told}


def test_that_frames_cross_to_another_process_as_they_are() -> None:
    frames = [np.ones((3, 4), np.float32), np.zeros((5, 4), np.float32)]
    part = Examples(frames, [np.array([5]), np.array([6])])
    again = unpacked(packed(Material("class", 9, None, False, 0, False, "two", part, part)))
    assert [row.shape for row in again.train.sources] == [(3, 4), (5, 4)]
    assert again.sample == "two" and again.end is None and again.same_words is False

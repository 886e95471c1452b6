"""Every task keeps to what the others count on, whatever it is about."""

from collections import Counter

import numpy as np
import pytest

from explorer.data.batches import held_out, held_out_pairs
from explorer.data.coding import Coding, Vocabularies
from explorer.data.pairs import Pair
from explorer.data.tasks import TASKS
from explorer.data.tasks.task import SignalTask
from explorer.data.vocabulary import UNKNOWN, train_vocabulary
from explorer.messages.config import TaskConfig
from explorer.messages.presets import load_preset
from explorer.messages.task_config import GENERATED
from explorer.messages.tasks import TASK_INFO, Form

NAMES = sorted(TASKS)
INFO = {str(name): info for name, info in TASK_INFO.items()}
SIGNALS = [name for name in NAMES if isinstance(TASKS[name], SignalTask)]


def examples(task: str, count: int = 2000, seed: int = 5) -> list[Pair]:
    chance, config = np.random.default_rng(seed), load_preset(task).task
    return [TASKS[task].example(chance, config) for _ in range(count)]


def of_form(form: Form) -> list[str]:
    return [name for name in NAMES if INFO[name].form == form]


def test_that_every_generated_task_is_there_under_its_own_name() -> None:
    assert set(TASKS) == set(GENERATED)
    assert all(task.name == name for name, task in TASKS.items())
    assert {name for name in NAMES if INFO[name].signal} == set(SIGNALS)


@pytest.mark.parametrize("task", NAMES)
def test_that_all_chance_comes_from_the_seed(task: str) -> None:
    assert examples(task, 50, seed=1) == examples(task, 50, seed=1)
    assert examples(task, 50, seed=1) != examples(task, 50, seed=2)


@pytest.mark.parametrize("task", NAMES)
def test_that_the_preset_s_vocabulary_knows_every_example(task: str) -> None:
    config = load_preset(task).task
    vocabulary = train_vocabulary(TASKS[task].words(config), config.vocabulary, 8000)
    targets = [pair.target for pair in examples(task)]
    sources = [] if task in SIGNALS else [pair.source for pair in examples(task)]
    rows = vocabulary.ids(sources + targets)
    assert all(UNKNOWN not in row for row in rows)
    assert [vocabulary.text(row) for row in rows] == sources + targets


@pytest.mark.parametrize("task", NAMES)
def test_that_the_preset_s_model_reads_every_example_whole(task: str) -> None:
    config = load_preset(task)
    words = train_vocabulary(TASKS[task].words(config.task), config.task.vocabulary, 8000)
    coding = Coding(config, Vocabularies.one(words))
    pairs = examples(task, 500)
    sources = coding.read([pair.source for pair in pairs])
    targets = coding.say([pair.target for pair in pairs])
    longest = config.model.max_length
    if config.model.architecture == "decoder-only":
        assert all(len(s) + len(t) + 3 <= longest for s, t in zip(sources, targets, strict=True))
    else:
        assert all(
            max(len(s) + 2, len(t) + 2) <= longest for s, t in zip(sources, targets, strict=True)
        )
        assert all(len(t) < config.decoding.max_length for t in targets)


@pytest.mark.parametrize("task", of_form("aligned"))
def test_that_aligned_targets_have_a_word_for_each_word(task: str) -> None:
    config = load_preset(task).task
    vocabulary = train_vocabulary(TASKS[task].words(config), config.vocabulary, 8000)
    for pair in examples(task, 500):
        ids, due = vocabulary.ids([pair.source, pair.target])
        assert len(pair.source.split()) == len(pair.target.split()), pair
        assert len(vocabulary.word_starts(ids)) == len(due), pair


@pytest.mark.parametrize("task", of_form("class"))
def test_that_a_class_is_one_token(task: str) -> None:
    config = load_preset(task).task
    vocabulary = train_vocabulary(TASKS[task].words(config), config.vocabulary, 8000)
    assert all(len(row) == 1 for row in vocabulary.ids([p.target for p in examples(task, 500)]))


@pytest.mark.parametrize("task", of_form("class"))
def test_that_no_class_is_much_likelier_than_another(task: str) -> None:
    pairs = examples(task, 6000)
    counts = Counter(pair.target for pair in pairs)
    even = len(pairs) / len(counts)
    spread = 5 * np.sqrt(even)  # A draw from even classes stays within it.
    assert all(abs(count - even) < spread for count in counts.values()), counts


@pytest.mark.parametrize("task", NAMES)
def test_that_held_out_sources_are_different_and_never_trained_on(task: str) -> None:
    config = load_preset(task).task
    pairs = held_out_pairs(TASKS[task], config, 200, seed=0)
    sources = [pair.source for pair in pairs]
    assert len(set(sources)) == len(sources) == 200
    trained = {pair.source for pair in examples(task, 4000) if not held_out(pair.source)}
    assert trained.isdisjoint(sources)


@pytest.mark.parametrize("task", sorted(set(NAMES) - {"modular", "parity", "brackets"}))
def test_that_examples_hardly_repeat(task: str) -> None:
    assert len({pair.source for pair in examples(task)}) > 1600


@pytest.mark.parametrize("task", NAMES)
def test_that_the_preset_s_example_can_be_read(task: str) -> None:
    config = load_preset(task)
    if task in SIGNALS:
        signal = TASKS[task]
        assert isinstance(signal, SignalTask)
        assert len(signal.frames(config.example)) > 1
        return
    vocabulary = train_vocabulary(TASKS[task].words(config.task), config.task.vocabulary, 8000)
    assert UNKNOWN not in vocabulary.ids([config.example])[0]


@pytest.mark.parametrize("task", NAMES)
@pytest.mark.parametrize("lengths", [(1, 1), (1, 2), (3, 3), (40, 40)])
def test_that_every_allowed_length_works(task: str, lengths: tuple[int, int]) -> None:
    config = TaskConfig(name="copy", min_length=lengths[0], max_length=lengths[1], symbols=2)
    chance = np.random.default_rng(0)
    for _ in range(20):
        pair = TASKS[task].example(chance, config)
        assert pair.source.strip() and pair.target.strip()

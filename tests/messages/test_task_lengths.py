"""The longest examples that the settings count on are the longest that the tasks make."""

import numpy as np
import pytest

from explorer.data.tasks import TASKS
from explorer.data.tasks.task import SignalTask
from explorer.data.vocabulary import train_vocabulary
from explorer.messages.config import TaskConfig
from explorer.messages.task_config import GENERATED
from explorer.messages.task_lengths import LONGEST, Lengths

SETTINGS = (
    {"min_length": 1, "max_length": 10},
    {"min_length": 4, "max_length": 4, "symbols": 3, "modulus": 120},
    {"min_length": 1, "max_length": 1, "symbols": 2, "modulus": 7},
    {"min_length": 5, "max_length": 5, "symbols": 36},
)
ROOMY = ("english-french", "english-chinese", "stories", "summary", "roles")
"""Tasks without a setting of length, whose bound has room to spare."""


def lengths(name: str, config: TaskConfig, count: int) -> tuple[list[int], list[int]]:
    """Tokens or frames of the sources and targets of many examples."""
    task, chance = TASKS[name], np.random.default_rng(3)
    pairs = [task.example(chance, config) for _ in range(count)]
    kind = "character" if name in ("addition", "dates") else config.vocabulary
    words = train_vocabulary(task.words(config), kind, 8000)
    targets = list(map(len, words.ids([pair.target for pair in pairs])))
    if isinstance(task, SignalTask):
        return [len(task.frames(pair.source)) for pair in pairs], targets
    return list(map(len, words.ids([pair.source for pair in pairs]))), targets


@pytest.mark.parametrize("name", GENERATED)
@pytest.mark.parametrize("vocabulary", ["word", "character"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_that_no_example_is_longer_and_the_longest_nearly_so(
    name: str, vocabulary: str, settings: dict[str, int]
) -> None:
    values = {"name": name, "vocabulary": vocabulary, **settings}
    if name in ("addition", "dates"):
        values["vocabulary"] = "character"
    config = TaskConfig.model_validate(values)
    found = LONGEST[config.name](config)
    sources, targets = lengths(name, config, 150 if name == "tones" else 600)
    assert max(sources) <= found.source
    assert max(targets) <= found.target
    share = 0.5 if name in ROOMY or name == "tones" else 0.85
    assert max(sources) >= share * found.source - 1
    assert max(targets) >= share * found.target - 1


def test_that_each_architecture_reads_what_it_needs() -> None:
    lengths = Lengths(source=5, target=3)
    assert lengths.read_at_once("encoder-decoder", signal=False) == 6
    assert lengths.read_at_once("decoder-only", signal=False) == 10
    assert lengths.read_at_once("encoder-only", signal=False) == 7
    assert lengths.read_at_once("encoder-only", signal=True) == 6
    assert Lengths(2, 9).read_at_once("encoder-decoder", signal=False) == 10

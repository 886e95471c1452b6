"""Whether a generated task can be learned with its settings, before a run begins."""

from collections.abc import Sequence

import numpy as np

from explorer.data.batches import held_out
from explorer.data.pairs import CorpusError, Pair
from explorer.data.tasks.task import SignalTask, Task
from explorer.data.vocabulary import UNKNOWN, Vocabulary, train_vocabulary
from explorer.messages.config import TaskConfig
from explorer.messages.tasks import TASK_INFO

_TRIES = 2000
_ALL = 200_000
"""Entries of a vocabulary that leaves nothing out."""


def require_examples(task: Task, settings: TaskConfig, held: Sequence[Pair]) -> None:
    """Raise `CorpusError` unless there is something to learn from and something to hold out."""
    chance = np.random.default_rng(0)
    learnable = (not held_out(task.example(chance, settings).source) for _ in range(_TRIES))
    if not held or not any(learnable):
        raise CorpusError(
            f"task.max_length: the task “{TASK_INFO[settings.name].title}” with lists of "
            f"{settings.min_length} to {settings.max_length} items of {settings.symbols} symbols "
            "has too few different examples to hold any out; allow longer lists or more symbols"
        )


def require_words(
    task: Task, settings: TaskConfig, words: Vocabulary, held: Sequence[Pair]
) -> None:
    """Raise `CorpusError` when the vocabulary lacks words of the examples."""
    texts = [pair.target for pair in held]
    if not isinstance(task, SignalTask):
        texts += [pair.source for pair in held]
    if any(UNKNOWN in ids for ids in words.ids(texts)):
        needed = len(train_vocabulary(task.words(settings), settings.vocabulary, _ALL))
        raise CorpusError(
            f"task.vocabulary_size: {settings.vocabulary_size} entries do not hold all that the "
            f"task “{TASK_INFO[settings.name].title}” is made of; choose {needed} or more"
        )

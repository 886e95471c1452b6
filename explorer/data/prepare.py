"""From a task's settings to its words, its stream of batches and its held-out data."""

from explorer.data.batches import GeneratedStream, held_out_pairs
from explorer.data.coding import Coding, Vocabularies
from explorer.data.fitting import require_examples, require_words
from explorer.data.own import prepare_own
from explorer.data.task_data import Report, TaskData
from explorer.data.tasks import TASKS
from explorer.data.vocabulary import train_vocabulary
from explorer.messages.config import RunConfig

__all__ = ["Report", "TaskData", "prepare"]


def prepare(
    config: RunConfig,
    vocabularies: Vocabularies | None = None,
    report: Report = lambda _doing, _done, _total: None,
) -> TaskData:
    """Read or generate the task's data; given vocabularies are used instead of new ones.

    Raises `CorpusError` in words for a person.
    """
    if config.task.own:
        return prepare_own(config, vocabularies, report)
    return _prepare_generated(config, vocabularies)


def _prepare_generated(config: RunConfig, vocabularies: Vocabularies | None) -> TaskData:
    task, settings, seed = TASKS[config.task.name], config.task, config.training.seed
    fresh = vocabularies is None
    if vocabularies is None:
        size = settings.vocabulary_size
        words = train_vocabulary(task.words(settings), settings.vocabulary, size)
        vocabularies = Vocabularies.one(words)
    coding = Coding(config, vocabularies)
    stream = GeneratedStream(task, coding, config.training.batch_size, seed)
    pairs = held_out_pairs(task, settings, settings.validation + settings.test, seed)
    require_examples(task, settings, pairs)
    if fresh:
        require_words(task, settings, vocabularies.source, pairs)
    validation = max(1, min(settings.validation, len(pairs) // 2))
    return TaskData(coding, stream, pairs[:validation], pairs[validation:], settings.name)

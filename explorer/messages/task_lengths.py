"""How long the examples of a generated task get, so that a model too short for them is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.messages.model_config import Architecture
from explorer.messages.task_config import TaskConfig, TaskName


@dataclass(frozen=True, slots=True)
class Lengths:
    """Tokens of the longest source (or frames of a signal) and of the longest target."""

    source: int
    target: int

    def read_at_once(self, architecture: Architecture, *, signal: bool) -> int:
        """Tokens that a model has to read, special ones included."""
        if architecture == "decoder-only":  # Start, source, end, target.
            return self.source + self.target + 2
        if architecture == "encoder-only":  # Start, source, end; frames have no end.
            return self.source + (1 if signal else 2)
        return max(self.source + (0 if signal else 1), self.target + 1)


Longest = Callable[[TaskConfig], Lengths]


def _spaced(items: int) -> int:
    """Characters of items of one character with spaces between."""
    return 2 * items - 1


def _lists(source: Callable[[TaskConfig], int], target: Callable[[TaskConfig], int]) -> Longest:
    """Of lists whose items are one character each."""

    def longest(task: TaskConfig) -> Lengths:
        items, answers = source(task), target(task)
        if task.vocabulary == "character":
            return Lengths(_spaced(items), _spaced(answers))
        return Lengths(items, answers)

    return longest


def _fixed(words: tuple[int, int], characters: tuple[int, int]) -> Longest:
    """Of a task without settings of length."""
    return lambda task: Lengths(*(characters if task.vocabulary == "character" else words))


def _items(task: TaskConfig) -> int:
    return task.max_length


def _one(_task: TaskConfig) -> int:
    return 1


def _different(task: TaskConfig) -> int:
    """Items of a list in which none may stand twice."""
    return min(task.max_length, task.symbols)


def _repeated(task: TaskConfig) -> int:
    return max(2, _different(task))


def _addition(task: TaskConfig) -> Lengths:
    digits = min(task.max_length, 15)
    return Lengths(2 * digits + 1, digits + 1)


def _modular(task: TaskConfig) -> Lengths:
    digits = len(str(task.modulus - 1))
    return Lengths(2 * digits + 3, digits) if task.vocabulary == "character" else Lengths(3, 1)


def _counting(task: TaskConfig) -> Lengths:
    items = task.max_length + 2
    if task.vocabulary == "character":
        return Lengths(_spaced(items), len(str(task.max_length)))
    return Lengths(items, 1)


def _recall(task: TaskConfig) -> Lengths:
    """A pair of two characters is one word."""
    pairs = _different(task)
    return Lengths(3 * pairs + 3 if task.vocabulary == "character" else pairs + 2, 1)


def _brackets(task: TaskConfig) -> Lengths:
    pairs = max(1, (task.min_length + 1) // 2, task.max_length // 2)
    if task.vocabulary == "character":
        return Lengths(_spaced(2 * pairs), len("balanced"))
    return Lengths(2 * pairs, 1)


def _tones(task: TaskConfig) -> Lengths:
    """Frames of 20 ms: at most 140 ms a tone and 100 ms a pause."""
    keys = min(task.max_length, 64)
    frames = (140 * keys + 100 * (keys + 1)) // 20
    return Lengths(frames, _spaced(keys) if task.vocabulary == "character" else keys)


def _shapes(task: TaskConfig) -> Lengths:
    return Lengths(36, len("triangle") if task.vocabulary == "character" else 1)


LONGEST: Mapping[TaskName, Longest] = {
    "copy": _lists(_items, _items),
    "reverse": _lists(_items, _items),
    "sort": _lists(_items, _items),
    "shift": _lists(_items, _items),
    "parity": _lists(_items, _items),
    "repeat": _lists(lambda t: 2 * _repeated(t) - 1, lambda t: _repeated(t) - 1),
    "induction": _lists(lambda t: _repeated(t) + 2, _repeated),
    "recall": _recall,
    "majority": _lists(_items, _one),
    "needle": _lists(lambda t: t.max_length + 1, _one),
    "addition": _addition,
    "modular": _modular,
    "counting": _counting,
    "brackets": _brackets,
    "dates": _fixed((5, 5), (28, 10)),
    "english-french": _fixed((20, 24), (96, 104)),
    "english-chinese": _fixed((20, 22), (92, 48)),
    "stories": _fixed((32, 3), (140, 20)),
    "summary": _fixed((48, 12), (200, 56)),
    "roles": _fixed((20, 20), (92, 130)),
    "shapes": _shapes,
    "tones": _tones,
}
"""Of every generated task; no example is longer. BPE counts as words: it cuts a little finer."""

DIGIT_BY_DIGIT: tuple[TaskName, ...] = ("addition", "dates")
"""Tasks whose numbers are too many for each to be a word of its own."""

"""The tasks in groups, as a list of them shows: easy ones first, one's own data last."""

from collections.abc import Iterator, Mapping

from explorer.messages.task_config import OWN
from explorer.messages.tasks import TASK_INFO

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Lists": ("copy", "reverse", "sort", "shift", "repeat", "induction", "recall", "needle"),
    "Arithmetic and counting": (
        "addition", "modular", "parity", "counting", "majority", "brackets",
    ),
    "Language": (
        "dates", "english-french", "english-chinese", "stories", "summary", "roles",
    ),
    "Pictures and sound": ("shapes", "tones"),
    "Your own data": OWN,
}  # fmt: skip
_OTHERS = "More"


def task_groups() -> Iterator[tuple[str, list[str]]]:
    """Every group's title and the names of its tasks; none is empty, and no task is left out."""
    placed = {name for names in _GROUPS.values() for name in names}
    others = tuple(name for name in TASK_INFO if name not in placed)
    for title, names in (*_GROUPS.items(), (_OTHERS, others)):
        known = [name for name in names if name in TASK_INFO]
        if known:
            yield title, known


def group_of(task: str) -> str:
    """The title of a task's group."""
    return next((title for title, names in task_groups() if task in names), _OTHERS)

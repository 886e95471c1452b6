"""The tasks in words: a title for lists, and one sentence of what attention has to learn."""

from collections.abc import Mapping

from explorer.messages.config import TaskName

TASK_TITLES: Mapping[TaskName, str] = {
    "copy": "Copy a list",
    "reverse": "Reverse a list",
    "sort": "Sort a list",
    "dates": "Dates to ISO form",
    "pairs": "Sentence pairs",
}

TASK_LEARNS: Mapping[TaskName, str] = {
    "copy": "Each output looks at the source item at its own place: a diagonal.",
    "reverse": "Each output looks at the mirrored source item: an anti-diagonal.",
    "sort": "Each output looks at the next larger item, wherever it stands.",
    "dates": "Year, month and day are found wherever the writer put them.",
    "pairs": "Each word that is written looks at the words of the source that it translates.",
}

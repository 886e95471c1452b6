"""The generated tasks: one small file each, and one line here."""

from explorer.data.tasks.copy import Copy
from explorer.data.tasks.dates import Dates
from explorer.data.tasks.reverse import Reverse
from explorer.data.tasks.sort import Sort
from explorer.data.tasks.task import Task

TASKS: dict[str, Task] = {task.name: task for task in (Copy(), Reverse(), Sort(), Dates())}
"""Every generated task by its name in `TaskConfig.name`; `pairs` comes from a file instead."""

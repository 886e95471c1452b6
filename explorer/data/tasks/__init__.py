"""The generated tasks: one small file each, and one line here."""

from explorer.data.tasks.addition import Addition
from explorer.data.tasks.brackets import Brackets
from explorer.data.tasks.copy import Copy
from explorer.data.tasks.counting import Counting
from explorer.data.tasks.dates import Dates
from explorer.data.tasks.english_chinese import EnglishChinese
from explorer.data.tasks.english_french import EnglishFrench
from explorer.data.tasks.induction import Induction
from explorer.data.tasks.majority import Majority
from explorer.data.tasks.modular import Modular
from explorer.data.tasks.needle import Needle
from explorer.data.tasks.parity import Parity
from explorer.data.tasks.recall import Recall
from explorer.data.tasks.repeat import Repeat
from explorer.data.tasks.reverse import Reverse
from explorer.data.tasks.roles import Roles
from explorer.data.tasks.shapes import Shapes
from explorer.data.tasks.shift import Shift
from explorer.data.tasks.sort import Sort
from explorer.data.tasks.stories import Stories
from explorer.data.tasks.summary import Summary
from explorer.data.tasks.task import Task
from explorer.data.tasks.tones import Tones

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Copy(), Reverse(), Sort(), Shift(), Repeat(), Induction(), Recall(),
        Addition(), Modular(), Parity(), Counting(), Majority(), Brackets(), Dates(), Needle(),
        EnglishFrench(), EnglishChinese(), Stories(), Summary(), Roles(),
        Shapes(), Tones(),
    )
}  # fmt: skip
"""Every generated task by its name in `TaskConfig.name`; the others read a file instead."""

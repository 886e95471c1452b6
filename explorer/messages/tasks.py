"""The tasks in words: a title for lists, what attention has to learn, and their form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explorer.messages.model_config import Architecture
from explorer.messages.task_config import TaskName

Form = Literal["sequence", "aligned", "class", "text"]
"""What the target is: a text of its own length, a token for each source token, a single token, or
the running text itself, token after token."""
Signal = Literal["", "picture", "sound"]
"""What the source is when it is no text: made from a line of text that describes it."""


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A task for a person who chooses one."""

    title: str
    learns: str
    form: Form = "sequence"
    signal: Signal = ""

    @property
    def architectures(self) -> tuple[Architecture, ...]:
        """The architectures that can learn it, the usual one first."""
        return _BY_SIGNAL[self.form] if self.signal else _BY_FORM[self.form]


_BY_FORM: Mapping[Form, tuple[Architecture, ...]] = {
    "sequence": ("encoder-decoder", "decoder-only"),
    "aligned": ("encoder-decoder", "decoder-only", "encoder-only"),
    "class": ("encoder-only", "encoder-decoder", "decoder-only"),
    "text": ("decoder-only", "encoder-only"),
}
_BY_SIGNAL: Mapping[Form, tuple[Architecture, ...]] = {
    "sequence": ("encoder-decoder",),
    "class": ("encoder-only", "encoder-decoder"),
}

TASK_INFO: Mapping[TaskName, TaskInfo] = {
    "copy": TaskInfo(
        "Copy a list", "Each output looks at the source item at its own place: a diagonal.",
        "aligned",
    ),
    "reverse": TaskInfo(
        "Reverse a list", "Each output looks at the mirrored source item: an anti-diagonal.",
        "aligned",
    ),
    "sort": TaskInfo(
        "Sort a list", "Each output looks at the next larger item, wherever it stands.", "aligned"
    ),
    "shift": TaskInfo(
        "Shift a list", "Each output looks one item to the right; the last looks at the first.",
        "aligned",
    ),
    "repeat": TaskInfo(
        "Repeat a list",
        "Each output looks back at what followed the same item earlier: an induction head.",
    ),
    "induction": TaskInfo(
        "Induction",
        "Each output is what followed the same item earlier, wherever in the list that stands.",
    ),
    "recall": TaskInfo(
        "Associative recall", "The answer looks at the pair that has the asked key.",
        "class",
    ),
    "addition": TaskInfo(
        "Addition", "Each digit of the sum looks at the two digits of its place, and at the carry."
    ),
    "modular": TaskInfo(
        "Modular addition", "The answer looks at both numbers alike and adds them on a circle.",
        "class",
    ),
    "parity": TaskInfo(
        "Parity", "Each output looks at its own bit and at the output before it.", "aligned"
    ),
    "counting": TaskInfo(
        "Counting", "The answer looks at every item that is like the asked one, and at no other.",
        "class",
    ),
    "majority": TaskInfo(
        "Majority", "The answer spreads its look over all items and weighs them.", "class"
    ),
    "brackets": TaskInfo(
        "Balanced brackets", "Each closing bracket looks for the opening one that it answers.",
        "class",
    ),
    "dates": TaskInfo(
        "Dates to ISO form", "Year, month and day are found wherever the writer put them."
    ),
    "needle": TaskInfo(
        "Needle in noise", "The answer looks past all the noise at the one marked item.", "class"
    ),
    "english-french": TaskInfo(
        "Small English to French",
        "Adjectives change places with their nouns and agree with them; articles look ahead.",
    ),
    "english-chinese": TaskInfo(
        "Small English to Chinese",
        "Times and places move before the verb; measure words look at their nouns.",
    ),
    "stories": TaskInfo(
        "Questions on short stories",
        "From a thing to who has it, from there to the place: each word looks at the last "
        "sentence about the one before it.",
    ),
    "summary": TaskInfo(
        "Summaries by key facts", "Each word looks at the fact that matters and skips the padding."
    ),
    "roles": TaskInfo(
        "Who did what to whom",
        "Each word looks at the verb, and at its voice, to know the part that it plays.",
        "aligned",
    ),
    "shapes": TaskInfo(
        "Pictures of shapes", "The answer looks at the patches where the outline bends.", "class",
        "picture",
    ),
    "tones": TaskInfo(
        "Dial tones to digits", "Each digit looks at the frames in which its tone sounds.",
        "sequence", "sound",
    ),
    "pairs": TaskInfo(
        "Own sentence pairs",
        "Each word that is written looks at the words of the source that it translates.",
    ),
    "labels": TaskInfo(
        "Own labelled words", "Each word looks at the neighbours that decide its label.", "aligned"
    ),
    "classes": TaskInfo(
        "Own labelled sentences", "The label looks at the words that give it away.", "class"
    ),
    "text": TaskInfo(
        "Own running text", "Each token looks back at what makes the next one likely.", "text"
    ),
}  # fmt: skip

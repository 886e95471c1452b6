"""What the lines for a sentence are called, as the architecture and the task have it; no Qt."""

from dataclasses import dataclass, replace

from explorer.messages.config import RunConfig
from explorer.messages.results import ModelInfo
from explorer.messages.tasks import TASK_INFO

_ANSWER_HELP = (
    "Left empty, it is what the model itself writes; the right arrow key takes that over."
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Names and helps of the line that is read and of the one that is written, if there is one."""

    source: str
    source_help: str
    target: str
    target_help: str
    empty: str

    @property
    def writes(self) -> bool:
        """Whether there is a second line."""
        return bool(self.target)


_TWO = Lines(
    "Source", "The sentence that the encoder reads. Every keystroke is answered.",
    "Target", f"What the decoder reads, one token after another. {_ANSWER_HELP}",
    "Type a sentence above",
)  # fmt: skip
_ON = Lines(
    "Prompt",
    "Where the text begins. The model reads it and writes on. Every keystroke is answered.",
    "Goes on", f"How the text goes on after the prompt, in the same maps. {_ANSWER_HELP}",
    "Type the beginning of a text above",
)  # fmt: skip
_ASKED = Lines(
    "Prompt", "What the model reads before it answers, as one text with the answer.",
    "Answer", f"What stands after the prompt in the same text. {_ANSWER_HELP}",
    "Type a prompt above",
)  # fmt: skip
_HIDDEN = Lines(
    "Text",
    "The text that the model reads. Write <mask> or __ for a word that it shall guess; without "
    "one it guesses every word.",
    "", "", "Type a text above",
)  # fmt: skip
_READ = Lines(
    "Text", "The text that the model reads. Every keystroke is answered.", "", "",
    "Type a text above",
)  # fmt: skip


_PICTURE = Lines(
    "Picture",
    "The path of a PNG or JPEG; drop one on the window. “test picture” is one drawn here.",
    "", "", "Drop a picture on the window",
)  # fmt: skip
_CHAT_HELP = (
    " Begin with “user:” to talk to the model by its chat template, “system:” for instructions; "
    "write ||| before the next turn. A note shows what the template makes of it."
)
_PAIR_HELP = " Write ||| between the two sentences of a pair."


def lines_for(config: RunConfig) -> Lines:
    """The lines of a model of these settings."""
    lines = _by_architecture(config)
    signal = TASK_INFO[config.task.name].signal
    if not signal:
        return lines
    name = signal.capitalize()
    return Lines(
        name,
        f"The {signal} in words; what is drawn from them is all that the model gets. Change a "
        "number or a word to change it.",
        lines.target, lines.target_help, f"Describe a {signal} above",
    )  # fmt: skip


def lines_of(model: ModelInfo) -> Lines:
    """The lines of a model that is open; one from outside may understand more."""
    lines = lines_for(model.config)
    if model.reads_pictures:
        return _PICTURE
    if model.foreign is None:
        return lines
    if model.foreign.chats:
        return replace(lines, source_help=lines.source_help + _CHAT_HELP)
    return replace(lines, source_help=lines.source_help + _PAIR_HELP) if lines is _HIDDEN else lines


def _by_architecture(config: RunConfig) -> Lines:
    form = TASK_INFO[config.task.name].form
    match config.model.architecture:
        case "encoder-decoder":
            return _TWO
        case "decoder-only":
            return _ON if form == "text" else _ASKED
        case "encoder-only":
            return _HIDDEN if form == "text" else _READ


NO_LINES = _TWO
"""Before there is a model."""

"""How an answer is called in each architecture and task, and what it looked at; no Qt."""

from dataclasses import dataclass

from explorer.messages.config import RunConfig
from explorer.messages.results import Decoding, ModelInfo, SiteKind, Token
from explorer.messages.tasks import TASK_INFO
from explorer.ui.widgets.attention_words import quoted


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The panel's words for one kind of model."""

    title: str
    brief: str
    rivals: str
    so_far: str
    paid: str
    empty: str
    prompted: bool = False
    """Whether the prompt stands before what is written."""


_SOURCE = "Attention it paid"
_BEFORE = "Attention it paid to the text so far"
_WRITES = AnswerWords(
    "Answer", "Answer", "Most likely tokens", "Text so far", _SOURCE,
    "Type a sentence and the model writes its answer here.",
)  # fmt: skip
_ANSWERS = AnswerWords(
    "Answer", "Answer", "Most likely tokens", "Text so far", _BEFORE,
    "Type a prompt and the model writes its answer here.",
)  # fmt: skip
_GOES_ON = AnswerWords(
    "How the text goes on", "Goes on", "Most likely tokens", "Text so far", _BEFORE,
    "Type the beginning of a text and the model writes on here.", True,
)  # fmt: skip
_LABELS = AnswerWords(
    "Labels", "Labels", "Most likely labels", "Labels so far", "Attention that its word paid",
    "Type a text and the model says a label for each word here.",
)  # fmt: skip
_CLASS = AnswerWords(
    "Class", "Class", "Most likely classes", "Class", "Attention that the start paid",
    "Type a text and the model says its class here.",
)  # fmt: skip
_GUESSES = AnswerWords(
    "Guesses for hidden words", "Guesses", "Most likely words", "Guesses so far",
    "Attention that its place paid",
    "Type a text with <mask> in the place of a word, and the model guesses the word here.",
)  # fmt: skip
NO_MODEL = _WRITES
MUTE = (
    "This model says no words",
    (
        "It has no output layer: it was trained for something else, such as comparing sentences. "
        "Its attention shows all the same."
    ),
)
"""Title and text in the place of an answer."""


def words_of(model: ModelInfo) -> AnswerWords:
    """The words for a model that is open; of a picture it says a class."""
    return _CLASS if model.reads_pictures else answer_words(model.config)


def answer_words(config: RunConfig) -> AnswerWords:
    """The words for a model of these settings."""
    form = TASK_INFO[config.task.name].form
    match config.model.architecture:
        case "encoder-decoder":
            return _WRITES
        case "decoder-only":
            return _GOES_ON if form == "text" else _ANSWERS
        case "encoder-only":
            return {"class": _CLASS, "text": _GUESSES}.get(form, _LABELS)


def looked_at(decoding: Decoding, index: int, kind: SiteKind | None = None) -> tuple[Token, ...]:
    """The tokens that a decision paid attention of a kind to, as its weights have them."""
    if decoding.source and kind is not SiteKind.DECODER:
        return decoding.source
    return decoding.prefix + tuple(step.token for step in decoding.steps[:index])


def place_of(decoding: Decoding, index: int, kind: SiteKind | None = None) -> int:
    """Where in `looked_at` a decision was made: its word, or the last token before; else -1."""
    if decoding.places:
        return decoding.places[index] if index < len(decoding.places) else -1
    outside = decoding.source and kind is not SiteKind.DECODER
    return -1 if outside else len(decoding.prefix) + index - 1


def which(decoding: Decoding, index: int) -> tuple[str, str]:
    """Which decision this is, in full and in brief."""
    here, count = index + 1, len(decoding.steps)
    place = place_of(decoding, index)
    if decoding.places and 0 <= place < len(decoding.source):
        token = decoding.source[place]
        if not token.special or token.piece == "<mask>":
            return f"{quoted(token)} · {here} of {count}", f"{here} of {count}"
    return f"Decision {here} of {count}", f"{here} of {count}"

"""The settings of what is learned, and of how its text is cut into tokens."""

from typing import Literal, Self, get_args

from pydantic import model_validator

from explorer.messages.fields import Section, setting

GeneratedTask = Literal[
    "copy", "reverse", "sort", "shift", "repeat", "induction", "recall", "addition", "modular",
    "parity", "counting", "majority", "brackets", "dates", "needle", "english-french",
    "english-chinese", "stories", "summary", "roles", "shapes", "tones",
]  # fmt: skip
OwnTask = Literal["pairs", "labels", "classes", "text"]
TaskName = Literal[GeneratedTask, OwnTask]
VocabularyKind = Literal["word", "character", "bpe"]

GENERATED: tuple[str, ...] = get_args(GeneratedTask)
OWN: tuple[str, ...] = get_args(OwnTask)
_LISTS = (
    "copy", "reverse", "sort", "shift", "repeat", "induction", "recall", "addition", "parity",
    "counting", "majority", "brackets", "needle", "tones",
)  # fmt: skip
_SYMBOLS = (
    "copy", "reverse", "sort", "shift", "repeat", "induction", "recall", "counting", "majority",
    "needle",
)  # fmt: skip
_FILE = {"task.name": OWN}
_TABLE = {"task.name": ("pairs", "labels", "classes")}
_TEXT = {"task.name": ("text",)}


class TaskConfig(Section):
    """What the model learns, and how its text is cut into tokens."""

    name: TaskName = setting("reverse", "Task", "What the model learns to do with the source.")
    file: str = setting(
        "", "Corpus", "A text file, a table of sentence pairs or labels (TSV, CSV, JSON Lines; may "
        "be gzipped), or a folder of text files.",
        needs=_FILE,
    )  # fmt: skip
    target_file: str = setting(
        "", "Target file", "The targets, a line for each line of the corpus, where the two "
        "languages lie in two files.",
        needs={"task.name": ("pairs", "labels")},
    )  # fmt: skip
    validation_file: str = setting(
        "", "Validation file", "Held-out data in a file of its own, in the same form; two files "
        "with a | between.",
        needs=_FILE,
    )  # fmt: skip
    test_file: str = setting(
        "", "Test file", "Data for the final figure in a file of its own, in the same form; two "
        "files with a | between.",
        needs=_FILE,
    )  # fmt: skip
    encoding: str = setting(
        "", "Encoding", "How the file's bytes spell letters, such as utf-8, utf-16, cp1252 or "
        "gb18030; found out when empty.",
        needs=_FILE,
    )  # fmt: skip
    source_column: str = setting(
        "", "Source column", "Name or number of the column that is read; the first when empty.",
        needs=_TABLE,
    )  # fmt: skip
    target_column: str = setting(
        "", "Target column", "Name or number of the column that is learned; the second when empty.",
        needs=_TABLE,
    )  # fmt: skip
    min_length: int = setting(
        1, "Shortest list", "Fewest items in a generated list.", unit="items", ge=1, le=4096,
        needs={"task.name": _LISTS},
    )  # fmt: skip
    max_length: int = setting(
        10, "Longest list", "Most items in a generated list.", unit="items", ge=1, le=4096,
        needs={"task.name": _LISTS},
    )  # fmt: skip
    symbols: int = setting(
        10, "Symbols", "Different items in a generated list, such as digits, then letters.",
        ge=2, le=36, needs={"task.name": _SYMBOLS},
    )  # fmt: skip
    modulus: int = setting(
        59, "Modulus", "Hours of the clock on which numbers are added.", symbol="p", ge=2, le=997,
        needs={"task.name": ("modular",)},
    )  # fmt: skip
    context: int = setting(
        128, "Context", "Tokens of running text that are learned from at once.", unit="tokens",
        ge=2, le=65536, needs=_TEXT,
    )  # fmt: skip
    mask_share: float = setting(
        0.15, "Masked share", "Share of tokens that an encoder alone has to guess in running text.",
        gt=0, lt=1, needs={"task.name": ("text",), "model.architecture": ("encoder-only",)},
    )  # fmt: skip
    vocabulary: VocabularyKind = setting(
        "word", "Vocabulary", "Cut text into words, characters, or frequent pieces (BPE)."
    )
    vocabulary_size: int = setting(
        8000, "Vocabulary size", "Most words or pieces kept; rarer ones become unknown.",
        symbol="|V|", ge=16, le=200_000,
    )  # fmt: skip
    min_count: int = setting(
        1, "Rarest word", "How often a word or piece occurs at least; rarer ones become unknown.",
        ge=1, le=1_000_000, needs=_FILE,
    )  # fmt: skip
    lowercase: bool = setting(False, "Lower case", "Read all text in lower case.", needs=_FILE)
    shared_vocabulary: bool = setting(
        True, "Shared vocabulary", "Source and target are cut by one vocabulary.", needs=_TABLE
    )
    validation: int = setting(
        500, "Validation sources", "Sources held out to measure learning, never trained on.",
        ge=1, le=100_000,
    )  # fmt: skip
    test: int = setting(
        2000, "Test sources", "Sources held out for the final figure, never trained on.",
        ge=0, le=100_000,
    )  # fmt: skip
    validation_share: float = setting(
        0.1, "Validation share", "Share of running text, from its end, that is held out to measure "
        "learning.",
        gt=0, lt=0.5, needs=_TEXT,
    )  # fmt: skip
    test_share: float = setting(
        0.0, "Test share", "Share of running text, before the held-out end, for the final figure.",
        ge=0, lt=0.5, needs=_TEXT,
    )  # fmt: skip

    @property
    def own(self) -> bool:
        """Whether it learns from a file of the user's."""
        return self.name in OWN

    @model_validator(mode="after")
    def _lengths_in_order(self) -> Self:
        if self.min_length > self.max_length:
            raise ValueError(
                f"task.min_length: the shortest list ({self.min_length}) is longer than the "
                f"longest ({self.max_length})"
            )
        return self

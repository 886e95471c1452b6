"""What the window learns of a file or folder before anything is trained on it."""

from dataclasses import dataclass

from explorer.messages.results import Token
from explorer.messages.task_config import TaskConfig


@dataclass(frozen=True, slots=True)
class DataPreview:
    """The beginning of a person's data, and how a sentence would be cut.

    `settings` are those that were asked about, with what was found out filled in where that was
    asked for. `rows` are the first ones: cells of a table, or single lines of running text.
    `columns` are names, or numbers where there is no header; `source` and `target` count them from
    0, -1 where there is none. `count` counts rows, documents or characters (`unit`), and is a
    guess from the beginning unless `exact`. `labels` are the different ones with how often each
    occurs, of the beginning. `tokens` are those of `sentence`, by a vocabulary of `vocabulary`
    entries learned from the beginning alone. `error` says why it cannot be learned from so.
    """

    settings: TaskConfig
    kind: str = ""
    encoding: str = ""
    guessed: bool = False
    columns: tuple[str, ...] = ()
    header: bool = False
    source: int = -1
    target: int = -1
    rows: tuple[tuple[str, ...], ...] = ()
    bytes: int = 0
    count: int = 0
    unit: str = ""
    exact: bool = True
    labels: tuple[tuple[str, int], ...] = ()
    sentence: str = ""
    tokens: tuple[Token, ...] = ()
    vocabulary: int = 0
    whole: bool = True
    notes: tuple[str, ...] = ()
    error: str = ""

"""What the window may find a panel able to do."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance

from explorer.messages.config import TaskConfig
from explorer.ui.attention.view import View


@runtime_checkable
class Trains(Protocol):
    """A panel that knows the settings of a new run."""

    data_asked: SignalInstance

    def train(self) -> None: ...
    def step(self) -> None: ...
    def task_settings(self) -> TaskConfig: ...
    def learn_from(self, values: Mapping[str, object]) -> None: ...


@runtime_checkable
class ReadsText(Protocol):
    """A panel with a line for the sentence."""

    def set_text(self, text: str) -> None: ...


@runtime_checkable
class ShowsAttention(Protocol):
    """A panel with a view of attention that can be exported."""

    def seen_view(self) -> View | None: ...


@runtime_checkable
class ListsRuns(Protocol):
    """A panel that lists runs, also those opened of late that lie elsewhere."""

    elsewhere: Callable[[], list[Path]]

"""Saving the session to a file and opening it again, model and all."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.messages.commands import OpenModel
from explorer.messages.events import Event, Failed, ModelOpened
from explorer.messages.results import ModelInfo
from explorer.ui import theme
from explorer.ui.desk_file import (
    FORMAT,
    SUFFIX,
    VERSION,
    DeskFileError,
    SavedDesk,
    SavedLayout,
    SavedModel,
    read_desk,
    reference_of,
    saved_model,
    write_desk,
)
from explorer.ui.docks import Docks

_FILTER = f"Sessions of Attention Explorer (*{SUFFIX})"


@runtime_checkable
class Remembers(Protocol):
    """A panel that can tell what was typed, chosen and set in it, and take it again."""

    key: str

    def memory(self) -> dict[str, object]: ...
    def remember(self, values: Mapping[str, object]) -> None: ...


class DeskKeeping(QObject):
    """Knows which model is open; what a file remembers is put back when its model is there."""

    requested = Signal(object)
    """A command for the worker."""

    def __init__(
        self,
        panels: Sequence[object],
        docks: Docks,
        complain: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._window, self._docks, self._complain = parent, docks, complain
        self._panels = {panel.key: panel for panel in panels if isinstance(panel, Remembers)}
        self._model: ModelInfo | None = None
        self._asked = ""
        self._waiting: SavedDesk | None = None

    def asked(self, reference: str) -> None:
        """A model is being opened by this name or path, and not by a session's file."""
        self._asked, self._waiting = reference, None

    def receive(self, events: Sequence[Event]) -> None:
        """Put back what waits for its model."""
        for event in events:
            if isinstance(event, ModelOpened):
                self._model = event.model
                self._put_back()
            elif isinstance(event, Failed) and event.about == "model":
                self._waiting = None

    # Saving

    def save(self, path: Path) -> None:
        """Write the session; what goes wrong is said at the window's foot."""
        path = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
        panels = {key: panel.memory() for key, panel in self._panels.items()}
        geometry, state, size = self._docks.kept()
        layout = SavedLayout.model_construct(
            geometry=geometry, state=state, width=size.width(), height=size.height()
        )
        desk = SavedDesk.model_construct(
            format=FORMAT, version=VERSION, model=self._saved_model(path),
            appearance=theme.theme().choice, panels=panels, layout=layout,
        )  # fmt: skip
        try:
            write_desk(desk, path)
        except OSError as error:
            self._complain(f"The session was not saved to {path}: {error.strerror}.")

    def _saved_model(self, path: Path) -> SavedModel | None:
        model = self._model
        if model is None or not (model.origin or self._asked):
            return None
        return saved_model(self._reference(model), model.step, path)

    def _reference(self, model: ModelInfo) -> str:
        """What was asked for, such as a certain checkpoint, where it is of this very model."""
        origin = Path(model.origin)
        if not model.origin or not origin.exists():
            return self._asked or model.origin
        asked = Path(self._asked).expanduser().absolute()
        inside = bool(self._asked) and (asked == origin or origin in asked.parents)
        return self._asked if inside else model.origin

    # Opening

    def open(self, path: Path) -> None:
        """Open a session's file; one that is no session changes nothing and is said."""
        try:
            desk = read_desk(path)
            reference = reference_of(desk.model, path) if desk.model is not None else ""
        except DeskFileError as error:
            self._complain(str(error))
            return
        theme.theme().choose(desk.appearance)
        layout = desk.layout
        self._docks.put_back(layout.geometry, layout.state, QSize(layout.width, layout.height))
        self._asked, self._waiting = reference, desk
        if reference:
            self.requested.emit(OpenModel(reference))
        else:
            self._put_back()

    def _put_back(self) -> None:
        desk, self._waiting = self._waiting, None
        if desk is None:
            return
        for key, values in desk.panels.items():
            if key in self._panels:
                self._panels[key].remember(values)
        self._say_other_step(desk)

    def _say_other_step(self, desk: SavedDesk) -> None:
        if desk.model is None or self._model is None or desk.model.step == self._model.step:
            return
        self._complain(
            f"The session was saved at step {desk.model.step:,} of this model; it is now at step "
            f"{self._model.step:,}, so the attention is another."
        )

    # Asking for files

    def ask_to_save(self) -> None:
        """Let the user choose a file to write."""
        dialog = QFileDialog(self._window, "Save session", f"session{SUFFIX}", _FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        _show(dialog, self.save)

    def ask_to_open(self) -> None:
        """Let the user choose a session's file."""
        dialog = QFileDialog(self._window, "Open session", "", _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        _show(dialog, self.open)


def _show(dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
    dialog.filesSelected.connect(lambda names: chosen(Path(names[0])))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()

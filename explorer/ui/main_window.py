"""The window: it puts panels into docks and passes on what they ask and what is opened."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QSettings, QTimer, Signal, SignalInstance
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMenuBar, QVBoxLayout, QWidget

from explorer.messages.commands import Command, FollowRun, OpenModel
from explorer.messages.config import TaskConfig
from explorer.messages.events import Event, ModelOpened
from explorer.ui import theme
from explorer.ui.closing import Closing
from explorer.ui.data_dialog import DataDialog
from explorer.ui.docks import Docks
from explorer.ui.icons import icon
from explorer.ui.menus import ModelMenu, fill_menu_bar
from explorer.ui.narration import Narrator
from explorer.ui.opening import Kind, Recent, ask, dropped, reference
from explorer.ui.panels import PANELS
from explorer.ui.session import Session
from explorer.ui.status_line import StatusLine
from explorer.ui.toolbar import Toolbar
from explorer.ui.training_actions import TrainingActions


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


class MainWindow(QMainWindow):
    """Holds the panels; `painted` fires at the first paint, `finished` when all is at an end."""

    painted = Signal()
    finished = Signal()

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self._session, self._settings = session, settings
        self._first_paint = True
        self._data: DataDialog | None = None
        self.panels = tuple(panel() for panel in PANELS)
        self.training = TrainingActions(self)
        self._narrator, self._recent = Narrator(), Recent(settings)
        self.models = ModelMenu(self, self._recent, self)
        self.toolbar = Toolbar(self.training, self.models)
        self.status = StatusLine(self._narrator)
        self.setWindowTitle("Attention Explorer")
        self.setWindowIcon(icon("app"))
        self.setAcceptDrops(True)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        menu_bar = QMenuBar()
        self.setMenuWidget(_header(menu_bar, self.toolbar))
        self.setContentsMargins(theme.SPACE, 0, theme.SPACE, 0)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)
        self.resize(1440, 900)
        self.docks = Docks(self, self.panels)
        fill_menu_bar(menu_bar, self, self, self.training, self.docks, self._settings)
        menu_bar.updateGeometry()  # It was empty when it was measured; docks are restored to fit.
        self.docks.restore(self._settings)

    def _connect(self) -> None:
        self._closing = Closing(self._session, self)
        self._closing.finished.connect(self._end)
        for panel in self.panels:
            panel.requested.connect(self.send)
            self._session.attach(panel)
        for part in (self.training, self.toolbar, self.status, self._recent, self):
            self._session.attach(part)
        self.training.requested.connect(self.send)
        self.painted.connect(self._focus_text)
        for panel in self._trainers():
            self.training.train.connect(panel.train)
            self.training.step.connect(panel.step)
            panel.data_asked.connect(self.ask_for_data)

    def _trainers(self) -> list[Trains]:
        return [panel for panel in self.panels if isinstance(panel, Trains)]

    def send(self, command: Command) -> None:
        """Pass a command on to the worker."""
        self._session.send(command)

    def open_model(self, reference: str) -> None:
        """Open a sample model by name, or a run or checkpoint by path."""
        self.send(OpenModel(reference))

    def follow_run(self, folder: str) -> None:
        """Show a run that another process trains, live."""
        self.send(FollowRun(folder))

    def open_data(self, files: Sequence[Path]) -> None:
        """Show what a file, a folder or two files that belong together are; they may be used."""
        if self._data is not None:
            self._data.reject()
        for panel in self._trainers():
            self._data = DataDialog(files, panel.task_settings(), self)
            self._data.requested.connect(self.send)
            self._data.chosen.connect(panel.learn_from)
            self._data.finished.connect(self._forget_data)
            self._data.open()
            self._data.ask()

    def _forget_data(self) -> None:
        self._data = None

    def set_text(self, text: str) -> None:
        """Put a sentence into the line for the source."""
        for panel in self.panels:
            if isinstance(panel, ReadsText):
                panel.set_text(text)

    def _focus_text(self) -> None:
        for panel in self.panels:
            if isinstance(panel, ReadsText):
                panel.setFocus()

    def ask_for_model(self) -> None:
        """Let the user choose a run or a checkpoint."""
        ask(self, "model", lambda paths: self.open_model(reference(paths[0])))

    def ask_for_data(self) -> None:
        """Let the user choose a text or a table, or two files that go line by line."""
        ask(self, "data", self.open_data)

    def ask_for_folder(self) -> None:
        """Let the user choose a folder of texts."""
        ask(self, "folder", self.open_data)

    def ask_for_followed(self) -> None:
        """Let the user choose the folder of a run that another process trains."""
        ask(self, "followed", lambda paths: self.follow_run(str(paths[0])))

    def receive(self, events: Sequence[Event]) -> None:
        """Name the model in the window's title; pass on what was found out about data."""
        if self._data is not None:
            self._data.receive(events)
        for event in events:
            if isinstance(event, ModelOpened):
                self.setWindowTitle(f"{event.model.name} – Attention Explorer")

    def complain(self, message: str) -> None:
        """Show a failure of the window itself in the status line."""
        self._narrator.complain("engine", message)
        self.status.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._first_paint:
            self._first_paint = False
            QTimer.singleShot(0, self.painted.emit)  # After this paint is on the screen.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = dropped(event.mimeData())
        if found is not None:
            event.acceptProposedAction()
            self._open(*found)

    def _open(self, kind: Kind, paths: Sequence[Path]) -> None:
        if kind == "model":
            self.open_model(reference(paths[0]))
        else:
            self.open_data(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide at once, and close for good when the worker has saved and ended."""
        if self._closing.ended:
            event.accept()
            return
        event.ignore()
        if self.isVisible():
            self.docks.save(self._settings)
        self._closing.ask()
        self.hide()

    def _end(self) -> None:
        self.close()
        self.finished.emit()


def _header(menu_bar: QMenuBar, toolbar: Toolbar) -> QWidget:
    """Menu bar and toolbar as one."""
    header = QWidget()
    column = QVBoxLayout(header)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(menu_bar)
    column.addWidget(toolbar)
    return header

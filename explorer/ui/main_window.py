"""The window: it puts panels into docks and passes on what they ask and what is opened."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMenuBar

from explorer.messages.commands import Command, ExportModel, FollowRun, OpenModel, StopFetching
from explorer.messages.events import Event, FileAsks, ModelOpened
from explorer.messages.run_file import ImportRun
from explorer.ui import theme
from explorer.ui.abilities import ListsRuns, ReadsText, ShowsAttention, Trains
from explorer.ui.asking_dialog import ask_about
from explorer.ui.attention.view import View
from explorer.ui.closing import Closing
from explorer.ui.data_dialog import DataDialog
from explorer.ui.desk_file import is_desk_file
from explorer.ui.desk_keeping import DeskKeeping
from explorer.ui.docks import Docks
from explorer.ui.hub_dialog import ask_for_name
from explorer.ui.icons import icon
from explorer.ui.menus import ModelMenu, fill_menu_bar
from explorer.ui.narration import Narrator
from explorer.ui.opening import Kind, Recent, ask, dropped, reference
from explorer.ui.panels import PANELS
from explorer.ui.race.race_opener import RaceOpener
from explorer.ui.session import Session
from explorer.ui.status_line import StatusLine
from explorer.ui.toolbar import Toolbar, header
from explorer.ui.training_actions import TrainingActions
from explorer.ui.travel.bar import TravelBar
from explorer.ui.travel.joining import join
from explorer.ui.travel.words import NO_FILM


class MainWindow(QMainWindow):
    """Holds the panels; `painted` fires at the first paint, `finished` when all is at an end."""

    painted = Signal()
    finished = Signal()

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self._session, self._settings = session, settings
        self._first_paint, self._reads_pictures = True, False
        self._data: DataDialog | None = None
        self.panels = tuple(panel() for panel in PANELS)
        self.training = TrainingActions(self)
        self._narrator, self._recent = Narrator(), Recent(settings)
        self.races = RaceOpener(self)
        self.models = ModelMenu(self, self._recent, self)
        self.toolbar = Toolbar(self.training, self.models)
        self.status = StatusLine(self._narrator)
        self.travel = TravelBar()
        self.setWindowTitle("Attention Explorer")
        self.setWindowIcon(icon("app"))
        self.setAcceptDrops(True)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        menu_bar = QMenuBar()
        self.setMenuWidget(header(menu_bar, self.toolbar))
        self.setContentsMargins(theme.SPACE, 0, theme.SPACE, 0)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)
        self.setCentralWidget(self.travel)
        self.resize(1440, 900)
        self.docks = Docks(self, self.panels)
        self.keeping = DeskKeeping((*self.panels, self.travel), self.docks, self.complain, self)
        fill_menu_bar(menu_bar, self, self, self.training, self.docks, self._settings)
        menu_bar.updateGeometry()  # It was empty when it was measured; docks are restored to fit.
        self.docks.restore(self._settings)

    def _connect(self) -> None:
        self._closing = Closing(self._session, self)
        self._closing.finished.connect(self._end)
        for panel in self.panels:
            panel.requested.connect(self._pass_on)
            if isinstance(panel, ListsRuns):
                panel.elsewhere = self._recent.paths
            self._session.attach(panel)
        told = (self.training, self.toolbar, self.status, self._recent, self.keeping, self.races)
        join(self.travel, self.panels)
        for part in (*told, self.travel, self):
            self._session.attach(part)
        for asking in (self.keeping, self.training, self.races, self.travel):
            asking.requested.connect(self.send)
        self.status.stopped.connect(lambda: self.send(StopFetching()))
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

    def _pass_on(self, command: Command) -> None:
        """What a panel asks of the worker; a model is opened as from the menu."""
        if isinstance(command, OpenModel) and not command.answers:
            self.open_model(command.reference)
        else:
            self.send(command)

    def open_model(self, reference: str) -> None:
        """Open a sample model by name, a run or checkpoint by path, or a session's file."""
        if is_desk_file(reference):
            self.keeping.open(Path(reference))
            return
        self.keeping.asked(reference)
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

    def ask_for_hub(self) -> None:
        """Let the user name a model on the hub of Hugging Face."""
        ask_for_name(self, self.open_model)

    def ask_for_data(self) -> None:
        """Let the user choose a text or a table, or two files that go line by line."""
        ask(self, "data", self.open_data)

    def ask_for_folder(self) -> None:
        """Let the user choose a folder of texts."""
        ask(self, "folder", self.open_data)

    def ask_for_picture(self) -> None:
        """Let the user choose a picture for a model that looks at pictures."""
        ask(self, "picture", lambda paths: self.look_at(paths[0]))

    def look_at(self, picture: Path) -> None:
        """Show a picture to a model that looks at pictures."""
        if self._reads_pictures:
            self.set_text(str(picture))
        else:
            self.complain("The model that is open reads no pictures: open a vision model first.")

    def ask_for_followed(self) -> None:
        """Let the user choose the folder of a run that another process trains."""
        ask(self, "followed", lambda paths: self.follow_run(str(paths[0])))

    def ask_to_save_session(self) -> None:
        """Let the user choose where the session is written."""
        self.keeping.ask_to_save()

    def ask_for_session(self) -> None:
        """Let the user choose a session to open."""
        self.keeping.ask_to_open()

    def ask_to_export(self) -> None:
        """Let the user choose how the attention on screen becomes a file."""
        from explorer.ui.export.export_dialog import ExportDialog  # Not needed at start.

        if views := self._seen_views():
            ExportDialog(views[0], self).open()
        else:
            self.complain("There is no attention to export yet: open a model, type a sentence.")

    def open_race(self) -> None:
        """Show the window in which several configurations of a task race."""
        self.races.open()

    def _seen_views(self) -> list[View]:
        """The views of attention that are on screen and show something."""
        panels = [panel for panel in self.panels if isinstance(panel, ShowsAttention)]
        views = [view for panel in panels if (view := panel.seen_view()) is not None]
        return [view for view in views if view.shown is not None]

    def ask_to_export_film(self) -> None:
        """Let the user choose how the sentence's attention over training becomes a film."""
        from explorer.ui.travel.film_dialog import FilmDialog  # Not needed at start.

        views, traces = self._seen_views(), self.travel.voyage.traces()
        if views and len(traces) > 1:
            FilmDialog(traces, views[0], self).open()
        else:
            self.complain(NO_FILM)

    def ask_to_export_model(self) -> None:
        """Let the user name a new folder for the model that is open, as `transformers` reads it."""
        ask(self, "exported", lambda paths: self.send(ExportModel(str(paths[0]))))

    def receive(self, events: Sequence[Event]) -> None:
        """Name the model in the window's title; pass on what was found out about data."""
        if self._data is not None:
            self._data.receive(events)
        for event in events:
            if isinstance(event, FileAsks):
                ask_about(event, self, self.send)
            if isinstance(event, ModelOpened):
                self._reads_pictures = event.model.reads_pictures
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
        if kind in ("model", "session"):
            self.open_model(reference(paths[0]))
        elif kind == "picture":
            self.look_at(paths[0])
        elif kind == "run file":
            self.send(ImportRun(str(paths[0])))
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

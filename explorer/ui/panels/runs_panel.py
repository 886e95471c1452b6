"""The panel with all runs on disk: to open, to rename, to note, to delete."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.events import Event, Failed, ModelOpened, RunSaved, TrainingChanged
from explorer.messages.run_file import RunExported, RunImported
from explorer.messages.runs import (
    CurvesRead,
    ListRuns,
    ReadCurves,
    RenameRun,
    RunForked,
    RunFound,
    RunInfo,
    RunRenamed,
    RunsListed,
)
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.runs.comparing import RunsCompared
from explorer.ui.runs.done_bar import DoneBar
from explorer.ui.runs.notes_field import NotesField
from explorer.ui.runs.row_paint import RunDelegate
from explorer.ui.runs.row_words import Here, total
from explorer.ui.runs.run_actions import RunActions
from explorer.ui.runs.run_model import ORDERS, RunModel, RunOrder
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.text_line import TextLine

WAIT = 250
"""Milliseconds in which reasons to read the list again are gathered."""
AGAIN = 5000
"""Milliseconds after which a run that another process trains is looked at again."""


class RunsPanel(Panel):
    """Asks the worker for the list while somebody looks at it."""

    key = "runs"
    title = "Runs"
    area = Qt.DockWidgetArea.LeftDockWidgetArea
    shortcut = "Ctrl+5"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.elsewhere: Callable[[], list[Path]] = list
        """Where else runs lie that were opened of late."""
        self.model = RunModel(self)
        self.order = RunOrder(self.model)
        self.notice, self.done = Notice(self), DoneBar(self)
        self.actions_ = RunActions(self, self.done, self.notice)
        self.compared = RunsCompared(self, self._grows)
        self.list = self._make_list()
        self.notes = NotesField(self)
        self.total = TextLine("All runs")
        self._stale = True
        self._dock: QDockWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)
        self._arrange()
        self._connect()

    def _make_list(self) -> QListView:
        made = QListView(self)
        made.setModel(self.order)
        made.setItemDelegate(RunDelegate(self.model, made))
        made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        made.setUniformItemSizes(True)
        made.setMouseTracking(True)
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.setAccessibleName("Runs")
        made.setAccessibleDescription("A run a row: arrows walk, Enter opens, the menu key acts.")
        made.setMinimumHeight(14 * theme.SPACE)
        return made

    def _arrange(self) -> None:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search runs")
        self.search.setToolTip("Words in a run's name, task, settings, state or notes.")
        self.sorting = ElidedCombo("Order of the runs", "In which order the runs stand.", self)
        for name, (title, _) in ORDERS.items():
            self.sorting.addItem(title, name)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for row, parts in ((head, (self.search, self.sorting)), (foot, self._buttons())):
            row.setSpacing(theme.SPACE // 2)
            row.setContentsMargins(theme.SPACE, 0, theme.SPACE, 0)
            for part in parts:
                row.addWidget(part, 1 if part is self.search else 0)
        foot.addStretch(1)
        self.total.setContentsMargins(theme.SPACE, 0, theme.SPACE, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.SPACE, 0, theme.SPACE)
        column.setSpacing(theme.SPACE // 2)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(self.list, 1)
        column.addWidget(self.done)
        below = QVBoxLayout()
        below.setContentsMargins(theme.SPACE, 0, theme.SPACE, 0)
        below.addWidget(self.notes)
        below.addWidget(self.total)
        column.addLayout(below)
        column.addLayout(foot)

    def _buttons(self) -> tuple[QWidget, ...]:
        self.open_button = QPushButton("Open", self)
        self.open_button.setToolTip(self.actions_.open.toolTip())
        self.open_button.clicked.connect(self.actions_.open.trigger)
        self.fork_button = QPushButton("Fork…", self)
        self.fork_button.setToolTip(self.actions_.fork.toolTip())
        self.fork_button.clicked.connect(self.actions_.fork.trigger)
        self.compare_button = QPushButton("Compare", self)
        self.compare_button.setToolTip(self.actions_.compare.toolTip())
        self.compare_button.clicked.connect(self.actions_.compare.trigger)
        self.menu = QMenu(self)
        self.actions_.fill(self.menu)
        more = QToolButton(self)
        more.setText("More")
        more.setProperty("opens", True)
        more.setMenu(self.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setAccessibleName("More about the chosen runs")
        more.setToolTip("Everything that can be done with the chosen runs.")
        return self.open_button, self.fork_button, self.compare_button, more

    def _connect(self) -> None:
        self.search.textChanged.connect(self.order.search)
        self.sorting.currentIndexChanged.connect(
            lambda _: self.order.order_by(self.sorting.currentData())
        )
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._choose())
        self.list.activated.connect(lambda _: self.actions_.open.trigger())
        self.list.customContextMenuRequested.connect(self._pop_up)
        self.model.renamed.connect(lambda path, name: self._send(RenameRun(path, name)))
        self.actions_.requested.connect(self._send)
        self.compared.requested.connect(self.requested)
        self.actions_.changed.connect(self.refresh)
        self.actions_.rename_asked.connect(lambda: self.list.edit(self.list.currentIndex()))
        self.notes.requested.connect(self.requested)
        self.notes.requested.connect(lambda note: self.model.note(note.path, note.text))
        self._choose()

    def _send(self, command: object) -> None:
        self.notice.clear()
        if isinstance(command, ReadCurves):
            self.compared.ask(command)
        else:
            self.requested.emit(command)

    def _grows(self, path: str) -> bool:
        """Whether a run is trained, here or elsewhere, as far as is known."""
        here = self.model.here
        own = path == here.trained and here.state == "running"
        return own or any(run.path == path and run.trained for run in self.model.runs)

    def _pop_up(self, at: QPoint) -> None:
        self.menu.popup(self.list.viewport().mapToGlobal(at))

    def chosen(self) -> list[RunInfo]:
        """The runs that are chosen, in the order on screen."""
        rows = sorted(self.list.selectionModel().selectedRows(), key=lambda index: index.row())
        return [self.order.run(index) for index in rows]

    def _choose(self) -> None:
        runs = self.chosen()
        self.actions_.take(runs, self.model.here)
        self.open_button.setEnabled(self.actions_.open.isEnabled())
        self.fork_button.setEnabled(self.actions_.fork.isEnabled())
        self.compare_button.setEnabled(self.actions_.compare.isEnabled())
        self.notes.show_run(runs[0] if len(runs) == 1 and not runs[0].trouble else None)

    def refresh(self) -> None:
        """Read the list again, soon if somebody looks at it, else when somebody does."""
        self._stale = True
        if self._seen:
            self._timer.start(WAIT)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on, know when it comes out from behind another tab."""
        dock = self.parentWidget()
        while dock is not None and not isinstance(dock, QDockWidget):
            dock = dock.parentWidget()
        if dock is not None and dock is not self._dock:
            self._dock = dock
            dock.visibilityChanged.connect(lambda _: self._catch_up())
        self._catch_up()

    def _catch_up(self) -> None:
        """Read what happened while nobody looked."""
        if self._stale:
            self._timer.start(0)

    @property
    def _seen(self) -> bool:
        """Whether it is on screen; behind another tab, Qt calls it visible too."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def _ask(self) -> None:
        if not self._seen:
            self._stale = True
            return
        self._stale = False
        self.requested.emit(ListRuns(tuple(str(path) for path in self.elsewhere())))

    # What the worker says

    def receive(self, events: Sequence[Event]) -> None:
        """Follow the runs on disk, and what this window opens and trains."""
        for event in events:
            match event:
                case RunFound(run=run):
                    self.model.take(run)
                case RunsListed(paths=paths):
                    self._listed(paths)
                case RunRenamed(before=before, after=after):
                    self.notes.moved(before, after)
                    self.actions_.say_renamed(before, after)
                case CurvesRead(runs=runs):
                    self.compared.show(runs)
                case RunExported():
                    self.actions_.say_exported(event)
                case RunImported(path=path):
                    self.actions_.say_imported(path)
                case RunForked(note=note):
                    self.done.say(note)
                case ModelOpened(model=model):
                    self._note_here(model.origin, None)
                case TrainingChanged():
                    self._note_here(event.folder, event)
                case RunSaved():
                    self.refresh()
                case Failed(about="runs", message=message):
                    self.notice.say(message)
                case _:
                    pass

    def _listed(self, paths: Sequence[str]) -> None:
        self.model.keep(paths)
        self.total.set_text(total(list(self.model.runs)))
        self._choose()
        if any(run.trained for run in self.model.runs) and self._seen:
            self._timer.start(AGAIN)

    def _note_here(self, opened: str, change: TrainingChanged | None) -> None:
        before = self.model.here
        trained = before.trained if change is None else change.folder
        state = before.state if change is None else change.state
        self.model.set_here(Here(opened, trained, state))
        self.actions_.take(self.chosen(), self.model.here)
        self.refresh()

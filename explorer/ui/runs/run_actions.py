"""What can be done with the runs that are chosen in the list."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from explorer.messages.commands import OpenModel
from explorer.messages.run_file import ExportRun, ImportRun, RunExported
from explorer.messages.runs import ReadCurves, RenameRun, RunInfo
from explorer.ui.runs.bin import BinError, Thrown, take_back, throw_away
from explorer.ui.runs.done_bar import DoneBar
from explorer.ui.runs.fork_dialog import ForkDialog
from explorer.ui.runs.row_words import Here
from explorer.ui.runs.run_file import ask_for_run_file, ask_where_to
from explorer.ui.widgets.figures import count, size
from explorer.ui.widgets.notice import Notice


class RunActions(QObject):
    """Acts on the chosen runs; what is done can be undone where the bar says so."""

    requested = Signal(object)
    """A command for the worker."""
    changed = Signal()
    """Something on disk is otherwise than it was: the list is to be read again."""
    rename_asked = Signal()
    """The name of the chosen run is to be edited."""

    def __init__(self, owner: QWidget, done: DoneBar, notice: Notice) -> None:
        super().__init__(owner)
        self._owner, self._done, self._notice = owner, done, notice
        self._chosen: tuple[RunInfo, ...] = ()
        self._here = Here()
        self.open = self._action(
            "Open", "Open the newest weights of this run (Enter).", self._open, owner
        )
        self.fork = self._action(
            "Fork…", "Go on from one of its kept steps with something changed.", self._fork, owner
        )
        self.compare = self._action(
            "Compare", "Lay the curves of the chosen runs over each other, and show in which "
            "settings they differ.", self._compare, owner,
        )  # fmt: skip
        self.rename = self._action(
            "Rename…", "Give the run's folder another name.", self.rename_asked.emit, owner, "F2"
        )
        self.delete = self._action(
            "Delete", "Put the run into the recycle bin; it can be brought back.", self._delete,
            owner, QKeySequence.StandardKey.Delete,
        )  # fmt: skip
        self.reveal = self._action(
            "Show folder", "Show the run's folder in the file manager.", self._reveal, owner
        )
        self.copy = self._action(
            "Copy path", "Copy the path of the run's folder.", self._copy, owner
        )
        self.export = self._action(
            "Export as one file…", "Write the whole run into one file, to keep or to give away; it "
            "is a zip archive.", self._export, owner,
        )  # fmt: skip
        self.import_ = self._action(
            "Import a run…", "Put a run that was exported as one file among your runs. Dropping "
            "the file on the window does the same.", self._import, owner,
        )  # fmt: skip
        self.kept = QMenu("Open at a step", owner)
        self.kept.setToolTip("The steps of which the weights are kept.")
        self.kept.setToolTipsVisible(True)
        self.kept.aboutToShow.connect(self._fill_kept)
        self.take((), self._here)

    def _action(
        self, text: str, tip: str, act: Callable[[], object], owner: QWidget,
        keys: str | QKeySequence.StandardKey | None = None,
    ) -> QAction:  # fmt: skip
        action = QAction(text, self)
        action.setToolTip(tip)
        action.triggered.connect(lambda: act())
        if keys is not None:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            owner.addAction(action)
        return action

    def fill(self, menu: QMenu) -> None:
        """All of them, for a button or a right click."""
        menu.setToolTipsVisible(True)
        menu.addAction(self.open)
        menu.addMenu(self.kept)
        menu.addActions([self.fork, self.compare])
        menu.addSeparator()
        menu.addActions([self.rename, self.delete])
        menu.addSeparator()
        menu.addActions([self.export, self.import_])
        menu.addSeparator()
        menu.addActions([self.reveal, self.copy])

    def take(self, chosen: Sequence[RunInfo], here: Here) -> None:
        """These runs are chosen, and the window does this."""
        self._chosen, self._here = tuple(chosen), here
        one = self._chosen[0] if len(self._chosen) == 1 else None
        own = bool(self._chosen) and all(run.kind != "sample" for run in self._chosen)
        self.open.setEnabled(one is not None and not one.trouble and bool(one.kept))
        self.kept.setEnabled(self.open.isEnabled())
        self.fork.setEnabled(self.open.isEnabled())
        self.compare.setEnabled(any(not run.trouble for run in self._chosen))
        self.rename.setEnabled(one is not None and own)
        self.delete.setEnabled(own)
        self.export.setEnabled(one is not None and not one.trouble)
        for action in (self.reveal, self.copy):
            action.setEnabled(one is not None)

    def _open(self) -> None:
        for run in self._chosen[:1]:
            newest = any(kept.whole for kept in run.kept) or run.kind == "sample"
            self.requested.emit(OpenModel(run.path if newest else run.kept[-1].reference))

    def _fill_kept(self) -> None:
        self.kept.clear()
        for run in self._chosen[:1]:
            for kept in reversed(run.kept):
                action = self.kept.addAction(f"Step {count(kept.step)}")
                what = "weights and the optimizer's memory" if kept.whole else "weights alone"
                action.setToolTip(f"{what[0].upper()}{what[1:]}: {kept.reference}")
                action.triggered.connect(partial(self._open_at, kept.reference))

    def _open_at(self, reference: str, _checked: bool = False) -> None:
        self.requested.emit(OpenModel(reference))

    def _fork(self) -> None:
        for run in self._chosen[:1]:
            dialog = ForkDialog(run, self._owner)
            dialog.requested.connect(self.requested)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _compare(self) -> None:
        paths = tuple(run.path for run in self._chosen if not run.trouble)
        self.requested.emit(ReadCurves(paths))

    def _delete(self) -> None:
        self._notice.clear()
        thrown: list[Thrown] = []
        for run in self._chosen:
            if reason := self._busy(run, "delete"):
                self._notice.say(reason)
                continue
            try:
                thrown.append(throw_away(run.path))
            except BinError as error:
                self._notice.say(str(error))
        if thrown:
            self._done.say(self._deleted(thrown), partial(self._bring_back, thrown))
            self.changed.emit()

    def _busy(self, run: RunInfo, doing: str) -> str:
        """Why this cannot be done with a run now."""
        if run.path == self._here.trained and self._here.state in ("running", "paused"):
            return f"“{run.name}” is being trained in this window: press Stop, then {doing} it."
        if run.trained:
            return f"“{run.name}” is being trained by another process: end that, then {doing} it."
        return ""

    def _deleted(self, thrown: Sequence[Thrown]) -> str:
        gone = {one.before for one in thrown}
        runs = [run for run in self._chosen if run.path in gone]
        what = f"“{runs[0].name}” is" if len(runs) == 1 else f"{len(runs)} runs are"
        said = f"{what} in the recycle bin, {size(sum(run.bytes for run in runs))}."
        if self._here.opened in gone:
            said += " Its model stays open here as it is, and cannot be trained on."
        return said

    def _bring_back(self, thrown: Sequence[Thrown]) -> None:
        for one in thrown:
            try:
                take_back(one)
            except BinError as error:
                self._notice.say(str(error))
        self.changed.emit()

    def say_renamed(self, before: str, after: str) -> None:
        """The worker gave a run another name."""
        old, new = name_of(before), name_of(after)
        undo = partial(self.requested.emit, RenameRun(after, old))
        self._done.say(f"“{old}” is now “{new}”.", undo)
        self.changed.emit()

    def _export(self) -> None:
        for run in self._chosen[:1]:
            if reason := self._busy(run, "export"):
                self._notice.say(reason)
                return
            ask_where_to(
                self._owner, run.name,
                lambda file, path=run.path: self.requested.emit(ExportRun(path, file)),
            )  # fmt: skip

    def _import(self) -> None:
        ask_for_run_file(self._owner, lambda file: self.requested.emit(ImportRun(file)))

    def say_exported(self, told: RunExported) -> None:
        """The worker wrote a run into a file."""
        self._done.say(f"“{name_of(told.path)}” is in {name_of(told.file)}, {size(told.bytes)}.")

    def say_imported(self, path: str) -> None:
        """The worker took a run in."""
        self._done.say(f"“{name_of(path)}” is among your runs.")
        self.changed.emit()

    def _reveal(self) -> None:
        for run in self._chosen[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(run.path))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(run.path for run in self._chosen))


def name_of(path: str) -> str:
    """The last part of a path."""
    return path.replace("\\", "/").rpartition("/")[2]

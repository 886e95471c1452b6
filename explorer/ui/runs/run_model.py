"""The runs as Qt's lists want them: a model that is told of runs, and their order."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from explorer.messages.runs import RunInfo
from explorer.ui.runs.row_words import Here, details, figures, origin, settings, state_words

Index = QModelIndex | QPersistentModelIndex
RUN = Qt.ItemDataRole.UserRole
ORDERS: dict[str, tuple[str, Callable[[RunInfo], Any]]] = {
    "newest": ("Newest", lambda r: (r.kind == "sample", _newest(r.created), r.name)),
    "name": ("Name", lambda r: r.name.casefold()),
    "task": ("Task", lambda r: (r.config.task.name, _newest(r.created))),
    "loss": ("Loss", lambda r: (r.loss is None, r.loss or 0.0)),
    "steps": ("Steps", lambda r: -r.step),
    "size": ("Size", lambda r: -r.bytes),
}
"""Orders by name: what the choice says, and what runs are sorted by."""


def _newest(created: str) -> tuple[int, ...]:
    """Turns the order of texts around: later ones come first."""
    return tuple(-ord(letter) for letter in created) or (0,)


class RunModel(QAbstractListModel):
    """Holds what the worker told of each run; a run that is told again replaces its elder."""

    renamed = Signal(str, str)
    """A person gave the run at a path another name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[RunInfo] = []
        self.here = Here()

    @property
    def runs(self) -> tuple[RunInfo, ...]:
        """All of them, in the order in which they were told."""
        return tuple(self._runs)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as there are runs."""
        return 0 if parent.isValid() else len(self._runs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The run itself, its name, and its words."""
        run = self._runs[index.row()]
        if role == RUN:
            return run
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return run.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return details(run)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = state_words(run, self.here)[0]
            return ", ".join((run.name, state, settings(run), figures(run), origin(run)))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All but samples can be renamed."""
        usual = super().flags(index)
        can = index.isValid() and self._runs[index.row()].kind != "sample"
        return usual | Qt.ItemFlag.ItemIsEditable if can else usual

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A name was typed: the worker is asked, and what it says is shown."""
        run, name = self._runs[index.row()], str(value).strip()
        if role != Qt.ItemDataRole.EditRole or name in ("", run.name):
            return False
        self.renamed.emit(run.path, name)
        return True

    def take(self, run: RunInfo) -> None:
        """A run was told."""
        for row, known in enumerate(self._runs):
            if known.path == run.path:
                self._runs[row] = run
                self._say_changed(row, row)
                return
        row = len(self._runs)
        self.beginInsertRows(QModelIndex(), row, row)
        self._runs.append(run)
        self.endInsertRows()

    def note(self, path: str, text: str) -> None:
        """Notes on a run were typed: what is read again comes later."""
        for run in self._runs:
            if run.path == path:
                self.take(replace(run, notes=text))
                return

    def keep(self, paths: Sequence[str]) -> None:
        """There are no others than these."""
        known = set(paths)
        for row in reversed(range(len(self._runs))):
            if self._runs[row].path not in known:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._runs[row]
                self.endRemoveRows()

    def set_here(self, here: Here) -> None:
        """The window opened another model, or its run is in another state."""
        if here != self.here:
            self.here = here
            self._say_changed(0, len(self._runs) - 1)

    def _say_changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first), self.index(last))


class RunOrder(QSortFilterProxyModel):
    """Which runs are shown, and in which order."""

    def __init__(self, source: RunModel) -> None:
        super().__init__(source)
        self._key = ORDERS["newest"][1]
        self._words: tuple[str, ...] = ()
        self.setSourceModel(source)
        self.setDynamicSortFilter(True)
        self.sort(0)

    def order_by(self, name: str) -> None:
        """Sort by one of `ORDERS`."""
        self._key = ORDERS[name][1]
        self.invalidate()
        self.sort(0)

    def search(self, text: str) -> None:
        """Show runs that have all of these words in what their row or tooltip says."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def run(self, index: Index) -> RunInfo:
        """The run in a row of what is shown."""
        return index.data(RUN)

    def lessThan(self, left: Index, right: Index) -> bool:
        """By the chosen order."""
        return self._key(left.data(RUN)) < self._key(right.data(RUN))

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether all words that are searched for are there."""
        if not self._words:
            return True
        index = self.sourceModel().index(source_row, 0, source_parent)
        roles = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        text = "\n".join(str(index.data(role)) for role in roles).casefold()
        return all(word in text for word in self._words)

"""The measures of all heads as rows and columns, in an order that can be chosen."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from explorer.messages.measures import COLUMN, ROLE, RULE, HeadMeasures, Measure, ordered
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import Head

Index = QModelIndex | QPersistentModelIndex
Align = Qt.AlignmentFlag
_ROOT = QModelIndex()
HEAD = Qt.ItemDataRole.UserRole
"""The head of a row."""
_ORDER = "\nClick to sort by it, again to turn the order; S sorts by the column of the chosen cell."


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is sorted by, its title, and what it means."""

    key: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, how long its bar is (0 to 1; 0: none), and whether it steps back."""

    text: str
    share: float
    quiet: bool


_HEAD = Column("", "Head", "The attention, its layer and its head, counted from one.")
_ROLE = Column("label", "Role", f"What the head does, found by measurement. {RULE}")
_SURE = Column("confidence", "Sure", "How sure the role is, from 0 to 1: its confidence.")


def column_of(measure: Measure) -> Column:
    """A measure as a column."""
    text = f"{measure.definition}\nIn {measure.unit}. Source: {measure.source}."
    return Column(measure.key, measure.title, text)


def figure(value: float) -> str:
    """A measure in a cell."""
    if math.isnan(value):
        return "–"
    return f"{value:.2f}" if abs(value) < 99.995 else f"{value:,.0f}"


class MeasuresModel(QAbstractTableModel):
    """A row a head; knows the measures that there are and in which order the heads stand."""

    def __init__(self) -> None:
        super().__init__()
        self.found: HeadMeasures | None = None
        self.columns: tuple[Column, ...] = ()
        self.order: tuple[Head, ...] = ()
        self.key, self.rising = "", False
        self._peaks: dict[str, float] = {}
        self._cells: dict[tuple[Head, str], Cell] = {}

    def take(self, found: HeadMeasures | None) -> None:
        """Show other measures, in the order that was chosen."""
        measured = () if found is None else found.measured
        columns = () if found is None else (_HEAD, _ROLE, _SURE, *map(column_of, measured))
        same = columns == self.columns and (found is None) == (self.found is None)
        same = same and len(self.order) == len(found.heads if found else ())
        if not same:
            self.beginResetModel()
        self.found, self.columns = found, columns
        self._peaks = {m.key: 1.0 if m.share else self._largest(m) for m in measured}
        self.order = self._ordered()
        self._cells.clear()
        if same:
            self._all_changed()
        else:
            self.endResetModel()

    def _largest(self, measure: Measure) -> float:
        assert self.found is not None
        values = self.found.values_NM[:, COLUMN[measure.key]]
        return max((float(v) for v in values if v == v), default=1.0) or 1.0

    def sort_by(self, key: str, *, rising: bool) -> None:
        """Put the heads into another order; no key: by layer and head."""
        self.key, self.rising = key, rising
        self.order = self._ordered()
        self._all_changed()

    def _ordered(self) -> tuple[Head, ...]:
        if self.found is None:
            return ()
        if not self.key or (self.key not in COLUMN and self.key not in ("label", "confidence")):
            return self.found.heads[::-1] if self.rising else self.found.heads
        return ordered(self.found, self.key, rising=self.rising)

    def _all_changed(self) -> None:
        if self.order:
            last = self.index(len(self.order) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def row(self, head: Head) -> int:
        """Where a head stands; −1: nowhere."""
        return self.order.index(head) if head in self.order else -1

    # What Qt asks for

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as there are heads."""
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Name, role, confidence, and what was measured."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles, and what they mean."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.help + _ORDER
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return None

    @staticmethod
    def _side(section: int) -> Align:
        return Align.AlignVCenter | (Align.AlignLeft if section < 2 else Align.AlignRight)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text, tooltip, bar, side or head."""
        if self.found is None or not index.isValid():
            return None
        head, column = self.order[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(head, column.key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.help(head, column.key)
        if role == HEAD:
            return head
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def cell(self, row: int, column: int) -> Cell:
        """What a cell shows; kept, for it is drawn many times."""
        at = self.order[row], self.columns[column].key
        found = self._cells.get(at)
        if found is None:
            found = self._cells[at] = self._made(*at)
        return found

    def _made(self, head: Head, key: str) -> Cell:
        text, share = self.text(head, key), self.share(head, key)
        assert self.found is not None
        vague = self.found.label(*head).role in ("mixed", "")
        return Cell(text, share, text == "–" or (vague and key in ("label", "confidence")))

    def widest_texts(self, key: str) -> set[str]:
        """Texts of a column of which one is the widest; figures are as wide as their digits."""
        if not key:
            return {words.briefest_head_name(*head) for head in self.order}
        if key == "label":
            return {role.title for role in ROLE.values()}
        return {"-0.00", figure(self._peaks.get(key, 1.0))}

    def text(self, head: Head, key: str) -> str:
        """What stands in a cell."""
        assert self.found is not None
        if not key:
            return words.briefest_head_name(*head)
        label = self.found.label(*head)
        if key == "label":
            return label.title
        return figure(label.confidence if key == "confidence" else self.found.value(*head, key))

    def share(self, head: Head, key: str) -> float:
        """How long the bar of a cell is; that a head is far from any role is no merit."""
        if self.found is None or key in ("", "label"):
            return 0.0
        label = self.found.label(*head)
        if key == "confidence":
            value = 0.0 if label.role == "mixed" else label.confidence
        else:
            value = self.found.value(*head, key) / self._peaks.get(key, 1.0)
        return 0.0 if math.isnan(value) else min(max(value, 0.0), 1.0)

    def help(self, head: Head, key: str) -> str:
        """What a cell says, in words."""
        assert self.found is not None
        row = self.found.rows[head]
        label, name = self.found.labels[row], words.head_name(*head)
        if not key:
            return f"{name}. Click or press Enter to look at it."
        if key in ("label", "confidence"):
            said = f"{name}: {label.title}. {ROLE[label.role].definition}"
            sure = "" if math.isnan(label.confidence) else f" Confidence {label.confidence:.2f},"
            return f"{said}{sure} from {label.queries:,} queries.\n{RULE}"
        column = next(column for column in self.columns if column.key == key)
        queries = int(self.found.queries_NM[row, COLUMN[key]])
        what = "examples" if key == "variability" else "queries"
        value = self.text(head, key)
        measured = f"{value}, from {queries:,} {what}" if queries else "not measured here"
        return f"{name}, {column.title.lower()}: {measured}.\n{column.help}"

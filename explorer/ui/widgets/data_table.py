"""The first rows of a person's data, the columns that matter in full ink."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from explorer.messages.data_preview import DataPreview
from explorer.ui import theme


class DataTable(QTableWidget):
    """Shows rows and says over its columns which one is read and which one is learned."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("First rows")
        self.setToolTip("The beginning of the data. Nothing here can be changed.")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + theme.SPACE // 2)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self._found: DataPreview | None = None
        theme.theme().changed.connect(self._fill)

    def show_rows(self, found: DataPreview) -> None:
        """Show other rows."""
        self._found = found
        self._fill()

    def _fill(self) -> None:
        found = self._found
        if found is None:
            return
        width = max([len(found.columns), *map(len, found.rows)], default=0)
        self.setColumnCount(width)
        self.setRowCount(len(found.rows))
        self.horizontalHeader().setVisible(bool(found.columns))
        for column in range(width):
            self.setHorizontalHeaderItem(column, QTableWidgetItem(_title(found, column)))
        inks = self._inks(found, width)
        for row, cells in enumerate(found.rows):
            for column in range(width):
                text = cells[column] if column < len(cells) else ""
                item = QTableWidgetItem(" ".join(text.split()))
                item.setForeground(QBrush(inks[column]))
                item.setToolTip(text if len(text) > 40 else "")
                self.setItem(row, column, item)

    def _inks(self, found: DataPreview, width: int) -> list[QColor]:
        c = theme.colors()
        if found.source < 0:
            return [QColor(c.text)] * width
        return [QColor(c.text if i in (found.source, found.target) else c.faint)
                for i in range(width)]  # fmt: skip


def _title(found: DataPreview, column: int) -> str:
    if column >= len(found.columns):
        return str(column + 1)
    named = found.header or found.kind == "two files"
    name = found.columns[column] if named else f"column {column + 1}"
    if column == found.source:
        return f"{name} · read"
    return f"{name} · learned" if column == found.target else name

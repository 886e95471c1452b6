"""The table of all heads: figures with bars, sorted by any column; its row is the chosen head."""

from functools import lru_cache

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.attention.frozen_column import FrozenColumn
from explorer.ui.attention.measures_model import HEAD, MeasuresModel
from explorer.ui.style_sheet import mix
from explorer.ui.widgets.head_selection import Head

Index = QModelIndex | QPersistentModelIndex
PAD = 7
DOT = 8
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft | _MIDDLE, Qt.AlignmentFlag.AlignRight | _MIDDLE
_SELECTED, _FOCUSED = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_HasFocus


class MeasuresTable(QTableView):
    """Rows are heads; a row that is clicked or walked to is chosen."""

    chosen = Signal(object)
    """(site, head) that a person chose."""
    sorted_ = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = MeasuresModel()
        self.setModel(self.rows)
        self.setItemDelegate(_Cells(self))
        self._following = False
        self._dress()
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicatorShown(False)
        header.setToolTip("Click a title to sort by it.")
        header.sectionClicked.connect(self.sort_by_column)
        self.selectionModel().currentRowChanged.connect(self._walked)
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)
        self._frozen = FrozenColumn(self)
        self.rows.modelReset.connect(self._fit)

    def _dress(self) -> None:
        self.setAccessibleName("Measures of all heads")
        self.setAccessibleDescription("A head a row: arrows walk, Enter chooses the head.")
        self.setFont(theme.font("small"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setFont(theme.font("small"))
        self.setCornerWidget(QWidget())  # Else the corner of the scroll bars is black.
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)

    def _fit(self) -> None:
        """Give each column what its title and its widest text take."""
        widths = column_widths(self.rows, self.fontMetrics())
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self._frozen.fit()

    # Order

    def sort_by_column(self, section: int) -> None:
        """By this column, the largest first; if it is so already, the other way round."""
        key = self.rows.columns[section].key
        again = key == self.rows.key
        head = self.head
        self.rows.sort_by(key, rising=again and not self.rows.rising)
        header = self.horizontalHeader()
        order = Qt.SortOrder.AscendingOrder if self.rows.rising else Qt.SortOrder.DescendingOrder
        header.setSortIndicator(section, order)
        header.setSortIndicatorShown(bool(key) or self.rows.rising)
        self.follow(head)
        self.sorted_.emit()

    # The chosen row

    @property
    def head(self) -> Head | None:
        """The head of the current row."""
        found = self.currentIndex().data(HEAD) if self.currentIndex().isValid() else None
        return found if isinstance(found, tuple) else None

    def follow(self, head: Head | None) -> None:
        """Show which head is chosen elsewhere; nothing is emitted."""
        row = -1 if head is None else self.rows.row(head)
        if row < 0:
            return
        self._following = True
        column = max(self.currentIndex().column(), 0)
        index = self.rows.index(row, column)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(self.rows.index(row, column))
        self._following = False

    def _walked(self, index: Index, _: Index) -> None:
        if not self._following:
            self._choose(index)

    def _choose(self, index: Index) -> None:
        head = index.data(HEAD)
        if isinstance(head, tuple):
            self.chosen.emit(head)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """S sorts by the column of the chosen cell; the rest is as in any table."""
        if event.key() == Qt.Key.Key_S and self.currentIndex().isValid():
            self.sort_by_column(self.currentIndex().column())
        else:
            super().keyPressEvent(event)


class _Cells(QStyledItemDelegate):
    """Draws a bar behind a figure, and a dot in the head's colour before its name."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a cell."""
        table = self.parent()
        assert isinstance(table, MeasuresTable)
        box: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        state = option.state  # pyright: ignore[reportAttributeAccessIssue]
        if _SELECTED in state:
            c = theme.colors()
            painter.fillRect(box, QColor(mix(c.surface, c.accent, 0.18)))
        paint_cell(painter, box, table.rows, index.row(), index.column())
        if _FOCUSED in state:
            painter.setPen(QColor(theme.colors().accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))


def paint_cell(painter: QPainter, box: QRect, rows: MeasuresModel, row: int, column: int) -> None:
    """Draw what a cell holds, on screen or on paper."""
    c = theme.colors()
    cell = rows.cell(row, column)
    if cell.share:
        wide = round((box.width() - 6) * cell.share)
        bar = QRect(box.left() + 3, box.top() + 2, wide, box.height() - 4)
        painter.fillRect(bar, QColor(_bar_color(c)))
    left = PAD
    if column == 0:
        _paint_dot(painter, box, rows.order[row][1])
        left += DOT + 5
    painter.setPen(QColor(c.faint if cell.quiet else c.text))
    room = box.adjusted(left, 0, -PAD, 0)
    painter.drawText(room, _LEFT if column < 2 else _RIGHT, cell.text)


@lru_cache(maxsize=2)
def _bar_color(c: theme.Colors) -> str:
    return mix(c.surface, c.accent, 0.28)


def _paint_dot(painter: QPainter, box: QRect, head: int) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.head_color(head))
    middle = box.top() + (box.height() - DOT) / 2
    painter.drawEllipse(QRectF(box.left() + PAD, middle, DOT, DOT))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def column_widths(rows: MeasuresModel, metrics: QFontMetrics, arrow: int = 14) -> list[int]:
    """Pixels for each column: its title, or its widest text."""
    found: list[int] = []
    for number, column in enumerate(rows.columns):
        widest = max(map(metrics.horizontalAdvance, rows.widest_texts(column.key)))
        dot = DOT + 5 if number == 0 else 0
        found.append(max(metrics.horizontalAdvance(column.title) + arrow, widest + dot) + 2 * PAD)
    return found

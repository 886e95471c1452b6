"""The first column of a table, which stays in sight while the others scroll below it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView

from explorer.ui import theme


class FrozenColumn(QTableView):
    """Lies over the left edge of a table, shares its rows and choice, and takes no focus."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.setModel(table.model())
        self.setSelectionModel(table.selectionModel())
        self.setItemDelegate(table.itemDelegate())
        self.setObjectName("frozen")
        self.setFont(table.font())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAutoScroll(False)
        for which in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            which(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(table.verticalHeader().defaultSectionSize())
        header = self.horizontalHeader()
        header.setFont(table.horizontalHeader().font())
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        self._connect()
        self._dress()

    def _connect(self) -> None:
        bar, own = self._table.verticalScrollBar(), self.verticalScrollBar()
        bar.valueChanged.connect(own.setValue)
        own.valueChanged.connect(bar.setValue)
        self.clicked.connect(self._table.clicked)
        self.horizontalHeader().sectionClicked.connect(
            self._table.horizontalHeader().sectionClicked
        )
        self._table.horizontalHeader().sectionResized.connect(lambda *_: self.fit())
        self._table.horizontalScrollBar().valueChanged.connect(lambda _: self._show_when_needed())
        self._table.installEventFilter(self)
        theme.theme().changed.connect(self._dress)

    def _dress(self) -> None:
        c = theme.colors()
        self.setStyleSheet(
            f"QTableView#frozen {{ background: {c.surface}; border-right: 1px solid {c.line}; }}"
            f"QHeaderView {{ background: {c.surface}; }}"
        )

    def fit(self) -> None:
        """Lie exactly over the column."""
        for column in range(self.model().columnCount()):
            self.setColumnHidden(column, column > 0)
        if self.model().columnCount():
            self.setColumnWidth(0, self._table.columnWidth(0))
        header, frame = self._table.horizontalHeader(), self._table.frameWidth()
        self.horizontalHeader().setFixedHeight(header.height())
        high = header.height() + self._table.viewport().height()
        self.setGeometry(frame, frame, self._table.columnWidth(0) + 1, high)
        self._show_when_needed()

    def _show_when_needed(self) -> None:
        """While the column itself is in sight it is not needed."""
        scrolled = self._table.horizontalScrollBar().value() > 0
        self.setVisible(scrolled and self.model().rowCount() > 0)
        if self.isVisible():
            self.verticalScrollBar().setValue(self._table.verticalScrollBar().value())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.fit()
        return super().eventFilter(watched, event)

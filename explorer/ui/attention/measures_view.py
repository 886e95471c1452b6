"""All heads as a table of measures: what each does, found out on a sentence or on many."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.events import Event
from explorer.messages.measures import HeadMeasures
from explorer.messages.shown import Shown
from explorer.tables.measures_table import save_measures
from explorer.ui import theme
from explorer.ui.attention.measures_asking import MeasuresAsking
from explorer.ui.attention.measures_table import MeasuresTable, column_widths, paint_cell
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.view import View
from explorer.ui.widgets.empty_page import EmptyPage
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.segments import Segment, Segments
from explorer.ui.widgets.text_line import TextLine

_ON = (
    Segment(0, "This sentence", "Measure the heads on the sentence that is shown."),
    Segment(64, "64 examples", "Measure them on 64 held-out examples of the model's task."),
    Segment(512, "512", "Measure them on 512 held-out examples; takes longer."),
)
_EMPTY = "Type a sentence: then every head is measured on it."
_EXPORT = "Save all measures of all heads as CSV or JSON, with their definitions."


class MeasuresView(View):
    """A row a head, a column a measure; the chosen row is the chosen head."""

    key = "measures"
    title = "Measures"
    help = (
        "What each head does, in figures: how sharp, how far, at what it looks; and a role where "
        "one can be told. Click a title to sort, a row to look at its head."
    )

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(selection, parent)
        self.table = MeasuresTable()
        self.asking = MeasuresAsking(self)
        self.on = Segments("What the heads are measured on", _ON)
        self.progress = QProgressBar()
        self.words = TextLine("What was measured")
        self.save = QToolButton()
        self.empty = EmptyPage()
        self._pages = QStackedWidget()
        self._arrange()
        self._connect()
        self._take(None, "")

    def _arrange(self) -> None:
        self.save.setText("Save table…")
        self.save.setFont(theme.font("small"))
        self.save.setAccessibleName("Save the table of measures")
        self.save.setToolTip(_EXPORT)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(12 * theme.SPACE)
        self.progress.setAccessibleName("How far the measuring is")
        self.progress.hide()
        tools = QHBoxLayout()
        tools.setSpacing(theme.SPACE)
        tools.addWidget(self.on)
        tools.addWidget(self.words, 1)
        tools.addWidget(self.progress)
        tools.addWidget(self.save)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addLayout(tools)
        box.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.table.chosen.connect(lambda head: self.selection.choose(*head))
        self.selection.follow(self._follow)
        self.on.chosen.connect(self._measure_on)
        self.asking.requested.connect(self.requested)
        self.asking.found.connect(self._take)
        self.asking.progressed.connect(self._progress)
        self.save.clicked.connect(self._ask_for_file)
        theme.theme().changed.connect(self.table.viewport().update)

    @property
    def measures(self) -> HeadMeasures | None:
        """What the table shows."""
        return self.table.rows.found

    # What is measured

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keys to the table; a proxy that is hidden would let Tab come no further."""
        self.table.setFocus(event.reason())

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to ask."""
        super().showEvent(event)
        self.asking.looks = True
        self._ask_about_shown()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more: nobody looks."""
        super().hideEvent(event)
        self.asking.looks = False

    def show_attention(self, shown: Shown | None) -> None:
        """Another trace, or the same one read otherwise: measures are of the trace as it is."""
        super().show_attention(shown)
        self._ask_about_shown()

    def _ask_about_shown(self) -> None:
        trace = None if self.shown is None else self.shown.trace
        self.asking.show_trace(trace)
        if trace is None:
            self._take(None, "")

    def _measure_on(self, examples: int) -> None:
        self.progress.setVisible(bool(examples))
        self.progress.setRange(0, 0)
        self.asking.measure_on(examples)

    def receive(self, events: Sequence[Event]) -> None:
        """Take measures, and how far they are."""
        self.asking.receive(events)

    def _progress(self, done: int, total: int) -> None:
        self.progress.show()
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _take(self, found: HeadMeasures | None, refused: str) -> None:
        self.progress.hide()
        self.table.rows.take(found)
        self.save.setEnabled(found is not None)
        if found is None:
            self.empty.say("Not measured" if refused else "", refused or _EMPTY)
            self.words.set_text("")
        else:
            self.words.set_text(f"On {found.on}, {found.milliseconds:,.0f} ms")
        self._pages.setCurrentWidget(self.empty if found is None else self.table)
        self._follow()

    # The chosen head

    def _follow(self) -> None:
        site = self.selection.site
        if site is None or self.measures is None:
            return
        head = (site, self.selection.head)
        self.table.follow(head)
        if head in self.measures.rows:
            said = self.table.rows.help(head, "label").splitlines()[0]
            self.table.setAccessibleDescription(said)
            if self.isVisible():
                self.pointed.emit(said)

    # Taking it away

    def _ask_for_file(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save measures", "measures.csv", "Tables (*.csv *.json)"
        )
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the table; what goes wrong is said."""
        if self.measures is None:
            return
        try:
            save_measures(self.measures, path)
        except OSError as error:
            self.words.set_text(f"{path} was not saved: {error.strerror}", "bad")
        else:
            self.words.set_text(f"Saved {path.name}", "good")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The table paints itself."""

    def subject(self) -> str:
        """What the table is of."""
        return "" if self.measures is None else f"all heads, measured on {self.measures.on}"

    def paper_size(self) -> QSizeF:
        """All rows and columns."""
        widths, height = self._paper()
        rows = self.table.rows.rowCount() + 1
        return QSizeF(max(sum(widths), 320), max(height * rows, 120))

    def _paper(self) -> tuple[list[int], int]:
        metrics = QFontMetrics(page_font())
        return column_widths(self.table.rows, metrics, 0), metrics.height() + 6

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """The whole table, made smaller where it would not fit."""
        rows, whole = self.table.rows, self.paper_size()
        widths, high = self._paper()
        painter.save()
        scale = min(size.width() / whole.width(), size.height() / whole.height(), 1.5)
        painter.scale(scale, scale)
        painter.setFont(page_font())
        x = 0
        for column, width in enumerate(widths):
            painter.setPen(QColor(theme.colors().muted))
            side = rows.headerData(
                column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
            )
            title = QRect(x, 0, width, high).adjusted(7, 0, -7, 0)
            painter.drawText(title, side, rows.columns[column].title)  # pyright: ignore
            for row in range(rows.rowCount()):
                box = QRect(x, high * (row + 1), width, high)
                paint_cell(painter, box, rows, row, column)
            x += width
        painter.restore()

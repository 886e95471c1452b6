"""A window of its own with the curves of this run and of those before it, to compare."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.runs.settings_table import SettingsTable
from explorer.ui.widgets.compare_plot import QUANTITIES, ComparePlot
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.run_shelf import KeptRun
from explorer.ui.widgets.text_line import TextLine


class CompareWindow(QWidget):
    """Lives until it is closed; `show_runs` gives it the newest points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare runs")
        self.resize(130 * theme.SPACE, 80 * theme.SPACE)
        self._runs: tuple[KeptRun, ...] = ()
        self._hidden: set[str] = set()
        self.plot = ComparePlot(self)
        self.readout = TextLine("Values under the pointer")
        self.plot.pointed.connect(self.readout.set_text)
        self.notice = Notice(self)
        self.table = SettingsTable(self)
        self.list = self._make_list()
        self._arrange()
        theme.theme().changed.connect(self._dress)

    def _make_list(self) -> QListWidget:
        made = QListWidget(self)
        made.setAccessibleName("Runs to compare")
        made.setToolTip("Take the mark away to leave a run out.")
        made.setMaximumWidth(26 * theme.SPACE)
        made.itemChanged.connect(self._choose)
        return made

    def _arrange(self) -> None:
        self.quantity = QComboBox(self)
        self.quantity.addItems([quantity.title for quantity in QUANTITIES])
        self.quantity.setAccessibleName("Quantity")
        self.quantity.setToolTip("What is drawn over the steps.")
        self.quantity.currentIndexChanged.connect(self._redraw)
        self.along = QComboBox(self)
        for name, title in (("step", "By step"), ("tokens", "By token"), ("seconds", "By time")):
            self.along.addItem(title, name)
        self.along.setAccessibleName("Aligned by")
        self.along.setToolTip(
            "What the runs are laid out along: steps, the tokens that they learned from, or the "
            "seconds that they worked. A run whose log does not tell is left out."
        )
        self.along.currentIndexChanged.connect(self._realign)
        self.log_x = self._switch("Log x", "Lay the steps out by their logarithm.")
        self.log_y = self._switch("Log y", "Lay the values out by their logarithm.")
        tip = "What counting alone reaches on the data of the first run, as dashed lines."
        self.baselines = self._switch("Baselines", tip)
        self.baselines.setChecked(True)
        fit = self._button("Fit", "Show everything.")
        fit.clicked.connect(self.plot.fit)
        save = self._button("Save picture…", "The plot as it is on screen, as PNG.")
        save.clicked.connect(self._ask_for_png)
        tools = QHBoxLayout()
        for widget in (
            self.quantity,
            self.along,
            self.log_x,
            self.log_y,
            self.baselines,
            fit,
            save,
        ):
            tools.addWidget(widget)
        tools.addStretch(1)
        right = QVBoxLayout()
        right.addLayout(tools)
        right.addWidget(self.notice)
        right.addWidget(self.plot, 1)
        right.addWidget(self.readout)
        right.addWidget(self.table)
        row = QHBoxLayout(self)
        row.addWidget(self.list)
        row.addLayout(right, 1)

    def _switch(self, text: str, tip: str) -> QCheckBox:
        made = QCheckBox(text, self)
        made.setToolTip(tip)
        made.toggled.connect(self._redraw)
        return made

    def _button(self, text: str, tip: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setToolTip(tip)
        return made

    def show_runs(self, runs: Sequence[KeptRun]) -> None:
        """The runs to choose from, with their newest points."""
        names = [run.name for run in self._runs]
        self._runs = tuple(runs)
        if names != [run.name for run in runs]:
            self._fill_list()
        self._redraw()

    def _fill_list(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for number, run in enumerate(self._runs):
            item = QListWidgetItem(_swatch(theme.head_color(number)), run.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            shown = run.name not in self._hidden
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)

    def _dress(self) -> None:
        """Runs have other shades in another appearance."""
        self._fill_list()
        self._redraw()

    def _choose(self, item: QListWidgetItem) -> None:
        shown = item.checkState() is Qt.CheckState.Checked
        (self._hidden.discard if shown else self._hidden.add)(item.text())
        self._redraw()

    def _realign(self) -> None:
        self.plot.along = str(self.along.currentData())
        self._redraw()
        self.plot.fit()

    def _redraw(self) -> None:
        self.plot.quantity = QUANTITIES[self.quantity.currentIndex()]
        self.plot.show_baselines = self.baselines.isChecked()
        self.plot.set_logs(x=self.log_x.isChecked(), y=self.log_y.isChecked())
        colored = [(run, theme.head_color(number)) for number, run in enumerate(self._runs)]
        shown = [(run, color) for run, color in colored if run.name not in self._hidden]
        self.plot.show_runs(shown)
        self.table.show_runs(shown)

    def save_png(self, path: str) -> None:
        """Write the plot as it is on screen."""
        self.notice.clear()
        if not self.plot.grab().save(path):
            self.notice.say(f"{path} could not be written. Choose another folder or name.")

    def _ask_for_png(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save picture", "compare.png", "PNG (*.png)")
        if path:
            self.save_png(path)


def _swatch(color: QColor) -> QIcon:
    square = QPixmap(12, 12)
    square.fill(color)
    return QIcon(square)

"""Several runs beside each other: what they reached, and the settings in which they differ."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from explorer.messages.settings import all_settings
from explorer.ui import theme
from explorer.ui.widgets.run_shelf import KeptRun

Row = tuple[str, str, tuple[str, ...]]
"""Title, help, and a text for each run."""
_FIGURES: tuple[tuple[str, str, str, Callable[[float], str]], ...] = (
    ("Steps taken", "training", "The last step of the training curve.", lambda v: f"{v:,.0f}"),
    ("Held-out loss", "validation", "The last one, nats per token.", lambda v: f"{v:.4g}"),
    ("Token accuracy", "token accuracy", "The last one.", lambda v: f"{v:.1f} %"),
    ("Exact match", "exact match", "The last one.", lambda v: f"{v:.1f} %"),
)


def rows(runs: Sequence[KeptRun]) -> list[Row]:
    """Last figures that any run has, then every setting that is not the same in all."""
    found: list[Row] = []
    for title, curve, help, words in _FIGURES:
        texts = tuple(_last(run, curve, words) for run in runs)
        if any(text != "–" for text in texts):
            found.append((title, help, texts))
    configs = [run.config for run in runs if run.config is not None]
    if len(configs) == len(runs):
        for setting in all_settings():
            values = [getattr(getattr(c, setting.section), setting.name) for c in configs]
            if any(value != values[0] for value in values):
                texts = tuple(str(value) or "–" for value in values)
                found.append((setting.title, f"{setting.help} ({setting.path})", texts))
    return found


def _last(run: KeptRun, curve: str, words: Callable[[float], str]) -> str:
    if curve not in run.curves:
        return "–"
    x, y = run.curves[curve]
    value = float(x[-1] if curve == "training" else y[-1])
    return words(value) if value == value else "–"


class SettingsTable(QTableWidget):
    """A column for each run, in its colour; what is the same everywhere is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("How the runs differ")
        self.setToolTip("Last figures, and the settings in which these runs differ; all others "
                        "are the same.")  # fmt: skip
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMaximumHeight(26 * theme.SPACE)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + theme.SPACE // 2)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self._shown: object = None

    def show_runs(self, runs: Sequence[tuple[KeptRun, QColor]]) -> None:
        """Show these runs; does nothing when it would say the same."""
        found = rows([run for run, _ in runs])
        shown = (found, [(run.name, color.name()) for run, color in runs])
        if shown == self._shown:
            return
        self._shown = shown
        self.setColumnCount(len(runs))
        self.setRowCount(len(found))
        for column, (run, color) in enumerate(runs):
            head = QTableWidgetItem(run.name)
            head.setForeground(color)
            head.setToolTip(run.name)
            self.setHorizontalHeaderItem(column, head)
        for row, (title, help, texts) in enumerate(found):
            head = QTableWidgetItem(title)
            head.setToolTip(help)
            self.setVerticalHeaderItem(row, head)
            for column, text in enumerate(texts):
                self.setItem(row, column, QTableWidgetItem(text))

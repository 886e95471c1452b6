"""What to learn, from which corpus, and from which preset the settings start."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.messages.presets import Preset
from explorer.messages.task_config import OWN
from explorer.messages.tasks import TASK_INFO, TaskInfo
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.task_groups import group_of, task_groups
from explorer.ui.widgets.text_line import TextLine

_TASK_TIP = (
    "<b>Task</b><br>What the model learns to do with the source. Takes the task's preset as long "
    "as you have changed no setting. <code>task.name</code>"
)
_PRESET_TIP = "<b>Preset</b><br>Settings that are known to work. Choosing one replaces them all."
_CORPUS_TIP = (
    "<b>Open data</b><br>Your own text, or a table of pairs or labels: plain text, TSV, CSV or "
    "JSON Lines, or a folder of text files. <code>task.file</code>"
)


class TaskChooser(QWidget):
    """Two lists, a sentence of what attention has to learn, and the corpus."""

    task_chosen = Signal(str)
    preset_chosen = Signal(str)
    corpus_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task = ElidedCombo("Task", _TASK_TIP, self)
        self._fill_tasks()
        self.task.activated.connect(lambda i: self.task_chosen.emit(self.task.itemData(i)))
        self.lesson = self._lesson()
        self.corpus = self._corpus_button()
        self.file = TextLine("Corpus file")
        self.preset = ElidedCombo("Preset", _PRESET_TIP, self)
        self.preset.activated.connect(lambda i: self.preset_chosen.emit(self.preset.itemData(i)))
        self._arrange()
        self._color()
        theme.theme().changed.connect(self._color)

    def _fill_tasks(self) -> None:
        for title, names in task_groups():
            self.task.add_heading(title)
            for name in names:
                self.task.add_choice(task_info(name).title, name, task_info(name).learns)
        self.task.setMaxVisibleItems(self.task.count())

    def _corpus_button(self) -> QPushButton:
        button = QPushButton("Open…", self)
        button.setAccessibleName("Open data")
        button.setToolTip(_CORPUS_TIP)
        button.clicked.connect(self.corpus_asked)
        return button

    def _lesson(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setFont(theme.font("small"))
        label.setMinimumHeight(2 * label.fontMetrics().lineSpacing())
        label.setToolTip("What attention has to learn in this task.")
        return label

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SPACE // 2)
        grid.setHorizontalSpacing(theme.SPACE)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._caption("Task", self.task), 0, 0)
        grid.addWidget(self.task, 0, 1)
        grid.addWidget(self.lesson, 1, 1)
        grid.addWidget(self._caption("Corpus", self.corpus), 2, 0)
        grid.addLayout(self._line(self.corpus, self.file), 2, 1)
        grid.addWidget(self._caption("Preset", self.preset), 3, 0)
        grid.addWidget(self.preset, 3, 1)

    def _caption(self, text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text, self)
        label.setBuddy(buddy)
        label.setToolTip(buddy.toolTip())
        return label

    def _line(self, button: QPushButton, text: TextLine) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(button)
        row.addWidget(text, 1)
        return row

    def _color(self) -> None:
        palette = self.lesson.palette()
        palette.setColor(self.lesson.foregroundRole(), QColor(theme.colors().muted))
        self.lesson.setPalette(palette)
        self.corpus.setIcon(icon("corpus", theme.colors().text, theme.colors().faint))

    def set_presets(self, presets: Sequence[Preset]) -> None:
        """Offer these presets, in the groups of their tasks."""
        self.preset.clear()
        for title, _ in task_groups():
            here = [p for p in presets if group_of(p.config.task.name) == title]
            if here:
                self.preset.add_heading(title)
            for preset in here:
                learns = task_info(preset.config.task.name).learns
                self.preset.add_choice(preset.title, preset.name, learns)
        self.preset.setMaxVisibleItems(self.preset.count() + 1)

    def offer_opened(self, title: str) -> None:
        """Offer the opened model's own settings on top, under its title; chosen, it is ""."""
        if self.preset.count() and self.preset.itemData(0) == "":
            self.preset.setItemText(0, title)
        else:
            self.preset.insertItem(0, title, "")

    def show_task(self, name: str, file: str) -> None:
        """Show the chosen task, its lesson, and the corpus if one is chosen."""
        self.task.setCurrentIndex(self.task.findData(name))
        self.lesson.setText(task_info(name).learns)
        if name in OWN:
            shown, color = (Path(file).name, "text") if file else ("no file yet", "warning")
            self.file.set_text(shown, color)
        else:
            self.file.set_text("none, made up as it learns", "faint", brief="none, made up")
        self.file.setToolTip(file or _CORPUS_TIP)


def task_info(name: str) -> TaskInfo:
    """What is known of a task; also of one that there is no more."""
    found = next((info for task, info in TASK_INFO.items() if task == name), None)
    return found or TaskInfo(name, "")

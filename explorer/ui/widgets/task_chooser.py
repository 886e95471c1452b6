"""What to learn, from which corpus, and from which preset the settings start."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.messages.presets import Preset
from explorer.messages.tasks import TASK_INFO
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.widgets.text_line import TextLine

_TASK_TIP = (
    "<b>Task</b><br>What the model learns to do with the source. Takes the task's preset as long "
    "as you have changed no setting. <code>task.name</code>"
)
_PRESET_TIP = "<b>Preset</b><br>Settings that are known to work. Choosing one replaces them all."
_CORPUS_TIP = (
    "<b>Open corpus</b><br>A UTF-8 text file with a pair on each line: source, a tab, target. "
    "It may be gzipped. <code>task.file</code>"
)


class TaskChooser(QWidget):
    """Two lists, a sentence of what attention has to learn, and the corpus."""

    task_chosen = Signal(str)
    preset_chosen = Signal(str)
    corpus_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task = self._combo("Task", _TASK_TIP)
        for name, info in TASK_INFO.items():
            self.task.addItem(info.title, name)
        self.task.activated.connect(lambda i: self.task_chosen.emit(self.task.itemData(i)))
        self.lesson = self._lesson()
        self.corpus = self._corpus_button()
        self.file = TextLine("Corpus file")
        self.preset = self._combo("Preset", _PRESET_TIP)
        self.preset.activated.connect(lambda i: self.preset_chosen.emit(self.preset.itemData(i)))
        self._arrange()
        self._color()
        theme.theme().changed.connect(self._color)

    def _combo(self, name: str, tip: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.setToolTip(tip)
        combo.setMinimumContentsLength(8)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return combo

    def _corpus_button(self) -> QPushButton:
        button = QPushButton("Open…", self)
        button.setAccessibleName("Open corpus")
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
        palette.setColor(self.lesson.foregroundRole(), theme.colors().muted)
        self.lesson.setPalette(palette)
        self.corpus.setIcon(icon("corpus", theme.colors().text, theme.colors().faint))

    def set_presets(self, presets: Sequence[Preset]) -> None:
        """Offer these presets."""
        self.preset.clear()
        for preset in presets:
            self.preset.addItem(preset.title, preset.name)

    def offer_opened(self, title: str) -> None:
        """Offer the opened model's own settings on top, under its title; chosen, it is ""."""
        if self.preset.count() and self.preset.itemData(0) == "":
            self.preset.setItemText(0, title)
        else:
            self.preset.insertItem(0, title, "")

    def show_task(self, name: str, file: str) -> None:
        """Show the chosen task, its lesson, and the corpus if one is chosen."""
        self.task.setCurrentIndex(self.task.findData(name))
        self.lesson.setText(next((i.learns for n, i in TASK_INFO.items() if n == name), ""))
        missing = name == "pairs" and not file
        shown = "no file yet" if missing else Path(file).name
        self.file.set_text(shown, "warning" if missing else "muted")
        self.file.setToolTip(file)

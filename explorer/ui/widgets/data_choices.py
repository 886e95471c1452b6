"""What a person's data is taken for: its task, its columns and its encoding."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QToolButton, QWidget

from explorer.messages.data_preview import DataPreview
from explorer.messages.task_config import TaskConfig
from explorer.messages.tasks import TASK_INFO
from explorer.ui import theme
from explorer.ui.widgets.data_words import ENCODINGS, column_words, encoding_words
from explorer.ui.widgets.segments import Segment, Segments
from explorer.ui.widgets.text_line import TextLine

_TASKS = (
    Segment("text", "Running text", "A language model: learn what comes next."),
    Segment("pairs", "Pairs", "Learn to write one column from the other, as in translation."),
    Segment("classes", "Labelled texts", "Learn one label for each text."),
    Segment("labels", "Labelled words", "Learn a label for each word: as many labels as words."),
)
_ENCODING_TIP = "How the file's bytes spell letters. <code>task.encoding</code>"
_SOURCE_TIP = "The column that the model reads. <code>task.source_column</code>"
_TARGET_TIP = "The column that the model learns. <code>task.target_column</code>"


class DataChoices(QWidget):
    """Shows what was found out, and lets a person say otherwise."""

    edited = Signal(dict)
    """Settings of the task that a person changed, by name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Segments("Taken for", _TASKS)
        self.lesson = TextLine("What is learned")
        self.encoding = _combo("Encoding", _ENCODING_TIP)
        self.source = _combo("Read", _SOURCE_TIP)
        self.target = _combo("Learn", _TARGET_TIP)
        self.swap = _swap()
        self._found: DataPreview | None = None
        self._settings = TaskConfig(name="text")
        self._arrange()
        self.kind.chosen.connect(lambda name: self.edited.emit({"name": name}))
        self.encoding.activated.connect(self._choose_encoding)
        self.source.activated.connect(lambda index: self._choose("source", index))
        self.target.activated.connect(lambda index: self._choose("target", index))
        self.swap.clicked.connect(self._turn_round)

    def _arrange(self) -> None:
        self._columns = QWidget()
        columns = QHBoxLayout(self._columns)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(theme.SPACE)
        for part, stretch in ((self.source, 1), (self.swap, 0), (self.target, 1)):
            columns.addWidget(part, stretch)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * theme.SPACE)
        self._form.setVerticalSpacing(theme.SPACE)
        for title, part in (
            ("Taken for", self.kind), ("", self.lesson), ("Read → learn", self._columns),
            ("Encoding", self.encoding),
        ):  # fmt: skip
            self._form.addRow(title, part)
        self._form.setRowVisible(self._columns, False)

    def show_settings(self, settings: TaskConfig) -> None:
        """Show these without a word about it."""
        self._settings = settings
        self.kind.choose(settings.name)
        self.lesson.set_text(TASK_INFO[settings.name].learns)

    def show_found(self, found: DataPreview) -> None:
        """Show what was found out of the file."""
        self._found = found
        self._fill_encodings(found)
        shown = len(found.columns) > 1 and found.settings.name != "text"
        self._form.setRowVisible(self._columns, shown)
        for combo, column in ((self.source, found.source), (self.target, found.target)):
            combo.clear()
            combo.addItems(column_words(found))
            combo.setCurrentIndex(column)
            combo.setEnabled(found.kind != "two files")

    def _fill_encodings(self, found: DataPreview) -> None:
        self.encoding.clear()
        how = "guessed" if found.guessed else "found out"
        auto = found.encoding and not found.settings.encoding
        first = f"{encoding_words(found.encoding)}, {how}" if auto else "Find it out"
        self.encoding.addItem(first, "")
        for name, words in ENCODINGS.items():
            self.encoding.addItem(words, name)
        self.encoding.setCurrentIndex(max(0, self.encoding.findData(found.settings.encoding)))

    def _choose_encoding(self, index: int) -> None:
        self.edited.emit({"encoding": self.encoding.itemData(index)})

    def _choose(self, which: str, index: int) -> None:
        """Take a column; where it was the other one's, they change places."""
        found = self._found
        if found is None:
            return
        now = {"source": found.source, "target": found.target}
        other = "target" if which == "source" else "source"
        now[other] = now[which] if now[other] == index else now[other]
        now[which] = index
        self.edited.emit({f"{key}_column": _named(found, i) for key, i in now.items() if i >= 0})

    def _turn_round(self) -> None:
        settings = self._settings
        if settings.target_file:
            self.edited.emit({"file": settings.target_file, "target_file": settings.file})
        elif self._found is not None:
            self._choose("source", self._found.target)


def _named(found: DataPreview, index: int) -> str:
    return found.columns[index] if found.header else str(index + 1)


def _combo(name: str, tip: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(f"<b>{name}</b><br>{tip}")
    combo.setMinimumContentsLength(10)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def _swap() -> QToolButton:
    button = QToolButton()
    button.setText("⇄")
    button.setAccessibleName("Swap")
    button.setToolTip("Learn the other way round.")
    return button

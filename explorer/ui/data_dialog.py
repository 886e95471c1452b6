"""Opening one's own data: what it was taken for, its first rows, and how a sentence is cut."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from explorer.messages.commands import PreviewData
from explorer.messages.data_preview import DataPreview
from explorer.messages.events import DataPreviewed, Event
from explorer.messages.task_config import TaskConfig
from explorer.ui import theme
from explorer.ui.widgets.cut_chips import CutChips
from explorer.ui.widgets.cutting_choice import CuttingChoice
from explorer.ui.widgets.data_choices import DataChoices
from explorer.ui.widgets.data_table import DataTable
from explorer.ui.widgets.data_words import cut_facts, facts, label_words
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.sentence_line import LONGEST, cleaned
from explorer.ui.widgets.text_line import TextLine

WAIT = 150
"""Milliseconds of rest after which a change is asked about."""
_GIVEN = (
    "name", "file", "target_file", "validation_file", "test_file", "encoding", "source_column",
    "target_column", "vocabulary", "vocabulary_size", "min_count", "lowercase",
    "shared_vocabulary",
)  # fmt: skip
_OF_A_FILE = (
    "target_file", "validation_file", "test_file", "encoding", "source_column", "target_column",
)  # fmt: skip
"""Settings that are true of one file and not of another."""


class DataDialog(QDialog):
    """Asks the worker about the data, and again after each change; `chosen` gives the settings."""

    requested = Signal(object)
    """A command for the worker."""
    chosen = Signal(dict)
    """Settings by path, when the data is to be used."""

    def __init__(
        self, files: Sequence[Path], settings: TaskConfig, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open data")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.settings = _start(files, settings)
        # The file that was open before is asked about as it was left.
        self._guess = self.settings != settings
        self._request = 0
        self._found: DataPreview | None = None
        self._make()
        self._arrange()
        self._connect()

    def _make(self) -> None:
        self.name = TextLine("Data", "title", color="text", middle=True)
        self.facts = TextLine("Size")
        self.choices = DataChoices()
        self.table = DataTable()
        self.labels = TextLine("Labels")
        self.cutting = CuttingChoice()
        self.sentence = _sentence()
        self.chips = CutChips()
        self.cut = TextLine("Tokens")
        self.notice, self.notes = Notice(), NoteLine("What to know of the data")
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.cancel = self.buttons.addButton("Cancel", role.RejectRole)
        self.cancel.setToolTip("Leave the settings as they are.")
        self.use = self.buttons.addButton("Use this data", role.AcceptRole)
        self.use.setDefault(True)
        self.use.setProperty("primary", True)
        self.use.setToolTip("Take it into the settings of the next run; nothing is trained yet.")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE] * 4)
        column.setSpacing(theme.SPACE)
        for part in (self.name, self.facts, self.choices):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        for part in (
            self.labels, _heading("How a sentence is cut"), self.cutting, self.sentence,
            self.chips, self.cut, self.notes, self.notice, self.buttons,
        ):  # fmt: skip
            column.addWidget(part)
        self.labels.hide()
        self.notes.hide()
        self.table.setMinimumHeight(12 * theme.SPACE)
        self.resize(self.sizeHint())
        self.sentence.setFocus()

    def sizeHint(self) -> QSize:
        """Room for the rows."""
        return QSize(760, 700)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.ask)
        self.choices.edited.connect(self._change)
        self.cutting.edited.connect(self._change)
        self.sentence.textEdited.connect(lambda _: self._timer.start(WAIT))
        self.buttons.accepted.connect(self._use)
        self.buttons.rejected.connect(self.reject)

    def ask(self) -> None:
        """Ask what the data looks like now; the first time also what it is for."""
        self._timer.stop()
        self._request += 1
        sentence = cleaned(self.sentence.text())
        self.requested.emit(PreviewData(self.settings, sentence, self._guess, self._request))
        if self._found is None:
            self._show_settings()
            self.facts.set_text("Looking at its beginning …")
            self.use.setEnabled(False)

    def _change(self, values: Mapping[str, object]) -> None:
        self.settings = self.settings.model_copy(update=dict(values))
        self._guess = False
        self._show_settings()
        self._timer.start(WAIT)

    def _use(self) -> None:
        self.chosen.emit({f"task.{name}": getattr(self.settings, name) for name in _GIVEN})
        self.accept()

    def receive(self, events: Sequence[Event]) -> None:
        """Show the newest answer; those to earlier questions are overtaken."""
        for event in events:
            if isinstance(event, DataPreviewed) and event.request == self._request:
                self._show(event.preview)

    def _show(self, found: DataPreview) -> None:
        self._found = found
        if self._guess:
            self.settings, self._guess = found.settings, False
        self._show_settings()
        self.facts.set_text(facts(found) if found.bytes else "")
        self.choices.show_found(found)
        self.table.show_rows(found)
        self.labels.set_text(label_words(found))
        self.labels.setVisible(bool(found.labels))
        self._show_cut(found)
        self.notes.say("\n".join(found.notes))
        self.notes.setVisible(bool(found.notes))
        self.use.setEnabled(not found.error)
        if found.error:
            self.notice.say(found.error)
        else:
            self.notice.clear()

    def _show_cut(self, found: DataPreview) -> None:
        self.sentence.setPlaceholderText(found.sentence)
        self.chips.set_tokens(found.tokens)
        self.cut.set_text(cut_facts(found))
        for part in (self.chips, self.cut):
            part.setVisible(not found.error)

    def _show_settings(self) -> None:
        settings = self.settings
        files = [Path(file).name for file in (settings.file, settings.target_file) if file]
        self.name.set_text("  →  ".join(files))
        self.choices.show_settings(settings)
        self.cutting.show_settings(settings)


def _start(files: Sequence[Path], settings: TaskConfig) -> TaskConfig:
    """What is asked about first: the settings in force where they are of this very file."""
    first = str(files[0])
    target = str(files[1]) if len(files) > 1 else ""
    if settings.own and settings.file == first and target in ("", settings.target_file):
        return settings
    start = settings if settings.own else TaskConfig(name="text")
    nothing = dict.fromkeys(_OF_A_FILE, "")
    return start.model_copy(update={**nothing, "file": first, "target_file": target})


def _sentence() -> QLineEdit:
    line = QLineEdit()
    line.setMaxLength(LONGEST)
    line.setClearButtonEnabled(True)
    line.setAccessibleName("Sentence to cut")
    line.setToolTip("Type a sentence to see how it is cut; empty, it is one from the data.")
    return line


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(theme.font("body", bold=True))
    return label

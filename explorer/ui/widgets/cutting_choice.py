"""How text is to be cut into tokens: the vocabulary's kind, its size and what it leaves out."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from explorer.messages.settings import Setting, all_settings
from explorer.messages.task_config import TaskConfig
from explorer.ui import theme
from explorer.ui.widgets.segments import Segment, Segments

_KINDS = (
    Segment("character", "Characters", "Every character is a token: few, but long sentences."),
    Segment("word", "Words", "Words and punctuation are tokens; rare words become unknown."),
    Segment("bpe", "Pieces (BPE)", "Frequent pieces of words are tokens, so that rare words are "
            "put together from several (byte-pair encoding)."),
)  # fmt: skip


class CuttingChoice(QWidget):
    """Controls for the settings of a vocabulary; their help is that of the settings."""

    edited = Signal(dict)
    """Settings of the task that a person changed, by name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        known = {s.name: s for s in all_settings() if s.section == "task"}
        self.kind = Segments("Vocabulary", _KINDS, self)
        self.most = _number(known["vocabulary_size"])
        self.rarest = _number(known["min_count"])
        self.lowercase = _switch(known["lowercase"])
        self.shared = _switch(known["shared_vocabulary"])
        self._arrange()
        self.kind.chosen.connect(lambda kind: self.edited.emit({"vocabulary": kind}))
        self.most.valueChanged.connect(lambda n: self.edited.emit({"vocabulary_size": n}))
        self.rarest.valueChanged.connect(lambda n: self.edited.emit({"min_count": n}))
        self.lowercase.clicked.connect(lambda on: self.edited.emit({"lowercase": on}))
        self.shared.clicked.connect(lambda on: self.edited.emit({"shared_vocabulary": on}))

    def _arrange(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(theme.SPACE)
        for part in (self.kind, self.lowercase, self.shared):
            first.addWidget(part)
        first.addStretch(1)
        for title, box in (("At most", self.most), ("entries, each seen at least", self.rarest)):
            second.addWidget(_caption(title, box))
            second.addWidget(box)
        second.addWidget(QLabel("times"))
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addLayout(first)
        column.addLayout(second)

    def show_settings(self, settings: TaskConfig) -> None:
        """Show these without a word about it."""
        self.kind.choose(settings.vocabulary)
        values: Mapping[QSpinBox, int] = {
            self.most: settings.vocabulary_size, self.rarest: settings.min_count,
        }  # fmt: skip
        for box, value in values.items():
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        self.lowercase.setChecked(settings.lowercase)
        self.shared.setChecked(settings.shared_vocabulary)
        self.shared.setVisible(settings.name == "pairs")


def _number(setting: Setting) -> QSpinBox:
    box = QSpinBox()
    box.setRange(int(setting.minimum or 0), int(setting.maximum or 0))
    box.setGroupSeparatorShown(True)
    box.setKeyboardTracking(False)
    box.setAccessibleName(setting.title)
    box.setToolTip(_tip(setting))
    return box


def _switch(setting: Setting) -> QCheckBox:
    box = QCheckBox(setting.title)
    box.setAccessibleName(setting.title)
    box.setToolTip(_tip(setting))
    return box


def _caption(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    label.setToolTip(buddy.toolTip())
    return label


def _tip(setting: Setting) -> str:
    return f"<b>{setting.title}</b><br>{setting.help} <code>{setting.path}</code>"

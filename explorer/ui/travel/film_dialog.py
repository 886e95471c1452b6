"""Making a film of the sentence's attention over training: what it shows, how large, how fast."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.results import Trace
from explorer.messages.settings import SettingsError
from explorer.ui import theme
from explorer.ui.attention.view import View
from explorer.ui.export.export_dialog import Preview
from explorer.ui.export.figures import FIGURES, copy_of
from explorer.ui.export.film import KINDS, Film, Frame, encode, frames, require, views
from explorer.ui.widgets.figures import count
from explorer.ui.widgets.note_line import NoteLine

SIZES = (
    ("960x720px", "960 × 720"), ("1280x720px", "1280 × 720"), ("1920x1080px", "1920 × 1080"),
    ("720x720px", "720 × 720"),
)  # fmt: skip
_FILTER = f"Films (*{' *'.join(KINDS)})"
_LOOK = 50
"""Milliseconds between two looks whether the file is written."""


class FilmDialog(QDialog):
    """Draws a frame in each turn of the event loop, and writes them beside it."""

    saved = Signal(str)
    """The path of a film that was written."""

    def __init__(self, traces: Sequence[Trace], given: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export film")
        self._traces, self._given = traces, given
        self._selection = copy_of(given.selection)
        self._going: Iterator[Frame] = iter(())
        self._drawn: list[Frame] = []
        self._path, self._film = Path(), Film()
        self._thread: threading.Thread | None = None
        self._trouble = ""
        self._turn = QTimer(self, singleShot=True)
        self._turn.timeout.connect(self._draw_on)
        self._preview = QTimer(self, singleShot=True, interval=120)
        self._preview.timeout.connect(self._show_preview)
        self._make()
        self._arrange()
        self._preview.start(0)

    def _make(self) -> None:
        self.view = _combo("View", "What every frame shows.")
        for key in views():
            self.view.addItem(FIGURES[key].title, key)
        self.view.setCurrentIndex(max(self.view.findData(self._given.key), 0))
        self.size_ = _combo("Size", "How large the film is, in pixels.")
        for value, title in SIZES:
            self.size_.addItem(title, value)
        self.speed = QDoubleSpinBox()
        self.speed.setRange(0.5, 30)
        self.speed.setDecimals(1)
        self.speed.setValue(5)
        self.speed.setSuffix(" a second")
        self.speed.setAccessibleName("Frames a second")
        self.speed.setToolTip("Kept steps that pass in a second; the last one stays a while.")
        self.caption = QCheckBox("Model, step, sentence, head and colours below")
        self.caption.setChecked(True)
        self.caption.setToolTip("The step counts on in it.")
        self.dark = QCheckBox("On a dark ground")
        self.dark.setChecked(theme.colors().dark)
        self.dark.setToolTip("For dark slides; else dark on white.")
        self.preview, self.note = Preview(), NoteLine("What became of it")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How far the film is")
        self.progress.hide()
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.save = self.buttons.addButton("Save as…", role.AcceptRole)
        self.save.setProperty("primary", True)
        self.save.setToolTip("Choose a file: its ending says whether it is GIF, WebP or MP4.")
        self.close_ = self.buttons.addButton("Close", role.RejectRole)
        self.close_.setToolTip("Close this window; a film that is being made is given up.")
        self.save.clicked.connect(self._ask)
        self.close_.clicked.connect(self.reject)
        for combo in (self.view, self.size_):
            combo.currentIndexChanged.connect(lambda _: self._preview.start())
        for check in (self.caption, self.dark):
            check.toggled.connect(lambda _: self._preview.start())

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(2 * theme.SPACE)
        form.setVerticalSpacing(theme.SPACE)
        for title, part in (
            ("View", self.view), ("Size", self.size_), ("Speed", self.speed),
            ("Caption", self.caption), ("Ground", self.dark),
        ):  # fmt: skip
            form.addRow(title, part)
        both = QHBoxLayout()
        both.setSpacing(2 * theme.SPACE)
        both.addLayout(form)
        both.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE] * 4)
        column.setSpacing(theme.SPACE)
        column.addLayout(both, 1)
        column.addWidget(self.progress)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        self.note.say(f"{count(len(self._traces))} kept steps, one frame each.", "muted")
        self.resize(900, 480)

    @property
    def film(self) -> Film:
        """What was chosen."""
        shown = self._given.shown
        assert shown is not None
        return Film(
            str(self.view.currentData()), str(self.size_.currentData()), self.speed.value(),
            self.caption.isChecked(), self.dark.isChecked(), shown.reading, self._given.style_,
        )  # fmt: skip

    def _show_preview(self) -> None:
        """One frame: the step that is on screen, else the last one."""
        shown = self._given.shown
        step = -1 if shown is None else shown.trace.step
        trace = next((one for one in self._traces if one.step == step), self._traces[-1])
        for frame in frames([trace], self.film, copy_of(self._selection)):
            self.preview.show_image(_image(frame))

    def _ask(self) -> None:
        dialog = QFileDialog(self, "Export film", "attention.gif", _FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("gif")
        dialog.filesSelected.connect(lambda names: self.save_to(Path(names[0])))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Making it

    def save_to(self, path: Path) -> None:
        """Make the film; what goes wrong is said below."""
        self._path, self._film, self._trouble = path, self.film, ""
        try:
            require(path, self._film)
        except SettingsError as error:
            self.note.say(str(error), "bad")
            return
        self._drawn.clear()
        self._going = frames(self._traces, self._film, copy_of(self._selection))
        self.progress.setRange(0, len(self._traces))
        self.progress.show()
        self.save.setEnabled(False)
        self.note.say("Drawing…", "muted")
        self._turn.start(0)

    def _draw_on(self) -> None:
        if self._thread is not None:
            self._look()
            return
        frame = next(self._going, None)
        if frame is not None:
            self._drawn.append(frame)
            self.progress.setValue(len(self._drawn))
        else:
            self.note.say(f"Writing {self._path.name}…", "muted")
            self.progress.setRange(0, 0)
            self._thread = threading.Thread(target=self._encode, name="explorer-film", daemon=True)
            self._thread.start()
        self._turn.start(0 if frame is not None else _LOOK)

    def _encode(self) -> None:
        """On a thread of its own: no Qt here."""
        try:
            encode(self._drawn, self._path, self._film)
        except OSError as error:
            self._trouble = f"{self._path} was not written: {error.strerror or error}."
        except Exception as error:  # Of a library that knows more ways to fail than we do.
            self._trouble = f"{self._path} was not written: {error}"

    def _look(self) -> None:
        assert self._thread is not None
        if self._thread.is_alive():
            self._turn.start(_LOOK)
            return
        self._thread = None
        self._drawn.clear()
        self.progress.hide()
        self.save.setEnabled(True)
        if self._trouble:
            self.note.say(self._trouble, "bad")
        else:
            self.note.say(f"Saved {self._path}", "good")
            self.saved.emit(str(self._path))

    def done(self, result: int) -> None:
        """Give up what is being drawn; what is being written is written to its end."""
        self._turn.stop()
        if self._thread is not None:
            self._thread.join()
        super().done(result)
        self.deleteLater()


def _combo(name: str, help: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(help)
    return combo


def _image(frame: Frame) -> QImage:
    high, wide = frame.shape[:2]
    return QImage(frame.data, wide, high, 3 * wide, QImage.Format.Format_RGB888).copy()

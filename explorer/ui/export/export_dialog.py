"""Exporting attention: the choices at the left, how it will look at the right."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from explorer.messages.settings import SettingsError
from explorer.tables.part import Part, TooMuchError, one_head, part_of
from explorer.ui import theme
from explorer.ui.attention.view import View
from explorer.ui.export.caption import file_name
from explorer.ui.export.clipboard import copy_picture, copy_table
from explorer.ui.export.data_files import WRITERS, contents
from explorer.ui.export.export_choices import FORMATS, PICTURES, ExportChoices
from explorer.ui.export.figures import copy_of, figure
from explorer.ui.export.rendering import picture_format, picture_image, save_picture
from explorer.ui.widgets.note_line import NoteLine

_WAIT = 120
"""Milliseconds of rest after which the preview follows."""
_FINE = 110.0
"""Pixels an inch of the preview, before it is made to fit."""


class ExportDialog(QDialog):
    """Draws the view that is given, or another one of the same attention."""

    saved = Signal(str)
    """The path of a file that was written."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert view.shown is not None
        self.setWindowTitle("Export attention")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._given, self._shown = view, view.shown
        self._selection = copy_of(view.selection)
        self._figures: dict[str, View] = {view.key: view}
        self.choices = ExportChoices(view.key)
        self.preview = Preview()
        self.note = NoteLine("What became of it")
        self.buttons = QDialogButtonBox()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._make_buttons()
        self._arrange()
        self._timer.timeout.connect(self.draw)
        self.choices.changed.connect(self._timer.start)
        self.choices.changed.connect(lambda: self.note.say(""))
        self._timer.start(0)

    def _make_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self.save = self.buttons.addButton("Save as…", role.AcceptRole)
        self.copy = self.buttons.addButton("Copy", role.ActionRole)
        self.close_ = self.buttons.addButton("Close", role.RejectRole)
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        self.save.setToolTip("Choose a file and write it; this window stays for another.")
        self.copy.setToolTip("Put the picture, or the chosen head's table, on the clipboard.")
        self.close_.setToolTip("Close this window.")
        self.save.clicked.connect(self._ask)
        self.copy.clicked.connect(self._copy)
        self.close_.clicked.connect(self.reject)

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(theme.SPACE)
        left.addWidget(self.choices)
        left.addStretch()
        both = QHBoxLayout()
        both.setSpacing(2 * theme.SPACE)
        both.addLayout(left)
        both.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.SPACE] * 4)
        column.setSpacing(theme.SPACE)
        column.addLayout(both, 1)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Room for the form and a picture beside it."""
        return QSize(940, 560)

    # What is exported

    @property
    def view(self) -> View:
        """The view that is drawn: the one on screen, or another that is made for this."""
        key = self.choices.view_key
        if key not in self._figures:
            made = figure(key, self._shown, self._selection, self._given.style_)
            made.setParent(self)
            made.hide()
            self._figures[key] = made
        return self._figures[key]

    @property
    def part(self) -> Part:
        """The heads that a data file holds."""
        site = self._selection.site
        if self.choices.all_heads or site is None:
            return part_of(self._shown)
        return one_head(self._shown, site, self._selection.head)

    def draw(self) -> None:
        """Show how a picture will look, or say what a file will hold."""
        name = self.choices.format_name
        if name not in PICTURES:
            help = next(help for other, _, help in FORMATS if other == name)
            self.preview.say(f"{help}\n\n{contents(self.part)}")
            return
        paper = self.choices.paper()
        try:
            fine = picture_image(self.view, replace(paper, dpi=_FINE))
        except SettingsError as error:
            self.preview.say(str(error))
            return
        self.preview.show_image(fine)

    # Taking it away

    def _ask(self) -> None:
        suffix = f".{self.choices.format_name}"
        dialog = QFileDialog(self, "Export attention", file_name(
            self._shown, self.choices.view_key if suffix[1:] in PICTURES else "weights", suffix
        ))  # fmt: skip
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix[1:])
        dialog.filesSelected.connect(lambda names: self.save_to(Path(names[0])))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the file; what goes wrong is said below."""
        name = self.choices.format_name
        try:
            if name in PICTURES:
                save_picture(self.view, path, self.choices.paper(), picture_format(name))
            else:
                WRITERS[name](self.part, path)
        except (SettingsError, TooMuchError) as error:
            self.note.say(str(error), "bad")
        except OSError as error:
            self.note.say(f"{path} was not written: {error.strerror}.", "bad")
        else:
            self.note.say(f"Saved {path}", "good")
            self.saved.emit(str(path))

    def _copy(self) -> None:
        site = self._selection.site
        try:
            if self.choices.format_name in PICTURES:
                copy_picture(self.view, self.choices.paper())
                self.note.say("Copied as a picture", "good")
            elif site is not None:
                copy_table(self._shown, site, self._selection.head)
                self.note.say("Copied the chosen head as a table", "good")
        except (SettingsError, TooMuchError) as error:
            self.note.say(str(error), "bad")


class Preview(QLabel):
    """A picture made to fit, or words in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setObjectName("preview")
        self.setAccessibleName("Preview")
        self.setToolTip("How the picture will look, made to fit.")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumSize(360, 300)

    def show_image(self, image: QImage) -> None:
        """Show a picture."""
        self._image = image
        self._fit()

    def say(self, text: str) -> None:
        """Words instead."""
        self._image = QImage()
        self.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make it fit again."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._image.isNull():
            return
        ratio = self.devicePixelRatioF()
        room = (self.contentsRect().size() * ratio).boundedTo(self._image.size())
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitting = self._image.scaled(room, keep, smooth)
        fitting.setDevicePixelRatio(ratio)
        self.setPixmap(QPixmap.fromImage(fitting))

"""Notes on the run that is chosen: typed here, kept in its folder."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from explorer.messages.runs import NoteRun, RunInfo
from explorer.ui import theme

WAIT = 400
"""Milliseconds of rest after which what was typed is kept."""


class NotesField(QPlainTextEdit):
    """Keeps what was typed when the hands rest, the focus goes, or another run is chosen."""

    requested = Signal(object)
    """A `NoteRun` for the worker."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path, self._kept = "", ""
        self.setAccessibleName("Notes on the run")
        self.setToolTip("Your own words on this run; they are kept in its folder as notes.md.")
        self.setTabChangesFocus(True)
        self.setFont(theme.font("small"))
        self.setFixedHeight(2 * self.fontMetrics().lineSpacing() + 2 * theme.SPACE)
        theme.theme().changed.connect(self._dress)
        self._dress()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self.keep)
        self.textChanged.connect(self._typed)
        self.show_run(None)

    def show_run(self, run: RunInfo | None) -> None:
        """Show the notes on this run; on none, or on several, there is nothing to type."""
        path = run.path if run is not None and run.kind != "sample" else ""
        if path == self._path and (self._unkept or self.hasFocus()):
            return  # What is being typed is newer than what was read.
        self.keep()
        self._path, self._kept = path, run.notes if run is not None else ""
        if self.toPlainText() != self._kept:
            self.setPlainText(self._kept)
        self.setReadOnly(not path)
        self.setVisible(bool(path))
        self.setPlaceholderText(f"Notes on {run.name}" if run is not None else "")

    @property
    def _unkept(self) -> bool:
        return bool(self._path) and self.toPlainText() != self._kept

    def moved(self, before: str, after: str) -> None:
        """The run has another place now."""
        if self._path == before:
            self._path = after

    def keep(self) -> None:
        """Have the worker keep what was typed."""
        self._timer.stop()
        if self._unkept:
            self._kept = self.toPlainText()
            self.requested.emit(NoteRun(self._path, self._kept))

    def _dress(self) -> None:
        """Scroll areas have no frame by themselves; this is a field."""
        c = theme.colors()
        self.setStyleSheet(
            f"NotesField {{ border: 1px solid {c.line}; border-radius: 5px; }}"
            f" NotesField:focus {{ border-color: {c.accent}; }}"
        )

    def _typed(self) -> None:
        if self._unkept:
            self._timer.start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was typed."""
        super().focusOutEvent(event)
        self.keep()

    def showEvent(self, event: QShowEvent) -> None:
        """Watch the window: what is typed is kept before it closes."""
        super().showEvent(event)
        self.window().installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was typed."""
        super().hideEvent(event)
        self.keep()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is about to close, and the worker to be sent home."""
        if event.type() is QEvent.Type.Close:
            self.keep()
        return False

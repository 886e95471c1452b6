"""Taking curves away: as CSV, as a picture, on the clipboard."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.ui import theme
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.run_chart import RunChart
from explorer.ui.widgets.run_curves import RunCurves
from explorer.ui.widgets.text_line import TextLine


class CurveSaving(QObject):
    """Writes without holding up the window; says what became of it in `said` or `notice`."""

    def __init__(self, curves: RunCurves, chart: RunChart, parent: QWidget) -> None:
        super().__init__(parent)
        self._curves, self._chart, self._parent = curves, chart, parent
        self._writing: Iterator[float] = iter(())
        self._target = Path()
        self._writer = QTimer(self)
        self._writer.setSingleShot(True)
        self._writer.timeout.connect(self._write_on)
        self.said = TextLine("Saving the curves")
        self.said.setMaximumWidth(9 * theme.SPACE)
        self.notice = Notice(parent)

    def save_csv(self, path: Path) -> None:
        """Write every point to a file, a little in each turn of the event loop."""
        from explorer.ui.widgets.curve_export import run_as_csv  # Not needed at start.

        self._curves.catch_up()
        self.notice.clear()
        self._writing, self._target = run_as_csv(path, self._curves), path
        self._writer.start()

    def _write_on(self) -> None:
        try:
            share = next(self._writing, None)
        except OSError as error:
            self.said.set_text("")
            self.notice.say(f"{self._target} was not saved: {error.strerror}.")
            return
        if share is None:
            self.said.set_text("Saved", "good")
            self.said.setToolTip(str(self._target))
            return
        self.said.set_text(f"Saving {share:.0%}", "muted")
        self._writer.start()

    def save_png(self, path: Path) -> None:
        """Write the curves as on screen, at twice the resolution."""
        self.notice.clear()
        if self._chart.picture(2.0).save(str(path)):
            self.said.set_text("Saved", "good")
            self.said.setToolTip(str(path))
        else:
            self.said.set_text("")
            self.notice.say(f"{path} could not be written. Choose another folder or name.")

    def copy(self) -> None:
        """The picture on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self._chart.picture(2.0))
        self.said.set_text("Copied", "good")

    def ask_for_csv(self) -> None:
        """Let the user choose a file, and write it."""
        path, _ = QFileDialog.getSaveFileName(
            self._parent, "Save curves", "curves.csv", "CSV (*.csv)"
        )
        if path:
            self.save_csv(Path(path))

    def ask_for_png(self) -> None:
        """Let the user choose a file, and write the picture."""
        path, _ = QFileDialog.getSaveFileName(
            self._parent, "Save picture", "curves.png", "PNG (*.png)"
        )
        if path:
            self.save_png(Path(path))

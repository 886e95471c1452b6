"""The file that a run leaves as and comes in as, chosen by a person."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.messages.run_file import SUFFIX

_FILTER = f"Exported runs (*{SUFFIX} *.zip)"


def is_run_file(name: str) -> bool:
    """Whether a file is named as an exported run is."""
    return name.lower().endswith(SUFFIX)


def ask_where_to(parent: QWidget, run: str, chosen: Callable[[str], None]) -> None:
    """Let the user name the file for a run; the window stays alive meanwhile."""
    dialog = QFileDialog(parent, f"Export “{run}” as one file", f"{run}{SUFFIX}", _FILTER)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    _open(dialog, lambda file: chosen(_named(file)))


def ask_for_run_file(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Let the user choose an exported run."""
    dialog = QFileDialog(parent, "Import a run", "", _FILTER)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, chosen)


def _open(dialog: QFileDialog, chosen: Callable[[str], None]) -> None:
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _named(file: str) -> str:
    """With the usual end; the dialog has asked before it writes over a file of that very name."""
    return file if Path(file).suffix.lower() == ".zip" else f"{file}{SUFFIX}"

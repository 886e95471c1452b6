"""What a file of weights leaves open is asked in the real window, and the file opens."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from explorer.ui.asking_dialog import AskingDialog
from tests.desk import Desk
from tests.subjects.modules.test_module import file_of, theirs


def test_that_dropped_weights_ask_and_open(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path / "settings.ini", "reverse")
    try:
        desk.drop(file_of(theirs(), tmp_path / "mine.safetensors"))
        desk.wait(lambda: bool(desk.window.findChildren(AskingDialog)))
        (dialog,) = desk.window.findChildren(AskingDialog)
        heads, norm = dialog.fields["heads"], dialog.fields["norm"]
        assert isinstance(heads, QSpinBox) and isinstance(norm, QComboBox)
        assert all(field.toolTip() for field in dialog.fields.values())
        heads.selectAll()
        qtbot.keyClicks(heads, "4")
        qtbot.keyClick(norm, Qt.Key.Key_Down)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.wait(lambda: desk.window.windowTitle().startswith("mine"))
        desk.wait(lambda: desk.trace is not None and desk.trace.model == "mine")
        assert desk.trace is not None and len(desk.trace.weights) == 8
    finally:
        desk.close()

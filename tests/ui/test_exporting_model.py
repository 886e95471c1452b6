"""A model leaves the window as a folder of `transformers`, and what cannot is told in words."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.messages.events import Failed, ModelExported, ModelOpened
from tests.desk import PATIENCE, Desk


def _export(desk: Desk, folder: Path) -> None:
    """Choose the entry of the menu and name a folder, as a person does."""
    desk.window.ask_to_export_model()
    (dialog,) = desk.window.findChildren(QFileDialog)
    dialog.filesSelected.emit([str(folder)])
    dialog.reject()
    desk.wait(lambda: not desk.window.findChildren(QFileDialog))


def test_that_the_open_model_is_written_and_opens_again(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path / "settings.ini", "reverse")
    try:
        qtbot.waitUntil(lambda: desk.outbox.last(ModelOpened) is not None, timeout=PATIENCE)
        out = tmp_path / "out"
        _export(desk, out)
        qtbot.waitUntil(lambda: desk.outbox.last(ModelExported) is not None, timeout=PATIENCE)
        assert (out / "config.json").exists()
        qtbot.waitUntil(lambda: "BlenderbotFor" in desk.window._narrator.notice.text)
        _export(desk, out)
        qtbot.waitUntil(lambda: desk.outbox.last(Failed) is not None, timeout=PATIENCE)
        failed = desk.outbox.last(Failed)
        assert failed is not None and "exists already" in failed.message
    finally:
        desk.close()

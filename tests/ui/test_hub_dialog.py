"""Naming a model of the hub, and stopping it on its way."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.messages.events import Fetching
from explorer.ui.hub_dialog import HubDialog
from explorer.ui.narration import Narrator
from explorer.ui.status_line import StatusLine


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("org/name", "hf:org/name"), ("gpt2", "hf:gpt2"),
     ("https://huggingface.co/org/name", "https://huggingface.co/org/name")],
)  # fmt: skip
def test_that_a_name_and_enter_ask_for_the_model(qtbot: QtBot, typed: str, asked: str) -> None:
    dialog = HubDialog()
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert not dialog.open_.isEnabled()
    qtbot.keyClicks(dialog.name, typed)
    with qtbot.waitSignal(dialog.chosen) as told:
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert told.args == [asked]


def test_that_what_is_on_its_way_can_be_stopped_from_the_status_line(qtbot: QtBot) -> None:
    line = StatusLine(Narrator())
    qtbot.addWidget(line)
    with qtbot.waitExposed(line):
        line.show()
    line.receive([Fetching("org/name", 5_000_000, 91_000_000)])
    assert line.text == "Fetching org/name from the hub: 5.00 MB of 91.0 MB"
    assert line._bar.value() == 54 and line._close.accessibleName() == "Stop this"
    with qtbot.waitSignal(line.stopped):
        qtbot.mouseClick(line._close, Qt.MouseButton.LeftButton)

"""The decoder panel's pages in the real window with the real worker, while it trains."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.messages.decoding import Decoding
from explorer.messages.events import Decoded
from explorer.ui.decoder.attention_page import AttentionPage
from explorer.ui.decoder.lens_page import LensPage
from explorer.ui.decoder.reference_page import ReferencePage
from tests.desk import Desk

SHIPPED = 1500
"""The step of the sample model; a new run begins anew."""
RIGHT = Qt.Key.Key_Right


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "settings.ini", "reverse")
    yield made
    if made.worker.is_alive():
        made.close()


def turn(desk: Desk, key: str) -> None:
    """See a page, by the list or the segments of the switch."""
    desk.decoder.pages.turn_to(key)
    desk.wait(desk.decoder.pages.pages[key].isVisible)


@pytest.mark.slow
@pytest.mark.xfail(reason="on a loaded machine answers come too late", strict=False)
def test_that_the_pages_follow_the_arrow_key_and_the_training(desk: Desk) -> None:
    page = desk.decoder.pages.pages["lenses"]
    assert isinstance(page, LensPage)
    turn(desk, "lenses")
    desk.click("Train")
    desk.wait(lambda: desk.state == "running" and desk.outbox.step > 1)
    course = desk.decoder.course
    desk.wait(lambda: 0 < _read_at(page) < SHIPPED)  # Of the run, not of the model before it.
    for _ in range(3):
        desk.qtbot.keyClick(desk.decoder.strip, RIGHT)
    desk.wait(lambda: page.bars.parts is not None and page.bars.parts.decision == course.index)
    read = _read_at(page)
    desk.wait(lambda: read < _read_at(page) < SHIPPED)
    parts = page.bars.parts
    assert parts is not None and abs(parts.total - parts.logit) < 1e-4

    attention = desk.decoder.pages.pages["attention"]
    assert isinstance(attention, AttentionPage)
    turn(desk, "attention")
    assert attention.map.rows == course.index + 1
    desk.qtbot.keyClick(desk.decoder.strip, Qt.Key.Key_Left)
    assert attention.map.rows == course.index + 1

    reference = desk.decoder.pages.pages["reference"]
    assert isinstance(reference, ReferencePage)
    turn(desk, "reference")
    desk.qtbot.keyClicks(reference.line, "1 2 3")
    desk.qtbot.keyClick(reference.line, Qt.Key.Key_Return)
    desk.wait(lambda: _held(desk) is not None and reference.rows.count == 4)
    first = _held(desk)
    assert first is not None
    desk.wait(lambda: (now := _held(desk)) is not None and now.step > first.step)
    assert [step.token.text for step in reference.rows.steps[:3]] == ["1", "2", "3"]
    desk.click("Stop")
    desk.wait(lambda: desk.state == "stopped")


def _read_at(page: LensPage) -> int:
    """The newest step of which a column is shown."""
    return max((s.column.step for s in page.grid.columns if s.column is not None), default=0)


def _held(desk: Desk) -> Decoding | None:
    """The newest answer to a given text."""
    told = desk.outbox.last(Decoded)
    return told.decoding if told is not None and told.decoding.reference else None

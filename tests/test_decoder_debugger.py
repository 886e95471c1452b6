"""The decoder panel in the real window with the real worker: keys and clicks, in training too."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.branches import Branch
from explorer.messages.decoding import Decoding
from explorer.ui.decoder.beams_page import BeamsPage
from explorer.ui.decoder.pages import PAGES
from explorer.ui.decoder.tried_page import TriedPage
from tests.desk import Desk

LIST = "3 1 4 1 5 9 2 6"
STEP_COST = 0.033
"""Seconds of the window's own thread a decision may cost, for 30 of them in a second."""


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """Opens a window; closed at the end."""
    desks: list[Desk] = []

    def open(model: str) -> Desk:
        desks.append(Desk(qtbot, tmp_path / "settings.ini", model))
        desks[0].window.resize(1280, 800)
        return desks[0]

    yield open
    for desk in desks:
        if desk.worker.is_alive():
            desk.close()


@pytest.fixture
def desk(open_desk: Callable[[str], Desk]) -> Desk:
    """A window on a sample model, with its answer to a list."""
    desk = open_desk("reverse")
    desk.paste(LIST)
    desk.wait(
        lambda: shown(desk).source_text == LIST and desk.answer == [*LIST.split()[::-1], "end"]
    )
    return desk


def shown(desk: Desk) -> Decoding:
    found = desk.decoder.course.decoding
    assert found is not None
    return found


def branches(desk: Desk) -> tuple[Branch, ...]:
    return desk.decoder.course.branches.branches


def press(desk: Desk, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(desk.decoder.strip, key)


def click_rival(desk: Desk, row: int) -> None:
    rivals = desk.decoder.decision.candidates
    middle = rivals.row_rect(row).center()
    QTest.mouseClick(rivals, Qt.MouseButton.LeftButton, pos=middle)


def hold(desk: Desk, key: Qt.Key, times: int) -> float:
    """Hold a key down; the window thread's own seconds a repeat, drawing included."""
    strip = desk.decoder.strip
    started = time.thread_time()
    for repeat in range(times):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", repeat > 0)
            QApplication.sendEvent(strip, event)
        QApplication.processEvents()
    return (time.thread_time() - started) / times


def test_that_a_held_key_steps_thirty_times_a_second_on_every_page(desk: Desk) -> None:
    search(desk)
    for kind in PAGES:
        desk.decoder.pages.turn_to(kind.key)
        press(desk, Qt.Key.Key_Home)
        last = len(shown(desk).steps) - 1
        costs = [hold(desk, key, last) for key in (Qt.Key.Key_Right, Qt.Key.Key_Left) * 3]
        assert desk.decoder.strip.current == 0
        assert min(costs) < STEP_COST, kind.key
        hold(desk, Qt.Key.Key_Right, 3)
        assert desk.decoder.strip.current == 3 and "4" in desk.decoder.place.text()


def search(desk: Desk) -> None:
    desk.decoder.pages.turn_to("beams")
    page = desk.decoder.pages.seen
    assert isinstance(page, BeamsPage)
    QTest.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    desk.wait(lambda: page.tree.isVisible() and bool(shown(desk).best))


def test_that_a_click_on_a_rival_writes_it_and_the_old_text_can_be_had_back(desk: Desk) -> None:
    own = desk.answer
    press(desk, Qt.Key.Key_Right, Qt.Key.Key_Right)
    rival = shown(desk).steps[2].candidates[1].token
    click_rival(desk, 1)
    desk.wait(lambda: len(branches(desk)) == 2)
    assert desk.answer[:2] == own[:2] and desk.answer[2] == rival.text
    assert shown(desk).steps[2].how == "forced"
    assert shown(desk).steps[2].token.id == rival.id
    desk.decoder.pages.turn_to("tried")
    page = desk.decoder.pages.seen
    assert isinstance(page, TriedPage)
    QTest.mouseClick(
        page.list.viewport(), Qt.MouseButton.LeftButton, pos=page.list.row_rect(0).center()
    )
    assert desk.answer == own
    pill = page.list.pill_rect(1).center()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=pill)
    assert page.pair.isVisible() and page.pair.pair is not None
    assert page.pair.pair.parted == 2


def test_that_a_text_is_typed_over_the_tokens_and_stands(desk: Desk) -> None:
    press(desk, Qt.Key.Key_Right)
    QTest.keyClick(desk.decoder.strip, Qt.Key.Key_7)
    line = desk.decoder.head.line
    assert line.text() == "7"
    QTest.keyClicks(line, " 7 8")
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.wait(lambda: desk.answer[:4] == ["6", "7", "7", "8"])
    assert [step.how for step in shown(desk).steps][1:4] == ["forced"] * 3
    assert desk.decoder.head.taken.said.text() == "Forced up to token 4"
    QTest.mouseClick(desk.decoder.head.taken.own, Qt.MouseButton.LeftButton)
    assert desk.answer == [*LIST.split()[::-1], "end"]


def test_that_a_banned_token_is_written_no_more_until_its_chip_is_clicked(desk: Desk) -> None:
    own = desk.answer
    QTest.keyClick(desk.decoder.decision.candidates, Qt.Key.Key_Delete)
    desk.wait(lambda: desk.answer[0] != "6")
    assert "6" not in desk.answer
    chips = desk.decoder.head.taken.bans
    assert chips.isVisible() and chips.texts == ["6"]
    middle = chips.chip_rect(0).center()
    QTest.mouseClick(chips.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    desk.wait(lambda: desk.answer == own)


def test_that_another_setting_goes_on_from_what_stands_before_the_cursor(desk: Desk) -> None:
    press(desk, Qt.Key.Key_Right, Qt.Key.Key_Right)
    click_rival(desk, 1)
    desk.wait(lambda: len(branches(desk)) == 2)
    press(desk, Qt.Key.Key_Right, Qt.Key.Key_Right)
    begun = desk.answer[:4]
    combo = desk.decoder.head.method.method.widget
    QTest.keyClick(combo, Qt.Key.Key_End)
    desk.wait(lambda: shown(desk).steps[-1].how == "sampled")
    assert desk.answer[:4] == begun
    assert [step.how for step in shown(desk).steps[:5]] == [
        "greedy", "greedy", "forced", "greedy", "sampled",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.xfail(reason="at times a forced text is not asked anew", strict=False)
def test_that_a_rival_is_forced_and_keys_step_while_the_model_learns(
    open_desk: Callable[[str], Desk],
) -> None:
    desk = open_desk("")
    desk.click("Train")
    desk.wait(lambda: desk.outbox.step > 0 and bool(desk.answer))
    desk.paste(LIST)
    desk.wait(lambda: shown(desk).source_text == LIST and len(shown(desk).steps) > 2)
    desk.wait(lambda: len(branches(desk)) == 1)  # The text is whole: a part is no branch yet.
    before, at = desk.outbox.step, shown(desk).step
    press(desk, Qt.Key.Key_Home, Qt.Key.Key_Right)
    rival = shown(desk).steps[1].candidates[1].token
    click_rival(desk, 1)
    desk.wait(lambda: desk.decoder.course.forced == 2 and not desk.decoder.course.on_trial)
    steps = shown(desk).steps
    assert (steps[1].token.id, steps[1].how) == (rival.id, "forced")
    desk.wait(lambda: shown(desk).step > at)
    assert desk.outbox.step > before and desk.state == "running"
    assert shown(desk).steps[1].token.id == rival.id  # Asked anew as it learns, as it was wished.
    assert len(branches(desk)) == 2
    costs = [hold(desk, key, 2) for key in (Qt.Key.Key_Right, Qt.Key.Key_Left) * 5]
    assert min(costs) < STEP_COST


def test_that_the_keys_of_the_transport_work_wherever_the_focus_is(desk: Desk) -> None:
    for widget in (
        desk.decoder.decision.candidates, desk.decoder.transport.buttons["play"],
        desk.decoder.head.method.more, desk.decoder.decision.bars,
        desk.decoder.strip, desk.decoder.decision.choice.layer,
    ):  # fmt: skip
        press(desk, Qt.Key.Key_Home)
        QTest.keyClick(widget, Qt.Key.Key_Right)
        assert desk.decoder.strip.current == 1, widget

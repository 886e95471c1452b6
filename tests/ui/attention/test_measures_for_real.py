"""Measures and flow in the real window, from the real worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.messages.results import SiteKind
from explorer.ui.attention.flow_view import FlowView
from explorer.ui.attention.measures_view import MeasuresView
from tests.desk import Desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "settings.ini", "reverse")
    made.attention.set_text("7 3 9 1 5 2")
    made.wait(lambda: made.shown == "7 3 9 1 5 2")
    yield made
    made.close()


def turned_to(desk: Desk, key: str):
    side = desk.attention.view.side
    QTest.mouseClick(side.switch.button(key), LEFT)
    return side.seen


def test_that_the_typed_sentence_is_measured_and_a_sample_after_it(desk: Desk) -> None:
    view = turned_to(desk, "measures")
    assert isinstance(view, MeasuresView)
    desk.wait(lambda: view.measures is not None)
    assert view.measures is not None
    roles = [view.measures.label(*head).role for head in view.measures.heads]
    assert roles.count("antidiagonal") == 3
    desk.clear()
    desk.type("1 2 3 4")
    desk.wait(lambda: view.measures is not None and view.measures.source_text == "1 2 3 4")
    QTest.mouseClick(view.on.button(64), LEFT)
    desk.wait(lambda: view.measures is not None and view.measures.examples == 64)


def test_that_flow_follows_what_is_typed_and_chosen(desk: Desk) -> None:
    view = turned_to(desk, "flow")
    assert isinstance(view, FlowView)
    desk.wait(lambda: view.found is not None)
    cross = next(s for s in desk.attention.view.trace.weights if s.kind is SiteKind.CROSS)  # pyright: ignore
    desk.attention.selection.choose(cross, 0)
    desk.wait(lambda: view.found is not None and view.found.choice.kind is SiteKind.CROSS)
    QTest.mouseClick(view.choices.method.button("flow"), LEFT)
    desk.wait(lambda: view.found is not None and view.found.choice.method == "flow")
    view.canvas.setFocus()
    QTest.keyClick(view.canvas, Qt.Key.Key_Down)
    desk.wait(lambda: view.path is not None and view.path.query == 0)
    desk.clear()
    desk.type("4 5 6")
    desk.wait(lambda: view.found is not None and view.found.source_text == "4 5 6")
